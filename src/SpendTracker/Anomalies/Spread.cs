namespace SpendTracker.Anomalies;

/// <summary>How a day differs from its weekday: of a workload's usage, or of a part of it.</summary>
/// <param name="Usual">The median of its weekday in the eight weeks before.</param>
/// <param name="Margin">A tenth of the mean day of four weeks: it is added to both, so that little of little is little.</param>
/// <param name="Strayed">The logarithm of the ratio.</param>
internal readonly record struct Compared(double Usual, double Margin, double Strayed)
{
    /// <summary>Days before the first one that can be compared.</summary>
    public const int Window = 56;

    public bool IsNothing => Usual + Margin <= 0;

    public static Compared At(double[] days, int day)
    {
        var (usual, margin) = (MedianOfWeekday(days, day), MeanBefore(days, day) / 10);
        return new(usual, margin, usual + margin > 0 ? Math.Log((days[day] + margin) / (usual + margin)) : 0);
    }

    public static double[] DaysOf(ReadOnlySpan<AnomalyDay> used)
    {
        var days = new double[used.Length];
        for (var day = 0; day < days.Length; day++)
        {
            days[day] = (double)Math.Max(0, used[day].Amount);
        }

        return days;
    }

    public static double MedianOfWeekday(double[] days, int day)
    {
        Span<double> same = stackalloc double[Window / 7];
        for (var week = 0; week < same.Length; week++)
        {
            same[week] = days[day - (7 * (week + 1))];
        }

        return Median(same);
    }

    /// <summary>Of the four weeks before a day.</summary>
    public static double MeanBefore(double[] days, int day) => Mean(days.AsSpan(day - 28, 28));

    public static double Mean(ReadOnlySpan<double> days)
    {
        var sum = 0.0;
        foreach (var day in days)
        {
            sum += day;
        }

        return sum / days.Length;
    }

    /// <param name="values">Are sorted.</param>
    public static double Median(Span<double> values)
    {
        values.Sort();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

/// <summary>How far the days before a day strayed from their weekdays: <see cref="AnomalyRule"/> has the formula.</summary>
/// <param name="Tails">By how much more a single day may stray than normal ones do.</param>
internal readonly record struct Spread(Compared Compared, double Centre, double Deviation, double Tails)
{
    /// <summary>Days that it is taken of, if there are so many.</summary>
    public const int Days = 112;

    private const double LeastDeviation = 0.08;
    private const double MostTails = 1.4;
    private const double MostAmount = 1e18;

    public static Spread Of(Compared compared, ReadOnlySpan<double> strayed)
    {
        Span<double> values = stackalloc double[Days];
        values = values[..strayed.Length];
        strayed.CopyTo(values);
        var centre = Math.Clamp(Compared.Median(values), -0.3, 0.3);
        for (var at = 0; at < values.Length; at++)
        {
            values[at] = Math.Abs(strayed[at] - centre);
        }

        var deviation = Math.Max(Compared.Median(values) * 1.4826, LeastDeviation);
        var ofQuantile = Math.Max(values[(int)Math.Ceiling(0.95 * values.Length) - 1] / 1.96, LeastDeviation);
        return new(compared, centre, Math.Max(deviation, ofQuantile), Math.Clamp(Math.Pow(ofQuantile / deviation, 1.5), 1, MostTails));
    }

    /// <summary>By how many deviations a day is above what is usual.</summary>
    public double ScoreOf(Compared day) => (day.Strayed - Centre) / Deviation;

    /// <summary>What the day would cost at a score.</summary>
    public decimal At(double score) => (decimal)Math.Clamp(((Compared.Usual + Compared.Margin) * Math.Exp(Centre + (score * Deviation))) - Compared.Margin, 0, MostAmount);
}
