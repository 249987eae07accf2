using SpendTracker.Costs;

namespace SpendTracker.Gaps;

/// <summary>A workload that reported every few days and does not report any more: its silence looks like a saving.</summary>
/// <param name="Since">The first day without usage.</param>
/// <param name="Days">Full days without usage until now.</param>
/// <param name="Usual">The mean cost of a day in the four weeks before, in the reporting currency.</param>
public sealed record SilentWorkload(string Workload, Guid Anomaly, DateOnly Since, int Days, decimal Usual)
{
    public Worth Worth => Worth.OfSilence(Usual, Days);
}

/// <summary>A workload with the cost of a month that some total lacks.</summary>
/// <param name="Cost">With what of it has no price.</param>
public sealed record WorkloadGap(string Workload, BillingPeriod Month, MonthlyCost Cost);

/// <summary>Everything that is in no total, in part, or in another total than it should be.</summary>
/// <param name="Unpriced">Quantities without a price, by SKU and meter.</param>
/// <param name="Incomplete">Quantities of which a part of the price is missing.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency.</param>
/// <param name="Silent">Workloads that stopped reporting.</param>
/// <param name="WithoutEstimate">Workloads of the current month without an estimate, where others have one: the totals of estimates lack them.</param>
/// <param name="Unregistered">Workloads of the current month that nobody registered: the totals have them, and no team's has.</param>
/// <param name="SetAside">Events that a read model could not take.</param>
/// <param name="Worths">What unpriced quantities might be worth, by SKU and meter; without those of which nothing is known.</param>
/// <param name="StaleWorths">What unconverted amounts might be worth, by currency, at the last rate that there was.</param>
public sealed record TotalGaps(
    IReadOnlyList<UnpricedUsage> Unpriced, IReadOnlyList<UnpricedUsage> Incomplete, IReadOnlyList<UnconvertedAmount> Unconverted, IReadOnlyList<SilentWorkload> Silent,
    IReadOnlyList<WorkloadGap> WithoutEstimate, IReadOnlyList<WorkloadGap> Unregistered, long SetAside,
    IReadOnlyDictionary<(string Sku, string Meter), Worth> Worths, IReadOnlyDictionary<string, Worth> StaleWorths)
{
    /// <summary>How many there are: the number that the sidebar, the overview and the page say.</summary>
    public long Count => Unpriced.Count + Incomplete.Count + Unconverted.Count + Silent.Count + WithoutEstimate.Count + Unregistered.Count + SetAside;

    /// <summary>What the unpriced might be worth together, where something is known of any of it.</summary>
    public (decimal AtLeast, decimal AtMost)? Worth => Worths.Count + StaleWorths.Count == 0 ? null
        : (Worths.Values.Concat(StaleWorths.Values).Sum(worth => worth.AtLeast), Worths.Values.Concat(StaleWorths.Values).Sum(worth => worth.AtMost));

    /// <summary>Whether nothing is known of what some of it is worth.</summary>
    public bool HasUnknown => Worths.Count < Unpriced.Count || StaleWorths.Count < Unconverted.Count || Incomplete.Count > 0 || SetAside > 0;
}
