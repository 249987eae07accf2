namespace SpendTracker.Forecasts;

/// <summary>
/// The growth of a total, as a line through the last 26 weeks that flattens out. Of single workloads it is not used: there it makes
/// forecasts worse. Pure.
/// </summary>
internal static class Growth
{
    private const int Weeks = 26;

    /// <summary>Days of use that a line needs.</summary>
    public const int Days = Weeks * Habit.Week;

    /// <summary>By week, up or down: a total that grew faster is not expected to go on so.</summary>
    private const double Most = 0.015;

    /// <summary>Weeks from the centre of the four weeks that a day is expected by to now.</summary>
    private const double Behind = 2;

    /// <summary>What is left of the growth after a week.</summary>
    private const double Damping = 0.9;

    /// <summary>
    /// Growth by week, as a share of the mean week: the least-squares slope, less the more the weeks stray from the line
    /// (t² ÷ (t² + 4), where t is the slope by its standard error).
    /// </summary>
    /// <param name="sums">Sums of the costs up to each day, that day left out: place 0 is 0.</param>
    /// <param name="day">The last day of the last week.</param>
    public static double ByWeek(ReadOnlySpan<double> sums, int day)
    {
        Span<double> weeks = stackalloc double[Weeks];
        double mean = 0;
        for (var week = 0; week < Weeks; week++)
        {
            var end = day + 1 - (Habit.Week * (Weeks - 1 - week));
            weeks[week] = sums[end] - sums[end - Habit.Week];
            mean += weeks[week] / Weeks;
        }

        double squares = 0, products = 0, residuals = 0;
        for (var week = 0; week < Weeks; week++)
        {
            var from = week - ((Weeks - 1) / 2.0);
            squares += from * from;
            products += from * weeks[week];
        }

        var slope = products / squares;
        for (var week = 0; week < Weeks; week++)
        {
            var residual = weeks[week] - mean - (slope * (week - ((Weeks - 1) / 2.0)));
            residuals += residual * residual;
        }

        if (mean <= 0 || slope == 0)
        {
            return 0;
        }

        var variance = residuals / (Weeks - 2) / squares;
        var t2 = variance == 0 ? double.PositiveInfinity : slope * slope / variance;
        return Math.Clamp(slope / mean, -Most, Most) * (double.IsInfinity(t2) ? 1 : t2 / (t2 + 4));
    }

    /// <summary>By how many weeks' growth a day to come is above the four weeks that it is expected by: two, and what is added until then.</summary>
    /// <param name="ahead">1 for the first day to come.</param>
    public static double WeeksAt(int ahead) => Behind + ((1 - Math.Pow(Damping, ahead / (double)Habit.Week)) / (1 - Math.Pow(Damping, 1.0 / Habit.Week)) / Habit.Week);
}
