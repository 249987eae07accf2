using SpendTracker.Contracts;

namespace SpendTracker.Closing;

/// <summary>What has to be looked at before a billing period is closed.</summary>
/// <param name="HasEnded">Whether its last day is over.</param>
/// <param name="IsClosed">Whether it is closed already.</param>
/// <param name="Lag">Events that are recorded and not counted yet, of whatever month.</param>
/// <param name="Unpriced">Quantities without a rate, by unit.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit. They are accepted together with what is unpriced.</param>
/// <param name="SetAside">Events, of whatever month, that could not be counted.</param>
/// <param name="Total">What would be frozen, in the reporting currency.</param>
/// <param name="Corrections">The part of it that corrects closed periods.</param>
public sealed record ClosingChecklist(
    BillingPeriod Month, bool HasEnded, bool IsClosed, long Lag, IReadOnlyDictionary<string, decimal> Unpriced,
    IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete, long SetAside, decimal Total, decimal Corrections);

/// <summary>A billing period and where it stands.</summary>
/// <param name="Total">What is booked in it: frozen where it is closed.</param>
/// <param name="Corrections">The part of the total that corrects earlier periods.</param>
/// <param name="History">Its closings, the latest first.</param>
public sealed record BillingPeriodStatus(BillingPeriod Month, bool IsClosed, decimal Total, decimal Corrections, IReadOnlyList<PeriodClosing> History)
{
    /// <summary>In the reporting currency; 0 where nobody submitted an estimate.</summary>
    public decimal Estimated { get; init; }

    /// <summary>The total less the part of the estimate that belongs to the days that have passed: above 0 is more.</summary>
    public decimal Variance { get; init; }
}

/// <summary>What was known of closings on a day.</summary>
public static class PastClosings
{
    extension(PeriodClosing closing)
    {
        /// <summary>As it was known at the end of a day; null where it was not yet.</summary>
        public PeriodClosing? KnownOn(DateOnly day, TimeZoneInfo reportingTimeZone) =>
            BillingPeriod.DayOf(closing.ClosedAt, reportingTimeZone) > day ? null
            : closing.ReopenedAt is { } reopened && BillingPeriod.DayOf(reopened, reportingTimeZone) > day
                ? closing with { ReopenedAt = null, ReopenedBy = null, ReopenedBecause = null }
                : closing;
    }
}

/// <summary>Something needs all that was recorded to be counted, and it is not.</summary>
public sealed class ProjectionLagException(string message) : Exception(message);
