using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(ChannelTerms))]
internal sealed partial class ChannelJson : JsonSerializerContext;

/// <summary>Channels over HTTP: all of it needs the scope <c>channel</c>. No answer has an address or a secret in it.</summary>
internal static class ChannelEndpoints
{
    public static void MapChannelEndpoints(this IEndpointRouteBuilder api)
    {
        var channels = api.MapGroup("/channels").RequireAuthorization(Policies.Channel);
        channels.MapGet("", ListAsync).WithName("GetChannels").Produces<Page<Channel>>().WithMetadata(EarlierShape.BareList);
        channels.MapGet("/{id}", GetAsync).WithName("GetChannel").Produces<Channel>().ProducesProblem(404);
        channels.MapPut("/{id}", SetAsync).WithName("SetChannel")
            .Takes<ChannelTerms>().Produces<Channel>().Produces<Channel>(201).ProducesProblem(412).WithMetadata(new EarlierShape((channel, _) => channel));
        channels.MapDelete("/{id}", RemoveAsync).WithName("RemoveChannel").Produces(204).ProducesProblem(404).AddEndpointFilter(ExpectedVersion.RefuseAsync);
        channels.MapPost("/{id}/test", TestAsync).WithName("TestChannel").Produces<ChannelTest>().ProducesProblem(404);
        channels.MapPost("/{id}/resume", ResumeAsync).WithName("ResumeChannel").Produces<Channel>().ProducesProblem(404);
    }

    /// <summary>List channels, by id. Without their addresses and secrets.</summary>
    internal static async Task<IResult> ListAsync([AsParameters] PageAsked page, Channels channels, AlertLedger ledger, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var listed = page.Of(check, await channels.ListAsync(cancellationToken), channel => channel.Id);
        return check.Reasons.Count > 0
            ? Problems.Of(check.Reasons)
            : TypedResults.Ok(listed with { Items = await ledger.WithFailuresAsync(listed.Items, cancellationToken) });
    }

    /// <summary>Read a channel. Its version is the ETag; addresses and secrets are never shown again.</summary>
    internal static async Task<IResult> GetAsync(string id, HttpResponse response, Channels channels, AlertLedger ledger, CancellationToken cancellationToken)
    {
        if (await channels.FindWithVersionAsync(id, cancellationToken) is not { } found)
        {
            return None();
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(found.Version);
        return TypedResults.Ok((await ledger.WithFailuresAsync([found.Channel], cancellationToken))[0]);
    }

    /// <summary>Make a channel, or change it. Without an address it keeps the one that it has.</summary>
    internal static async Task<IResult> SetAsync(
        string id, HttpRequest request, HttpResponse response, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken)
    {
        var (terms, problem) = await Problems.ReadAsync(request, ChannelJson.Default.ChannelTerms, cancellationToken);
        if (terms is null)
        {
            return problem!;
        }

        var check = new FieldCheck();
        var expected = ExpectedVersion.Read(check, request, version: null);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        var (before, reasons) = await channels.SetAsync(id, terms, expected, ApiClaims.RecorderOf(caller), cancellationToken);
        if (reasons.Count > 0)
        {
            return Problems.Of(reasons);
        }

        if (before is null || await channels.FindWithVersionAsync(id, cancellationToken) is not { } now)
        {
            return TypedResults.Problem("The channel has another version than was expected. Nothing was stored.", statusCode: StatusCodes.Status412PreconditionFailed);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(now.Version);
        return before == 0 ? TypedResults.Created($"/api/v1/channels/{id}", now.Channel) : TypedResults.Ok(now.Channel);
    }

    /// <summary>Remove a channel, and delete its address and secrets.</summary>
    internal static async Task<IResult> RemoveAsync(
        string id, string? reason, HttpContext context, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        if (reason is not null || !EarlierShapes.AreAskedFor(context)) // There, a channel needed none.
        {
            check.Text("reason", reason, ChannelRules.ReasonLength);
        }

        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        return await channels.RemoveAsync(id, reason ?? "", ApiClaims.RecorderOf(caller), cancellationToken) ? TypedResults.NoContent() : None();
    }

    /// <summary>Send a test over a channel. 200 whether or not it went through: the answer says what it met.</summary>
    internal static async Task<IResult> TestAsync(string id, ClaimsPrincipal caller, ChannelSending sending, CancellationToken cancellationToken) =>
        await sending.TestAsync(id, ApiClaims.RecorderOf(caller), cancellationToken) is { } outcome ? TypedResults.Ok(new ChannelTest(outcome.IsSent, outcome.Reason)) : None();

    /// <summary>Let a paused channel be tried again.</summary>
    internal static async Task<IResult> ResumeAsync(string id, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken) =>
        OkOrNone(await channels.ResumeAsync(id, ApiClaims.RecorderOf(caller), cancellationToken));

    private static IResult OkOrNone(Channel? channel) => channel is null ? None() : TypedResults.Ok(channel);

    private static ProblemHttpResult None() => TypedResults.Problem("There is no such channel.", statusCode: StatusCodes.Status404NotFound);
}
