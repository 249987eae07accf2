using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>A watched assumption of a plan, and where it stands.</summary>
/// <param name="Assumption">Its place in the plan; for a price SKU and meter, for a break-even the other option.</param>
/// <param name="Low">The least value at which the plan holds; null where there is none.</param>
/// <param name="High">The largest; null where there is none.</param>
/// <param name="Observed">What was found; null where <paramref name="Unknown"/> says why nothing was.</param>
/// <param name="Unit"><c>requests</c>, <c>tokens</c>, <c>share</c>, <c>days</c>, or a currency.</param>
/// <param name="From">The first day that was looked at.</param>
/// <param name="To">The last.</param>
/// <param name="Unknown">Why nothing can be said; null where it can.</param>
public sealed record PlanReading(
    PlanWatchOn On, string Assumption, decimal? Low, decimal? High, decimal? Observed, string Unit, DateOnly From, DateOnly To, string? Unknown = null)
{
    /// <summary>Whether the value left its range; null where nothing can be said. A break-even is crossed, and a retirement near, at its limit.</summary>
    [JsonPropertyName("outside")]
    public bool? IsOutside => Observed is not { } observed ? null : On switch
    {
        PlanWatchOn.BreakEven => observed >= High || observed < Low,
        PlanWatchOn.Retirement => observed <= Low,
        _ => observed < Low || observed > High,
    };
}
