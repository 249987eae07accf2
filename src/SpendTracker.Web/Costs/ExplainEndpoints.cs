using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;
using SpendTracker.Web.Usage;

namespace SpendTracker.Web.Costs;

/// <summary>Why a month's total is another than it was. The moves add up to what it moved.</summary>
/// <param name="From">The total before is as known at the end of this day, in the reporting time zone.</param>
/// <param name="To">The total after is as known at the end of this day.</param>
/// <param name="Corrections">Corrected events, whose quantities are taken back among the usage; at most 200.</param>
/// <param name="Explained">The sum of all moves: always after − before.</param>
internal sealed record ExplainResponse(
    string Month, DateOnly From, DateOnly To, string? Workload, string Currency, decimal Before, decimal After, decimal Explained,
    IReadOnlyList<UsageMoveRow> Usage, IReadOnlyList<PriceMoveRow> Prices, IReadOnlyList<BookingMove> Bookings, IReadOnlyList<CorrectionMove> Corrections);

/// <param name="EventsPage">Where the events behind it are shown.</param>
internal sealed record UsageMoveRow(
    string Workload, string Approach, string Sku, string Meter, decimal Quantity, long Events, decimal Amount, string EventsPage);

/// <param name="Causes">What was published or withdrawn between the days.</param>
internal sealed record PriceMoveRow(
    string Workload, string Approach, string SkuBefore, string Sku, string Meter, decimal Quantity, decimal? UnitPriceBefore, decimal? UnitPriceAfter,
    DateOnly FirstDay, DateOnly LastDay, decimal Amount, IReadOnlyList<PublicationChange> Causes);

/// <summary>Explanations over HTTP.</summary>
internal static class ExplainEndpoints
{
    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs/explain", GetAsync).RequireAuthorization(Policies.Read).WithName("ExplainCosts");

    private static async Task<IResult> GetAsync(
        string? month, string? from, string? to, string? workload, ExplainQuery query, KnownOn knownOn, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.That("month", !string.IsNullOrEmpty(month), "Must not be empty.");
        if (ExplainSpan.Read(check, month, from, to, knownOn.Today) is not { } span)
        {
            return Problems.Of(check.Reasons);
        }

        var explanation = await query.OfAsync(span.Month, span.From, span.To, workload, cancellationToken);
        return TypedResults.Ok(new ExplainResponse(
            span.Month.ToString(), span.From, span.To, workload, settings.ReportingCurrency, explanation.Before, explanation.After, explanation.Explained,
            [.. explanation.Usage.Select(move => new UsageMoveRow(
                move.Workload, EnumName.Of(move.Approach), move.Sku, move.Meter, move.Quantity, move.Events, move.Amount, EventLink.To(explanation, move)))],
            [.. explanation.Prices.Select(move => new PriceMoveRow(
                move.Workload, EnumName.Of(move.Approach), move.SkuBefore, move.Sku, move.Meter, move.Quantity, move.UnitPriceBefore, move.UnitPriceAfter,
                move.FirstDay, move.LastDay, move.Amount, move.Causes))],
            explanation.Bookings, explanation.Corrections));
    }
}
