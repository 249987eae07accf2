namespace SpendTracker.Forecasts;

/// <summary>What a day of a part would have cost more at the price that holds from a day on.</summary>
/// <param name="Day">In the past four weeks.</param>
/// <param name="From">Today, or a day to come on which a price changes.</param>
internal readonly record struct Restated(CostPart Part, DateOnly Day, DateOnly From, decimal Difference);

/// <summary>What a part of the costs is expected to cost from today on. Amounts in the reporting currency. Pure.</summary>
/// <param name="Prices">By the first day of each price, today's first: what a day of each weekday costs, Sunday first.</param>
/// <param name="Ahead">What is recorded for days to come: hosting is, up to its end.</param>
/// <param name="Today">What today has cost so far.</param>
/// <param name="BeforeToday">What this month's days before today cost.</param>
/// <param name="IsRough">Whether it has been in use for less than a week.</param>
internal sealed record Outlook(
    CostPart Part, DateOnly Now, IReadOnlyList<(DateOnly From, decimal[] ByWeekday)> Prices, IReadOnlyDictionary<DateOnly, decimal> Ahead, decimal Today, decimal BeforeToday,
    bool IsRough)
{
    /// <summary>How far ahead charges are expected: the longest forecast is of a year, and what is left of a month.</summary>
    private const int DaysScheduled = 400;

    /// <summary>Charges that are expected as scheduled, from today on; in none of the days below.</summary>
    public IReadOnlyList<ScheduledCharge> Scheduled { get; init; } = [];

    /// <summary>All parts of a component, after its last full day.</summary>
    public static IEnumerable<Outlook> Of(ComponentSeries component, ILookup<CostPart, Restated> restated)
    {
        var (first, today) = (component.First, component.Today);
        var last = today.DayNumber - first.DayNumber - 1;
        var habit = component.IsOnce ? default : component.HabitAt(last);
        foreach (var part in component.Parts)
        {
            var changes = restated[part.Part].ToLookup(change => change.From);
            var prices = changes.Select(change => change.Key).Append(today).Distinct().Order().Select(from =>
            {
                var costs = changes.Contains(from) ? (decimal[])part.Costs.Clone() : part.Costs;
                foreach (var change in changes[from].Where(change => change.Day >= first && change.Day < today))
                {
                    costs[change.Day.DayNumber - first.DayNumber] += change.Difference;
                }

                return (from, ByWeekday(habit, costs, first));
            });
            yield return new(
                part.Part, today, [.. prices], part.Ahead.ToDictionary(ahead => first.AddDays(ahead.Key), ahead => ahead.Value), part.Costs[last + 1],
                part.Costs[Math.Max(0, last + 2 - today.Day)..(last + 1)].Sum(), habit.IsRough)
            {
                Scheduled = part.Part.MayBeScheduled ? ChargeSchedule.Of(part.Part, ChargedOf(part, first), today, today.AddDays(DaysScheduled)) : [],
            };
        }
    }

    private static Dictionary<DateOnly, decimal> ChargedOf(PartSeries part, DateOnly first) => part.Costs.Index()
        .Concat(part.Ahead.Select(ahead => (ahead.Key, ahead.Value))).Where(day => day.Item2 != 0).ToDictionary(day => first.AddDays(day.Item1), day => day.Item2);

    /// <summary>What is still to come today: nothing where today's hosting is recorded already.</summary>
    public decimal RestOfToday => Ahead.Count > 0 ? 0 : Math.Max(0, Usual(Now) - Math.Max(0, Today));

    /// <summary>
    /// What a day to come costs. A day that is recorded costs what is recorded; the last of these, which may be covered in part, at
    /// least that.
    /// </summary>
    public decimal On(DateOnly day)
    {
        var usual = Usual(day);
        return Ahead.Count == 0 || Ahead.Keys.Max() is var last && day > last ? usual
            : day == last ? Math.Max(usual, Ahead[day])
            : Ahead.GetValueOrDefault(day);
    }

    /// <summary>What a day of its weekday costs, at the price of that day.</summary>
    public decimal Usual(DateOnly day)
    {
        var price = Prices.Count - 1;
        while (price > 0 && Prices[price].From > day)
        {
            price--;
        }

        return Prices[price].ByWeekday[(int)day.DayOfWeek];
    }

    private static decimal[] ByWeekday(Habit habit, decimal[] costs, DateOnly first)
    {
        var byDay = new decimal[Habit.Week];
        habit.AddTo<decimal>(costs, byDay);
        var byWeekday = new decimal[Habit.Week];
        for (var day = 0; day < Habit.Week; day++)
        {
            byWeekday[(int)first.AddDays(day).DayOfWeek] = byDay[day];
        }

        return byWeekday;
    }
}
