using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>Hosting in one hour of the day, on all days with one price.</summary>
/// <param name="Hour">0 to 23, in the reporting time zone.</param>
/// <param name="Hours">Hours times units that were allocated.</param>
/// <param name="Measured">Of these, those whose busy share was recorded.</param>
/// <param name="Idle">Of the measured, those in which nothing was served.</param>
/// <param name="PeakShare">The largest busy share of this hour on a day; null if nothing was measured.</param>
/// <param name="UnitPrice">Of an hour of a unit, in the reporting currency; null if it is not known.</param>
public sealed record HostedHour(int Hour, decimal Hours, decimal Measured, decimal Idle, decimal? PeakShare, decimal? UnitPrice);

/// <summary>Works out hosting from hours by the hour of the day.</summary>
public static class HostingArithmetic
{
    public const int DefaultNightFrom = 22;
    public const int DefaultNightTo = 6;

    /// <summary>Cost = hours × price of the day; busy = measured − idle. Half the capacity serves an hour if at most half of it was busy.</summary>
    /// <param name="nightFrom">The hour that the night begins at, 0 to 23.</param>
    /// <param name="nightTo">The hour that it ends at, 0 to 23; the same as the first is the whole day.</param>
    public static HostingFigures Figures(IReadOnlyCollection<HostedHour> hours, int nightFrom, int nightTo)
    {
        var measured = hours.Sum(hour => hour.Measured);
        var busy = measured - hours.Sum(hour => hour.Idle);
        var available = hours.Sum(Cost);
        var peak = hours.Max(hour => hour.PeakShare);
        var night = hours.Where(hour => IsNight(hour.Hour, nightFrom, nightTo)).ToArray();
        return new HostingFigures(
            hours.Sum(hour => hour.Hours), measured, busy, measured > 0 ? Share(busy, measured) : null, available,
            measured > 0 ? hours.Sum(hour => (hour.Measured - hour.Idle) * (hour.UnitPrice ?? 0)) : null,
            measured > 0 ? hours.Sum(hour => hour.Idle * (hour.UnitPrice ?? 0)) : null,
            hours.Where(hour => hour.UnitPrice is null).Sum(hour => hour.Hours),
            new NightHosting(nightFrom, nightTo, night.Sum(hour => hour.Hours), night.Sum(Cost), night.Sum(hour => hour.Measured - hour.Idle)),
            peak, peak <= 0.5m ? available / 2 : null);
    }

    private static decimal Cost(HostedHour hour) => hour.Hours * (hour.UnitPrice ?? 0);

    private static decimal Share(decimal part, decimal whole) => Math.Round(part / whole, Proportion.Decimals);

    private static bool IsNight(int hour, int from, int to) => from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
