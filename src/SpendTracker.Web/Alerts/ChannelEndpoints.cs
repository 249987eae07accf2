using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Alerts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

/// <summary>What a test of a channel met.</summary>
/// <param name="Reason">What went wrong; null where the other side took it.</param>
internal sealed record ChannelTest(bool Sent, string? Reason);

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
        channels.MapGet("", ListAsync).WithName("GetChannels");
        channels.MapGet("/{id}", GetAsync).WithName("GetChannel");
        channels.MapPut("/{id}", SetAsync).WithName("SetChannel");
        channels.MapDelete("/{id}", RemoveAsync).WithName("RemoveChannel");
        channels.MapPost("/{id}/test", TestAsync).WithName("TestChannel");
        channels.MapPost("/{id}/resume", ResumeAsync).WithName("ResumeChannel");
    }

    private static async Task<IReadOnlyList<Channel>> ListAsync(Channels channels, AlertLedger ledger, CancellationToken cancellationToken) =>
        await ledger.WithFailuresAsync(await channels.ListAsync(cancellationToken), cancellationToken);

    private static async Task<IResult> GetAsync(string id, Channels channels, AlertLedger ledger, CancellationToken cancellationToken) =>
        await channels.FindAsync(id, cancellationToken) is { } channel ? TypedResults.Ok((await ledger.WithFailuresAsync([channel], cancellationToken))[0]) : None();

    /// <summary>Makes a channel, or changes it; without an address it keeps the one that it has.</summary>
    private static async Task<IResult> SetAsync(string id, HttpRequest request, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken)
    {
        var (terms, problem) = await Problems.ReadAsync(request, ChannelJson.Default.ChannelTerms, cancellationToken);
        if (terms is null)
        {
            return problem!;
        }

        var (channel, reasons) = await channels.SetAsync(id, terms, ApiClaims.RecorderOf(caller), cancellationToken);
        return channel is null ? Problems.Of(reasons) : TypedResults.Ok(channel);
    }

    private static async Task<IResult> RemoveAsync(string id, string? reason, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.OptionalText("reason", reason, ChannelRules.ReasonLength);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        return await channels.RemoveAsync(id, reason ?? "", ApiClaims.RecorderOf(caller), cancellationToken) ? TypedResults.NoContent() : None();
    }

    /// <summary>200 whether or not it went through: the test was made, and this is what it met.</summary>
    private static async Task<IResult> TestAsync(string id, ClaimsPrincipal caller, ChannelSending sending, CancellationToken cancellationToken) =>
        await sending.TestAsync(id, ApiClaims.RecorderOf(caller), cancellationToken) is { } outcome ? TypedResults.Ok(new ChannelTest(outcome.IsSent, outcome.Reason)) : None();

    private static async Task<IResult> ResumeAsync(string id, ClaimsPrincipal caller, Channels channels, CancellationToken cancellationToken) =>
        OkOrNone(await channels.ResumeAsync(id, ApiClaims.RecorderOf(caller), cancellationToken));

    private static IResult OkOrNone(Channel? channel) => channel is null ? None() : TypedResults.Ok(channel);

    private static ProblemHttpResult None() => TypedResults.Problem("There is no such channel.", statusCode: StatusCodes.Status404NotFound);
}
