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

/// <summary>Why a month's total is another than it was. The moves add up to what it moved.</summary>
/// <param name="From">The total before is as known at the end of this day, in the reporting time zone.</param>
/// <param name="To">The total after is as known at the end of this day.</param>
/// <param name="Corrections">Corrected events, whose quantities are taken back among the usage; at most 200.</param>
/// <param name="Explained">The sum of all moves: always after − before.</param>
/// <param name="UnpricedBefore">Quantities that no rate covers, by unit: not in <paramref name="Before"/>.</param>
/// <param name="IncompleteBefore">Quantities that are priced incompletely, by unit.</param>
/// <param name="UnconvertedBefore">Amounts without an exchange rate, by currency: not in <paramref name="Before"/>.</param>
internal sealed record ExplainResponse(
    string Month, DateOnly From, DateOnly To, string? Workload, string Currency, decimal Before, decimal After, decimal Explained,
    IReadOnlyList<UsageMoveRow> Usage, IReadOnlyList<PriceMoveRow> Prices, IReadOnlyList<BookingMoveRow> Bookings, IReadOnlyList<CorrectionMoveRow> Corrections,
    IReadOnlyDictionary<string, decimal> UnpricedBefore, IReadOnlyDictionary<string, decimal> UnpricedAfter,
    IReadOnlyDictionary<string, decimal> IncompleteBefore, IReadOnlyDictionary<string, decimal> IncompleteAfter,
    IReadOnlyDictionary<string, decimal> UnconvertedBefore, IReadOnlyDictionary<string, decimal> UnconvertedAfter)
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

/// <param name="Unpriced">What of the quantity no rate covers.</param>
/// <param name="Incomplete">What of it is priced incompletely.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency.</param>
/// <param name="Free">Whose price it is, where all of it is 0.</param>
/// <param name="EventsPage">Where the events behind it are shown.</param>
/// <param name="EventsList">The same events over the API.</param>
internal sealed record UsageMoveRow(
    string Workload, string Approach, string Sku, string Meter, decimal Quantity, long Events, decimal Amount, decimal Unpriced, decimal Incomplete,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Free, string EventsPage, string EventsList)
{
    public static UsageMoveRow Of(UsageMove move, UsageFilter events) => new(
        move.Workload, EnumName.Of(move.Approach), move.Sku, move.Meter, move.Quantity, move.Events, move.Amount, move.Lacking.Unpriced, move.Lacking.Incomplete,
        move.Lacking.Unconverted, move.Free, EventLink.To(events), EventLink.ToList(events));
}

/// <param name="Free">Whose price it is, where the price after is 0.</param>
/// <param name="Unpriced">How much more of the quantity no rate covers since; below 0 where it got one.</param>
/// <param name="Incomplete">How much more of it is priced incompletely since.</param>
/// <param name="Unconverted">What more lacks an exchange rate since, by currency.</param>
/// <param name="Causes">What was published or withdrawn between the days.</param>
/// <param name="EventsPage">Where the events are shown that it prices, of the whole month.</param>
/// <param name="EventsList">The same events over the API.</param>
internal sealed record PriceMoveRow(
    string Workload, string Approach, string SkuBefore, string Sku, string Meter, decimal Quantity, decimal? UnitPriceBefore, decimal? UnitPriceAfter,
    string? Free, DateOnly FirstDay, DateOnly LastDay, decimal Amount, decimal Unpriced, decimal Incomplete, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyList<PublicationChange> Causes, string EventsPage, string EventsList)
{
    public static PriceMoveRow Of(PriceMove move, UsageFilter events) => new(
        move.Workload, EnumName.Of(move.Approach), move.SkuBefore, move.Sku, move.Meter, move.Quantity, move.UnitPriceBefore, move.UnitPriceAfter,
        move.Free, move.FirstDay, move.LastDay, move.Amount, move.Lacking.Unpriced, move.Lacking.Incomplete, move.Lacking.Unconverted, move.Causes, EventLink.To(events), EventLink.ToList(events));
}

/// <param name="Unpriced">Quantities by unit that no rate covers and nobody has accepted at a closing.</param>
/// <param name="Incomplete">The same of what is priced incompletely.</param>
/// <param name="Unconverted">The same of amounts without an exchange rate, by currency.</param>
/// <param name="Explanation">Where the month of use is explained, with the events behind; null where that is this month.</param>
internal sealed record BookingMoveRow(
    string Origin, string Booked, decimal Amount, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyDictionary<string, decimal> Unconverted, string? Explanation)
{
    public static BookingMoveRow Of(BookingMove move, Explanation within, string? workload) => new(
        move.Origin, move.Booked, move.Amount, move.Unpriced, move.Incomplete, move.Unconverted, move.Origin == within.Month.ToString() ? null : ExplainEndpoints.Link(move.Origin, within.From, within.To, workload));
}

/// <param name="EventsList">The event with its correction, over the API.</param>
internal sealed record CorrectionMoveRow(Guid Event, string Workload, DateOnly RecordedOn, string EventsList);

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
