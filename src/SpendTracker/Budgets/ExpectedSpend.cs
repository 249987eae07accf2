namespace SpendTracker.Budgets;

/// <summary>What days cost in the past, what of the current month came before today, and what is recorded for days to come.</summary>
/// <param name="Today">The day that all of it is of.</param>
internal sealed record RunRates(DateOnly Today, IReadOnlyDictionary<SpendKey, RunRate> ByKey)
{
    public static RunRates None { get; } = new(DateOnly.MinValue, new Dictionary<SpendKey, RunRate>());
}

/// <summary>The same of one part of the costs; amounts in the reporting currency.</summary>
/// <param name="ByWeekday">What a day of each weekday costs, Sunday first.</param>
/// <param name="BeforeToday">What this month's days before today cost.</param>
/// <param name="Ahead">Days to come with what is recorded for them: hosting is, up to its end.</param>
internal sealed record RunRate(decimal[] ByWeekday, decimal BeforeToday, IReadOnlyDictionary<DateOnly, decimal> Ahead);

/// <summary>
/// What a budget's days are expected to cost. A day counts whole, by what a day of its weekday costs. Of today at least so much
/// as is there; a day to come that is recorded costs what is recorded, and the last such day, which may be covered in part, at
/// least that.
/// </summary>
internal sealed class ExpectedSpend(DateOnly today)
{
    public const int DaysOfWeek = 7;

    private readonly decimal[] _byWeekday = new decimal[DaysOfWeek];
    private Dictionary<DateOnly, decimal>? _recorded; // By how much a day differs from its weekday.
    private decimal _restOfToday;

    /// <param name="soFar">What the month has cost, today included.</param>
    public void Add(RunRate rate, decimal soFar)
    {
        for (var day = 0; day < DaysOfWeek; day++)
        {
            _byWeekday[day] += rate.ByWeekday[day];
        }

        if (rate.Ahead.Count == 0)
        {
            _restOfToday += Math.Max(0, rate.ByWeekday[(int)today.DayOfWeek] - Math.Max(0, soFar - rate.BeforeToday));
            return;
        }

        _recorded ??= [];
        var last = rate.Ahead.Keys.Max();
        for (var day = today.AddDays(1); day <= last; day = day.AddDays(1))
        {
            var (usual, recorded) = (rate.ByWeekday[(int)day.DayOfWeek], rate.Ahead.GetValueOrDefault(day));
            _recorded[day] = _recorded.GetValueOrDefault(day) + (day == last ? Math.Max(usual, recorded) : recorded) - usual;
        }
    }

    /// <summary>What is to come of a period: the rest of today, if it is in it, and its days after today.</summary>
    public decimal ToCome(BudgetSpan span)
    {
        var first = span.Start > today ? span.Start : today.AddDays(1);
        var (weeks, rest) = Math.DivRem(Math.Max(0, span.End.DayNumber - first.DayNumber), DaysOfWeek);
        var sum = (span.Contains(today) ? _restOfToday : 0) + (weeks * _byWeekday.Sum());
        for (var day = 0; day < rest; day++)
        {
            sum += _byWeekday[(int)first.AddDays(day).DayOfWeek];
        }

        return sum + (_recorded ?? []).Where(day => day.Key >= first && day.Key < span.End).Sum(day => day.Value);
    }
}
