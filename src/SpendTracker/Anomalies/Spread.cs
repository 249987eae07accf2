namespace SpendTracker.Anomalies;

/// <summary>How a day differs from its weekday: of a workload's usage, or of a part of it.</summary>
/// <param name="Usual">The median of its weekday in the eight weeks before, or in as many as there are.</param>
/// <param name="Margin">A tenth of the mean day of four weeks: it is added to both, so that little of little is little.</param>
/// <param name="Strayed">The logarithm of the ratio.</param>
internal readonly record struct Compared(double Usual, double Margin, double Strayed)
{
    /// <summary>Days that a weekday's median is taken of, if there are so many.</summary>
    public const int Window = 56;

    /// <summary>Days before the first one that can be compared.</summary>
    public const int LeastBefore = 14;

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
        same = same[..Math.Min(same.Length, day / 7)];
        for (var week = 0; week < same.Length; week++)
        {
            same[week] = days[day - (7 * (week + 1))];
        }

        return Median(same);
    }

    /// <summary>The least that one of the seven days up to a day usually costs, of those that cost anything: a holiday is like a quiet day of the week.</summary>
    public static double LowestUsual(double[] days, int day)
    {
        var lowest = double.PositiveInfinity;
        for (var at = day; at > day - 7 && at >= 7; at--)
        {
            lowest = MedianOfWeekday(days, at) is > 0 and var usual ? Math.Min(lowest, usual) : lowest;
        }

        return lowest;
    }

    /// <summary>Of the four weeks before a day, or of the days that there are.</summary>
    public static double MeanBefore(double[] days, int day) => Mean(days.AsSpan(Math.Max(0, day - 28)..day));

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

    /// <summary>Days in use from which on there is enough to go by.</summary>
    private const int Grown = 84;

    private const double Doubt = 10;
    private const double LeastDeviation = 0.08;
    private const double MostTails = 1.4;
    private const double MostAmount = 1e18;

    /// <summary>The first of the days before a day of which the spread is taken. What has been in use for less than twelve weeks has but few.</summary>
    public static int FirstOf(int day) => day < Grown ? Compared.LeastBefore : Math.Max(Compared.Window, day - Days);

    /// <summary>By how much farther lines are for a day of something that has not been in use for long: 1 from twelve weeks on.</summary>
    public static double DoubtAt(int day) => day < Grown ? 1 + (Doubt / (day - Compared.LeastBefore)) : 1;

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
