using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>What a change of the price book would do, had it been published.</summary>
/// <param name="Currency">The reporting currency, of all amounts but the unconverted.</param>
/// <param name="Changes">By month, workload and approach; only what changes.</param>
/// <param name="Rounded">What would be rounded: the noise that a double leaves at a number's end; null for nothing.</param>
internal sealed record PreviewResponse(
    string Currency, IReadOnlyList<RateChange> Changes, decimal Before, decimal After, decimal Difference, IReadOnlyList<FieldReason>? Rounded = null)
{
    public static PreviewResponse Of(string currency, IReadOnlyList<RateChange> changes) =>
        new(currency, changes, changes.Sum(change => change.Before), changes.Sum(change => change.After), changes.Sum(change => change.Difference));
}

/// <summary>
/// Changes of the price book over HTTP. With <c>?dryRun=true</c> nothing is published: the answer is what it would change.
/// </summary>
internal static class PublishEndpoints
{
    public static void MapPublishing(this IEndpointRouteBuilder api)
    {
        Map(api, "/rates", "PublishRate", ContractsJson.Default.RatePublished);
        Map(api, "/discounts", "PublishDiscount", ContractsJson.Default.DiscountPublished);
        Map(api, "/aliases", "PublishAlias", ContractsJson.Default.AliasPublished);
        Map(api, "/exchange-rates", "PublishExchangeRate", ContractsJson.Default.ExchangeRatePublished);
        Map(api, "/withdrawals", "WithdrawPublication", ContractsJson.Default.PublicationWithdrawn);
    }

    private static void Map<T>(IEndpointRouteBuilder api, string path, string name, JsonTypeInfo<T> json)
        where T : class, IEvent => api
        .MapPost(path, (
            string? dryRun, HttpRequest request, ClaimsPrincipal caller, PriceBook book, RatePreview preview, ExpensiveQueries queries, OrganisationSettings settings,
            CancellationToken cancellationToken) => ChangeAsync(json, dryRun, request, caller, book, preview, queries, settings, cancellationToken))
        .RequireAuthorization(Policies.Price).WithName(name);

    private static async Task<IResult> ChangeAsync<T>(
        JsonTypeInfo<T> json, string? dryRun, HttpRequest request, ClaimsPrincipal caller, PriceBook book, RatePreview preview, ExpensiveQueries queries, OrganisationSettings settings,
        CancellationToken cancellationToken)
        where T : class, IEvent
    {
        var (sent, problem) = await Problems.ReadAsync(request, json, cancellationToken);
        if (sent is null)
        {
            return problem!;
        }

        var change = PriceBookRules.AsPublished(sent);
        var rounded = PriceBookRules.Rounded(sent, change);

        var check = new FieldCheck();
        check.That("dryRun", dryRun is null or "true" or "false", "Must be true or false.");
        check.Add(PriceBookRules.Check(change, settings.ReportingCurrency));
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (dryRun != "true")
        {
            return Refused(await book.ChangeAsync(change, ApiClaims.RecorderOf(caller), cancellationToken))
                ?? (rounded.Count == 0 ? TypedResults.Json(change, json) : (IResult)TypedResults.Ok(WithRounded(JsonSerializer.SerializeToNode(change, json)!, rounded)));
        }

        if (Refused(await book.RefusalAsync(change, cancellationToken)) is { } refused)
        {
            return refused;
        }

        var changes = await queries.RunAsync(ApiClaims.RecorderOf(caller).By, token => preview.OfAsync([change], token), cancellationToken);
        return TypedResults.Ok(PreviewResponse.Of(settings.ReportingCurrency, changes) with { Rounded = rounded.Count > 0 ? rounded : null });
    }

    /// <summary>The answer is what is in the log, and beside it what was rounded.</summary>
    private static JsonNode WithRounded(JsonNode published, IReadOnlyList<FieldReason> rounded)
    {
        published["rounded"] = new JsonArray([.. rounded.Select(field => new JsonObject { ["field"] = field.Field, ["reason"] = field.Reason })]);
        return published;
    }

    private static ProblemHttpResult? Refused(string? refusal) => refusal is null ? null : TypedResults.Problem(
        refusal, statusCode: refusal == PriceBook.Unknown ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict);
}
