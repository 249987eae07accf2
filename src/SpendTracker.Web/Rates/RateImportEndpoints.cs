using System.Security.Claims;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Import;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>Price maps and exchange rates over HTTP: the difference first, and what it says published when it is asked for.</summary>
internal static class RateImportEndpoints
{
    /// <summary>Stands where a file's name would: a body has none.</summary>
    private const string BodyName = "sent by API";

    /// <summary>Names the rates that ship with this version, which need no body.</summary>
    private const string Starting = "starting";

    /// <summary>Entries that an answer names in each list of what is not imported.</summary>
    private const int MostNamed = 1_000;

    public static void MapRateImports(this IEndpointRouteBuilder api)
    {
        api.MapPost("/rates/import", ImportRatesAsync).RequireAuthorization(Policies.Price).WithName("ImportRates")
            .WithMetadata(new TakenBody(typeof(JsonElement), IsOptional: true), DryRun.WasUsual).Produces<ImportResponse<RateDiff>>();
        api.MapPost("/exchange-rates/import", ImportExchangeRatesAsync).RequireAuthorization(Policies.Price).WithName("ImportExchangeRates")
            .WithMetadata(new TakenBody(null, "text/csv"), DryRun.WasUsual).Produces<ImportResponse<ExchangeRateDiff>>();
    }

    /// <summary>Import a price map in LiteLLM's format, or the prices that ship with this version. What is new or changed is published from a day on; with `dryRun=true` only shown.</summary>
    internal static async Task<IResult> ImportRatesAsync(
        string? from, string? provider, string? dryRun, string? list, string? free, HttpRequest request, ClaimsPrincipal caller, RateImport import, RatePreview preview, ExpensiveQueries queries, OrganisationSettings settings,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var day = ImportOptions.Day(check, "from", from) ?? ImportOptions.Tomorrow(clock, settings);
        var publishes = !DryRun.Read(check, dryRun);
        check.That("list", list is null or Starting, $"Must be {Starting}, or left out where the body is the list.");
        check.That("free", free is null or "true" or "false", "Must be true or false.");
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (list is Starting)
        {
            return await AnswerAsync(await import.CompareStartingAsync(day, ImportOptions.List(provider), cancellationToken));
        }

        if (!request.HasJsonContentType())
        {
            return TypedResults.Problem("Send application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = await RequestBody.ReadAsync(request, cancellationToken);
        PriceMap map;
        try
        {
            map = PriceMap.Read(body.Span) with { TakesFree = free == "true" };
        }
        catch (JsonException fault)
        {
            return TypedResults.Problem(JsonReasons.Where(fault), statusCode: StatusCodes.Status400BadRequest, title: "Malformed JSON.");
        }

        if (map.Refusal is { } refusal)
        {
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status400BadRequest);
        }

        return await AnswerAsync(await import.CompareAsync(map, RateImport.SourceOf(BodyName, body.Span), day, ImportOptions.List(provider), cancellationToken));

        async Task<IResult> AnswerAsync(RateDiff diff)
        {
            var overtaken = publishes ? await import.PublishAsync(diff, ApiClaims.RecorderOf(caller), cancellationToken) : [];
            var effect = publishes ? null : await EffectAsync([.. diff.Publications.Select(publication => publication.Rate)], caller, preview, queries, settings, cancellationToken);
            return TypedResults.Ok(new ImportResponse<RateDiff>(diff.Naming(MostNamed), effect, publishes ? diff.Skus - overtaken.Count : 0, overtaken));
        }
    }

    /// <summary>Import exchange rates as CSV. `currency,date,rate[,source]`, or the ECB's file; with `dryRun=true` only shown.</summary>
    internal static async Task<IResult> ImportExchangeRatesAsync(
        string? from, string? currency, string? dryRun, HttpRequest request, ClaimsPrincipal caller, ExchangeRateImport import, RatePreview preview, ExpensiveQueries queries,
        OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var choice = new ExchangeRateChoice(ImportOptions.Day(check, "from", from), ImportOptions.Currencies(currency));
        var publishes = !DryRun.Read(check, dryRun);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) != true)
        {
            return TypedResults.Problem("Send text/csv.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            using var body = await RequestBody.ReadAsync(request, cancellationToken);
            using var content = new MemoryStream(body.Span.ToArray());
            var file = await ExchangeRateCsv.ReadAsync(content, BodyName, settings, choice, cancellationToken);
            var diff = await import.CompareAsync(file, cancellationToken);
            var overtaken = publishes ? await import.PublishAsync(diff, ApiClaims.RecorderOf(caller), cancellationToken) : [];
            var effect = publishes ? null : await EffectAsync([.. diff.Publications.SelectMany(publication => publication.Rates)], caller, preview, queries, settings, cancellationToken);
            return TypedResults.Ok(new ImportResponse<ExchangeRateDiff>(diff, effect, publishes ? diff.Publications.Count - overtaken.Count : 0, overtaken));
        }
        catch (ImportException refused)
        {
            return TypedResults.Problem(refused.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<PreviewResponse?> EffectAsync(
        IReadOnlyList<IEvent> publications, ClaimsPrincipal caller, RatePreview preview, ExpensiveQueries queries, OrganisationSettings settings, CancellationToken cancellationToken) =>
        publications.Count == 0 ? null : PreviewResponse.Of(
            settings.ReportingCurrency, await queries.RunAsync(ApiClaims.RecorderOf(caller).By, token => preview.OfAsync(publications, token), cancellationToken));

}
