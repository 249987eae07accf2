using System.Security.Claims;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Rates;

/// <summary>How a preview becomes an answer.</summary>
internal static class PreviewAnswers
{
    extension(PreviewResponse)
    {
        public static PreviewResponse Of(string currency, IReadOnlyList<RateChange> changes) =>
            new(currency, changes, changes.Sum(change => change.Before), changes.Sum(change => change.After), changes.Sum(change => change.Difference));
    }
}

/// <summary>
/// Changes of the price book over HTTP. With <c>?dryRun=true</c> nothing is published: the answer is what it would change.
/// </summary>
internal static class PublishEndpoints
{
    public static void MapPublishing(this IEndpointRouteBuilder api)
    {
        Map(api, "/rates", "PublishRate", "Publish a SKU's prices from a day on", ContractsJson.Default.RatePublished);
        Map(api, "/discounts", "PublishDiscount", "Publish a discount on list prices", ContractsJson.Default.DiscountPublished);
        Map(api, "/aliases", "PublishAlias", "Publish what a provider's name is priced as", ContractsJson.Default.AliasPublished);
        Map(api, "/exchange-rates", "PublishExchangeRate", "Publish an exchange rate from a day on", ContractsJson.Default.ExchangeRatePublished);
        Map(api, "/withdrawals", "WithdrawPublication", "Take a publication back, so that the one before holds again", ContractsJson.Default.PublicationWithdrawn)
            .ProducesProblem(404).ProducesProblem(409);
        api.MapGet("/publications/{id:guid}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetPublication").Produces<PublicationResponse>().ProducesProblem(404);
    }

    private static RouteHandlerBuilder Map<T>(IEndpointRouteBuilder api, string path, string name, string summary, JsonTypeInfo<T> json)
        where T : class, IEvent => api
        .MapPost(path, (
            string? dryRun, HttpRequest request, ClaimsPrincipal caller, PriceBook book, RatePreview preview, ExpensiveQueries queries, OrganisationSettings settings,
            CancellationToken cancellationToken) => ChangeAsync(json, dryRun, request, caller, book, preview, queries, settings, cancellationToken))
        .RequireAuthorization(Policies.Price).WithName(name)
        .WithSummary($"{summary}. With `dryRun=true` nothing is published: 200 says what would change, by month, approach and workload.")
        .Takes<T>().Produces<PreviewResponse>().Produces<Published<T>>(201).WithMetadata(new EarlierShape(Earlier));

    /// <summary>What was published, without its id.</summary>
    private static JsonNode Earlier(JsonNode answer, HttpRequest request)
    {
        if (answer["value"]?.DeepClone() is not { } published)
        {
            return answer;
        }

        if (answer["rounded"]?.DeepClone() is { } rounded)
        {
            published["rounded"] = rounded;
        }

        return published;
    }

    /// <summary>Read a publication. Whether it still stands, and who published and withdrew it.</summary>
    internal static async Task<IResult> GetAsync(Guid id, PriceBook book, CancellationToken cancellationToken) =>
        await book.FindPublicationAsync(id, cancellationToken) is not ({ } published, var withdrawn)
            ? TypedResults.Problem(PriceBook.Unknown, statusCode: StatusCodes.Status404NotFound)
            : TypedResults.Ok(new PublicationResponse(
                id, published.RecordedAt, published.RecordedBy, published.Data as RatePublished, published.Data as DiscountPublished, published.Data as AliasPublished,
                published.Data as ExchangeRatePublished, withdrawn?.RecordedAt, withdrawn?.RecordedBy, (withdrawn?.Data as PublicationWithdrawn)?.Reason));

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
        var dry = DryRun.Read(check, dryRun);
        check.Add(PriceBookRules.Check(change, settings.ReportingCurrency));
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (!dry)
        {
            return await DoneAsync(change, rounded, book, ApiClaims.RecorderOf(caller), cancellationToken);
        }

        if (Refused(await book.RefusalAsync(change, cancellationToken)) is { } refused)
        {
            return refused;
        }

        var changes = await queries.RunAsync(ApiClaims.RecorderOf(caller).By, token => preview.OfAsync([change], token), cancellationToken);
        return TypedResults.Ok(PreviewResponse.Of(settings.ReportingCurrency, changes) with { Rounded = rounded.Count > 0 ? rounded : null });
    }

    private static async Task<IResult> DoneAsync<T>(T change, IReadOnlyList<FieldReason> rounded, PriceBook book, Recorder recorder, CancellationToken cancellationToken)
        where T : class, IEvent
    {
        Guid id;
        if (change is PublicationWithdrawn withdrawal)
        {
            id = withdrawal.Publication;
            if (Refused(await book.WithdrawAsync(withdrawal, recorder, cancellationToken)) is { } refused)
            {
                return refused;
            }
        }
        else
        {
            id = await book.PublishAsync(change, recorder, cancellationToken);
        }

        return TypedResults.Created($"/api/v1/publications/{id}", new Published<T>(id, change, rounded.Count > 0 ? rounded : null));
    }

    private static ProblemHttpResult? Refused(string? refusal) => refusal is null ? null : TypedResults.Problem(
        refusal, statusCode: refusal == PriceBook.Unknown ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict);
}
