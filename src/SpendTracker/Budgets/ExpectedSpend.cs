using SpendTracker.Forecasts;

namespace SpendTracker.Budgets;

/// <summary>What parts of the costs are expected to cost from a day on.</summary>
/// <param name="ByKey">Labour has an outlook of each kind of work.</param>
internal sealed record RunRates(DateOnly Today, ILookup<SpendKey, Outlook> ByKey)
{
    public static RunRates None { get; } = new(DateOnly.MinValue, Array.Empty<Outlook>().ToLookup(_ => default(SpendKey)));
}

/// <summary>
/// What a budget's days are expected to cost, by the outlook of the parts that it covers. A day counts whole, by what a day of its
/// weekday costs. Of today at least so much as is there; a day to come that is recorded costs what is recorded.
/// </summary>
internal sealed class ExpectedSpend(DateOnly today)
{
    public const int DaysOfWeek = 7;

    private readonly decimal[] _byWeekday = new decimal[DaysOfWeek];
    private Dictionary<DateOnly, decimal[]>? _priced; // From a day on: by how much each weekday costs more than at the price before.
    private Dictionary<DateOnly, decimal>? _recorded; // By how much a day differs from its weekday: by what is recorded of it, or scheduled.
    private decimal _restOfToday;
    private ExpectedSpend? _rough;

    /// <param name="soFar">What today has cost.</param>
    public void Add(Outlook outlook, decimal soFar)
    {
        AddCertain(outlook, soFar);
        if (outlook.IsRough)
        {
            (_rough ??= new(today)).AddCertain(outlook, soFar);
        }
    }

    /// <summary>What is to come of a period: the rest of today, if it is in it, and its days after today.</summary>
    public decimal ToCome(BudgetSpan span)
    {
        var first = span.Start > today ? span.Start : today.AddDays(1);
        var sum = (span.Contains(today) ? _restOfToday : 0) + Weekdays(_byWeekday, first, span.End);
        foreach (var (from, difference) in _priced ?? [])
        {
            sum += Weekdays(difference, from > first ? from : first, span.End);
        }

        return sum + (_recorded ?? []).Where(day => day.Key >= first && day.Key < span.End).Sum(day => day.Value);
    }

    /// <summary>What of that is a guess by less than a week of use.</summary>
    public decimal RoughToCome(BudgetSpan span) => _rough?.ToCome(span) ?? 0;

    private void AddCertain(Outlook outlook, decimal soFar)
    {
        _restOfToday += (outlook with { Today = soFar }).RestOfToday + ScheduledToday(outlook.Scheduled.Where(charge => charge.Day <= today).Sum(charge => charge.Amount), soFar);
        decimal[]? before = null;
        foreach (var (from, byWeekday) in outlook.Prices)
        {
            var sums = _byWeekday;
            if (before is not null && !(_priced ??= []).TryGetValue(from, out sums!))
            {
                _priced.Add(from, sums = new decimal[DaysOfWeek]);
            }

            for (var day = 0; day < DaysOfWeek; day++)
            {
                sums[day] += byWeekday[day] - (before?[day] ?? 0);
            }

            before = byWeekday;
        }

        foreach (var charge in outlook.Scheduled)
        {
            if (charge.Day > today)
            {
                (_recorded ??= [])[charge.Day] = _recorded.GetValueOrDefault(charge.Day) + charge.Amount;
            }
        }

        if (outlook.Ahead.Count > 0)
        {
            _recorded ??= [];
            for (var (day, last) = (today.AddDays(1), outlook.Ahead.Keys.Max()); day <= last; day = day.AddDays(1))
            {
                _recorded[day] = _recorded.GetValueOrDefault(day) + outlook.On(day) - outlook.Usual(day);
            }
        }
    }

    /// <summary>What of it has not come yet: rates may be read before today's charge.</summary>
    private static decimal ScheduledToday(decimal scheduled, decimal soFar) =>
        scheduled < 0 ? Math.Min(0, scheduled - Math.Min(0, soFar)) : Math.Max(0, scheduled - Math.Max(0, soFar));

    private static decimal Weekdays(decimal[] byWeekday, DateOnly first, DateOnly end)
    {
        var (weeks, rest) = Math.DivRem(Math.Max(0, end.DayNumber - first.DayNumber), DaysOfWeek);
        var sum = weeks * byWeekday.Sum();
        for (var day = 0; day < rest; day++)
        {
            sum += byWeekday[(int)first.AddDays(day).DayOfWeek];
        }

        return sum;
    }
}
