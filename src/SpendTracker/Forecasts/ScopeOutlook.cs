namespace SpendTracker.Forecasts;

/// <summary>What is to come of a scope: the outlook of its parts, and an interval by its past forecasts. Pure.</summary>
internal sealed class ScopeOutlook
{
    private readonly IReadOnlyList<Outlook> _parts;
    private readonly PastForecasts _past;
    private readonly DateOnly _today;
    private readonly decimal[] _sums; // Up to each day to come; place 0 is the rest of today.

    /// <param name="parts">Of the scope alone.</param>
    /// <param name="past">Of the scope, at its start; it is moved on to yesterday.</param>
    /// <param name="first">Day 0 of its series.</param>
    /// <param name="until">The last day that is asked for.</param>
    public ScopeOutlook(IReadOnlyList<Outlook> parts, IReadOnlyList<PlannedLine> planned, PastForecasts past, DateOnly first, DateOnly today, DateOnly until)
    {
        (_parts, Planned, _past, _today) = (parts, planned, past, today);
        Scheduled = [.. parts.SelectMany(part => part.Scheduled).OrderBy(charge => charge.Day).ThenBy(charge => charge.Workload, StringComparer.Ordinal)];
        var yesterday = today.DayNumber - first.DayNumber - 1;
        WhyNoInterval = yesterday < 0
            ? "Nothing was in use before today."
            : Backtest.WhyNoInterval(Backtest.Run(past, first, yesterday, BillingPeriod.Of(today.AddMonths(-12)), BillingPeriod.Of(today).Previous, Backtest.Days));
        GrowthByWeek = yesterday < 0 ? 0 : (decimal)past.GrowthByWeek;
        _sums = new decimal[until.DayNumber - today.DayNumber + 1];
        _sums[0] = Grown(1, parts.Sum(part => part.RestOfToday));
        for (var ahead = 1; ahead < _sums.Length; ahead++)
        {
            var day = today.AddDays(ahead);
            _sums[ahead] = _sums[ahead - 1] + Grown(ahead + 1, parts.Sum(part => part.On(day)));
        }
    }

    /// <summary>What is planned or estimated of the scope, this month or later.</summary>
    public IReadOnlyList<PlannedLine> Planned { get; }

    /// <summary>The charges of the scope that are expected as scheduled, from today on.</summary>
    public IReadOnlyList<ScheduledCharge> Scheduled { get; }

    /// <summary>Why no interval is shown at any distance; null if one may be.</summary>
    public string? WhyNoInterval { get; }

    public decimal GrowthByWeek { get; }

    /// <summary>What is expected by habit from today up to a day, without what today has cost already.</summary>
    public decimal ToCome(DateOnly until) => until < _today ? 0 : _sums[until.DayNumber - _today.DayNumber];

    /// <summary>What of it is a rough guess.</summary>
    public decimal RoughToCome(DateOnly until) =>
        _parts.Where(part => part.IsRough).Sum(part => part.RestOfToday + Enumerable.Range(1, until.DayNumber - _today.DayNumber).Sum(ahead => part.On(_today.AddDays(ahead))));

    /// <summary>The days of a span, of which some may have come.</summary>
    public ForecastSpan Span(DateOnly first, DateOnly last, decimal spent)
    {
        var (planned, estimated) = (PlannedIn(first, last, line => line.Plan is not null), PlannedIn(first, last, line => line.Plan is null));
        var scheduled = Scheduled.Where(charge => charge.Day >= first && charge.Day <= last).Sum(charge => charge.Amount);
        var expected = spent + ToCome(last) - (first > _today ? ToCome(first.AddDays(-1)) : 0) + scheduled + planned + estimated;
        var span = new ForecastSpan(first, last, spent, expected, null, null, null) { Scheduled = scheduled, Planned = planned, Estimated = estimated };
        var why = WhyNoInterval ?? _past.WhyNone(AheadOf(last));
        if (why is not null || _past.HalfWidth(first > _today ? AheadOf(first) : 1, AheadOf(last)) is not { } half)
        {
            return span with { WhyNoInterval = why };
        }

        var width = Rounded(half);
        return span with { Low = Math.Max(Math.Min(spent, expected), expected - width), High = expected + width };
    }

    private decimal PlannedIn(DateOnly first, DateOnly last, Func<PlannedLine, bool> which) =>
        PlannedUntil(last, which) - (first > _today ? PlannedUntil(first.AddDays(-1), which) : 0);

    /// <summary>What is planned up to a day; of a month that is not over by then, by its days from today on.</summary>
    private decimal PlannedUntil(DateOnly until, Func<PlannedLine, bool> which) => Planned.Where(line => line.Month.Start <= until && which(line)).Sum(line =>
    {
        var before = line.Month.Start > _today ? line.Month.Start.DayNumber - 1 : _today.DayNumber;
        var (days, all) = (until.DayNumber - before, line.Month.End.DayNumber - 1 - before);
        return days >= all ? line.ToCome : line.ToCome * Math.Max(0, days) / all;
    });

    /// <summary>Today is 1: it is not over, so it is one of the days to come.</summary>
    private int AheadOf(DateOnly day) => day.DayNumber - _today.DayNumber + 1;

    private decimal Grown(int ahead, decimal cost) => GrowthByWeek == 0 ? cost : Math.Round(cost * (1 + (GrowthByWeek * (decimal)Growth.WeeksAt(ahead))), 12);

    /// <summary>A width has no more digits than it can have meaning.</summary>
    private static decimal Rounded(double width) => Math.Round((decimal)Math.Min(width, 1e15), 6);
}
