using System.Globalization;
using Microsoft.Net.Http.Headers;
using SpendTracker.Budgets;
using SpendTracker.Web.Access;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

/// <summary>How much of a budget is left, for gateways that want to block. In its currency.</summary>
/// <param name="PeriodEnd">The first day after the period.</param>
/// <param name="Limit">With what rolled over.</param>
/// <param name="Left">Below 0 where it is overspent.</param>
/// <param name="Exceeded">Whether nothing is left.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part.</param>
/// <param name="UnpricedPercents">The share of all that is owed for in the unit that these two are together, by unit.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either.</param>
/// <param name="Doubt">The same in words; null if everything has its whole price.</param>
/// <param name="AsOf">All usage that was acknowledged before is counted.</param>
/// <param name="Position">The place in the log up to which it is counted.</param>
internal sealed record AllowanceResponse(
    string Budget, int Version, DateOnly PeriodStart, DateOnly PeriodEnd, string Currency, decimal Limit, decimal Spent, decimal Left, bool Exceeded,
    decimal? Forecast, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete, IReadOnlyDictionary<string, decimal> UnpricedPercents,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Doubt, DateTimeOffset AsOf, long Position);

/// <summary>
/// Answers from memory, in well under a millisecond and also while the database is away: the answer says how old it is, and who
/// asks decides whether that will do. Reading needs the scope <c>read</c>.
/// </summary>
internal static class AllowanceEndpoint
{
    /// <summary>Seconds that an answer may be kept for; what is read from the database is at most about as old.</summary>
    private const int Lifetime = 1;

    public static void MapAllowance(this IEndpointRouteBuilder api) =>
        api.MapGet("/budgets/{id}/allowance", Get).RequireAuthorization(Policies.Read).WithName("GetAllowance")
            .Produces<AllowanceResponse>().Produces(304).ProducesProblem(404);

    /// <summary>Ask how much of a budget is left. Answers from memory, also while the database is away; ETag, Cache-Control and Age say how old it is. 503 if nobody knows.</summary>
    internal static IResult Get(string id, HttpContext context, BudgetWatch watch, TimeProvider clock)
    {
        if (watch.AsOf is not { } asOf)
        {
            context.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem("The figures have not been read yet.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (watch.Unwatched.TryGetValue(id, out var reason))
        {
            var why = ApiClaims.IsUnbound(context.User) ? $" {reason}" : ""; // Whose it is, is not known either.
            return TypedResults.Problem($"The budget is not watched, so nobody knows what is left.{why}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var now = clock.GetUtcNow();
        if (watch.Current(id) is not { } figures || !ApiClaims.Covers(context.User, figures.Scope))
        {
            return TypedResults.Problem("There is no such budget, or its time is not now.", statusCode: StatusCodes.Status404NotFound);
        }

        if (figures is not { Spent: { } spent, Left: { } left })
        {
            return TypedResults.Problem(BudgetWords.Doubt(figures), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var headers = context.Response.GetTypedHeaders();
        headers.CacheControl = new CacheControlHeaderValue { Private = true, MaxAge = TimeSpan.FromSeconds(Lifetime) };
        context.Response.Headers.Age = Math.Max(0, Math.Ceiling((now - asOf).TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        // Of what is left and what lacks a price, not of when it was read: a gateway that asks each second mostly gets 304.
        var lacking = string.Concat(figures.Unpriced.Select(part => string.Create(CultureInfo.InvariantCulture, $"-{part.Unit}-{part.Quantity}-{part.Incomplete}-{part.StaleSince:yyyyMMdd}")));
        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{figures.Version}-{figures.Span.Start:yyyyMMdd}-{figures.Limit}-{spent}{lacking}\""));
        headers.ETag = tag;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        return TypedResults.Ok(new AllowanceResponse(
            figures.Budget, figures.Version, figures.Span.Start, figures.Span.End, figures.Currency, figures.Limit, spent, left, left <= 0, figures.Forecast,
            figures.UnpricedQuantities, figures.IncompleteQuantities, UnpricedResponse.Percents(figures), figures.UnconvertedAmounts, UnpricedResponse.Doubt(figures), asOf,
            figures.Position));
    }
}
