using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Explorer;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>How explanations become answers.</summary>
internal static class ExplainAnswers
{
    extension(ExplainResponse)
    {
        public static ExplainResponse Of(Explanation explanation, string? workload, string currency) => new(
            explanation.Month.ToString(), explanation.From, explanation.To, workload, currency, explanation.Before, explanation.After, explanation.Explained,
            [.. explanation.Usage.Select(move => UsageMoveRow.Of(move, EventLink.FilterOf(explanation, move)))],
            [.. explanation.Prices.Select(move => PriceMoveRow.Of(move, EventLink.FilterOf(explanation, move)))],
            [.. explanation.Bookings.Select(move => BookingMoveRow.Of(move, explanation, workload))],
            [.. explanation.Corrections.Select(move => new CorrectionMoveRow(move.Event, move.Workload, move.RecordedOn, EventLink.ToEventList(move.Event)))],
            explanation.LackingBefore.Unpriced, explanation.LackingAfter.Unpriced, explanation.LackingBefore.Incomplete, explanation.LackingAfter.Incomplete,
            explanation.LackingBefore.Unconverted, explanation.LackingAfter.Unconverted);
    }

    extension(UsageMoveRow)
    {
        public static UsageMoveRow Of(UsageMove move, UsageFilter events) => new(
            move.Workload, EnumName.Of(move.Approach), move.Sku, move.Meter, move.Quantity, move.Events, move.Amount, move.Lacking.Unpriced, move.Lacking.Incomplete,
            move.Lacking.Unconverted, move.Free, EventLink.To(events), EventLink.ToList(events));
    }

    extension(PriceMoveRow)
    {
        public static PriceMoveRow Of(PriceMove move, UsageFilter events) => new(
            move.Workload, EnumName.Of(move.Approach), move.SkuBefore, move.Sku, move.Meter, move.Quantity, move.UnitPriceBefore, move.UnitPriceAfter,
            move.Free, move.FirstDay, move.LastDay, move.Amount, move.Lacking.Unpriced, move.Lacking.Incomplete, move.Lacking.Unconverted, move.Causes, EventLink.To(events), EventLink.ToList(events));
    }

    extension(BookingMoveRow)
    {
        public static BookingMoveRow Of(BookingMove move, Explanation within, string? workload) => new(
            move.Origin, move.Booked, move.Amount, move.Unpriced, move.Incomplete, move.Unconverted, move.Origin == within.Month.ToString() ? null : ExplainEndpoints.Link(move.Origin, within.From, within.To, workload));
    }
}

/// <summary>Explanations over HTTP.</summary>
internal static class ExplainEndpoints
{
    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs/explain", GetAsync).RequireAuthorization(Policies.Read).WithName("ExplainCosts").WithMetadata(ExpensiveQuery.Always)
            .Produces<ExplainResponse>();

    /// <summary>Explain why a month's total is another than it was. The parts add up to the difference.</summary>
    internal static async Task<IResult> GetAsync(
        string? month, string? from, string? to, string? workload, ExplainQuery query, KnownOn knownOn, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.That("month", !string.IsNullOrEmpty(month), "Must not be empty.");
        if (ExplainSpan.Read(check, month, from, to, knownOn.Today) is not { } span)
        {
            return Problems.Of(check.Reasons);
        }

        return TypedResults.Ok(ExplainResponse.Of(
            await query.OfAsync(span.Month, span.From, span.To, workload, cancellationToken), workload, settings.ReportingCurrency));
    }

    /// <summary>Where an explanation is.</summary>
    public static string Link(string month, DateOnly from, DateOnly to, string? workload)
    {
        var query = new QueryBuilder { { "month", month }, { "from", KnownOn.Text(from) }, { "to", KnownOn.Text(to) } };
        if (workload is not null)
        {
            query.Add("workload", workload);
        }

        return $"/api/v1/costs/explain{query}";
    }
}
