using SpendTracker.Costs;

namespace SpendTracker.Forecasts;

/// <summary>The costs of some days: those that have come, and what is expected of the others. Amounts in the reporting currency.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day.</param>
/// <param name="Spent">Booked so far.</param>
/// <param name="Expected">Spent, what is expected of the days to come, and what is scheduled, planned or estimated besides.</param>
/// <param name="Low">8 of 10 times it will be between this and the next; null if that cannot be said.</param>
/// <param name="WhyNoInterval">Why not; null if there is an interval.</param>
public sealed record ForecastSpan(DateOnly First, DateOnly Last, decimal Spent, decimal Expected, decimal? Low, decimal? High, string? WhyNoInterval)
{
    /// <summary>What of the expected are charges that come every month, quarter or year.</summary>
    public decimal Scheduled { get; init; }

    /// <summary>What of the expected is there only because a plan says so.</summary>
    public decimal Planned { get; init; }

    /// <summary>What of the expected is there only because an estimate says so.</summary>
    public decimal Estimated { get; init; }
}

/// <summary>A scope's forecast.</summary>
/// <param name="Keys">Dimension → value; empty for all that was asked for.</param>
/// <param name="Month">The month that it is.</param>
/// <param name="Next">Each of the next three months.</param>
/// <param name="Year">The calendar year that it is.</param>
/// <param name="Rough">What of the month is expected of workloads with less than a week of use: an average day or a few, again and again.</param>
/// <param name="GrowthByWeek">Of the total's recurring costs, as a share; null where growth does not count.</param>
/// <param name="Costs">What has been booked this month, with what lacks a price: that is in no amount.</param>
public sealed record ScopeForecast(
    IReadOnlyDictionary<string, string> Keys, ForecastSpan Month, IReadOnlyList<ForecastSpan> Next, ForecastSpan Year, decimal Rough, decimal? GrowthByWeek,
    MonthlyCost Costs)
{
    /// <summary>The charges to come that the spans count.</summary>
    public IReadOnlyList<ScheduledCharge> Scheduled { get; init; } = [];

    /// <summary>What plans and estimates say of this month and the later ones, up to the last that is forecast.</summary>
    public IReadOnlyList<PlannedLine> Planned { get; init; } = [];
}

/// <summary>Forecasts of one moment.</summary>
/// <param name="Today">The day that they are of, in the reporting time zone.</param>
/// <param name="Rows">By the dimensions asked for, dearest first.</param>
public sealed record ForecastAnswer(DateOnly Today, ScopeForecast Total, IReadOnlyList<ScopeForecast> Rows);

/// <summary>A day of a scope's curve: all of the month up to its end.</summary>
/// <param name="Spent">Null for days to come.</param>
/// <param name="Expected">From today on.</param>
public sealed record ForecastDay(DateOnly Day, decimal? Spent, decimal? Expected, decimal? Low, decimal? High);
