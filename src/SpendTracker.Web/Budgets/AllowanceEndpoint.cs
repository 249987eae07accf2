using System.Globalization;
using Microsoft.Net.Http.Headers;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

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
