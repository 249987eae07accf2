using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>The moment that figures are of.</summary>
/// <param name="Today">In the reporting time zone.</param>
/// <param name="Position">The place in the log up to which costs are counted.</param>
/// <param name="Lag">How long the oldest event that is not counted has been recorded.</param>
public sealed record SpendMoment(DateOnly Today, long Position, TimeSpan Lag)
{
    internal static SpendMoment Of(DateTimeOffset now, TimeZoneInfo zone, SpendChanges changes) =>
        new(BillingPeriod.DayOf(now, zone), changes.Costs.Position, changes.Costs.Waiting is { } waiting ? now - waiting : TimeSpan.Zero);
}

/// <summary>A budget's figures from what was spent. Pure.</summary>
internal static class BudgetArithmetic
{
    /// <summary>How far back a rollover looks, in periods: what was left five years ago says nothing.</summary>
    private const int MostPeriodsBack = 60;

    /// <summary>The periods that are watched: the current one and the one before.</summary>
    public static IReadOnlyList<BudgetSpan> Watched(BudgetPeriod period, DateOnly today)
    {
        List<BudgetSpan> watched = [];
        if (BudgetCalendar.At(period, today) is { } current)
        {
            watched.Add(current);
        }

        // The one before, or the last of a budget that is over since then.
        var before = watched is [var now] ? BudgetCalendar.Before(period, now) : Last(period, today);
        if (before is { } previous)
        {
            watched.Insert(0, previous);
        }

        return watched;
    }

    /// <summary>The last period of a budget whose time is over, for as long as another of its length would be.</summary>
    private static BudgetSpan? Last(BudgetPeriod period, DateOnly today)
    {
        if (period.To is null || !BillingPeriod.TryParse(period.To, out var to) || BillingPeriod.Of(today) <= to)
        {
            return null;
        }

        var last = BudgetCalendar.At(period, to.Start)!.Value;
        var months = last.Months.Count();
        return BillingPeriod.Of(today).Start < last.End.AddMonths(months) ? last : null;
    }

    /// <summary>The first month that figures for a period need.</summary>
    public static BillingPeriod FirstNeeded(BudgetSet terms, BudgetSpan span)
    {
        for (var back = 0; terms.Rollover && back < MostPeriodsBack && BudgetCalendar.Before(terms.Period, span) is { } before; back++)
        {
            span = before;
        }

        return span.First;
    }

    /// <summary>The first days of a period, and of those that may roll over into it: the days whose exchange rates are needed.</summary>
    public static IEnumerable<DateOnly> RatedDays(BudgetSet terms, BudgetSpan span)
    {
        var first = FirstNeeded(terms, span);
        for (BudgetSpan? at = span; at is { } one && one.First >= first; at = BudgetCalendar.Before(terms.Period, one))
        {
            yield return one.Start;
        }
    }

    /// <param name="rates">Of the period's first day, and of those that may roll over into it.</param>
    public static BudgetFigures Figures(BudgetState budget, BudgetSpan span, SpendMoment moment, BudgetSpend spend, BudgetRates rates)
    {
        var terms = budget.Terms!;
        var rate = rates.Of(terms.Currency, span.Start);
        var (reported, unpriced) = spend.TotalOf(terms.Budget, span);
        var spent = reported / rate;
        var amount = BudgetCalendar.AmountOf(terms, span);
        var rolledOver = RolledOver(terms, span, spend, rates);
        var forecast = Forecast(terms.Budget, span, reported, moment, spend) / rate;
        var rough = span.Contains(moment.Today) ? (spend.ExpectedOf(terms.Budget)?.RoughToCome(span) ?? 0) / rate : 0;
        var lag = span.Contains(moment.Today) ? (decimal)Math.Max(0, moment.Lag.TotalSeconds) : 0;
        var thresholds = (terms.Thresholds ?? []).Select(threshold =>
        {
            var (at, observed) = threshold.On switch
            {
                ThresholdOn.Unpriced => (threshold.Percent ?? 0, UnpricedPart.LargestPercent(unpriced)),
                ThresholdOn.Lag => (threshold.Seconds ?? 0, lag),
                ThresholdOn.Forecast => (LineOf(threshold, amount + rolledOver), forecast - rough),
                _ => (LineOf(threshold, amount + rolledOver), spent),
            };
            return new ThresholdFigures(threshold, Thresholds.KeyOf(threshold), at, observed);
        });
        return new BudgetFigures(
            terms.Budget, budget.Version, span, terms.Currency, amount, rolledOver, spent, forecast, unpriced, lag, moment.Position, [.. thresholds])
        {
            Name = terms.Name, Scope = terms.Scope, StaleSince = rates.StaleSince(terms.Currency, span.Start),
            Rough = forecast is null ? 0 : rough ?? 0,
        };
    }

    private static decimal LineOf(BudgetThreshold threshold, decimal limit) => threshold.Amount ?? limit * threshold.Percent!.Value / 100;

    /// <summary>
    /// What earlier periods left, one after the other: each one's amount and what rolled over into it, less what it spent, where
    /// that is above 0. A period without an exchange rate leaves nothing, since nobody can say what it spent.
    /// </summary>
    private static decimal RolledOver(BudgetSet terms, BudgetSpan span, BudgetSpend spend, BudgetRates rates)
    {
        if (!terms.Rollover)
        {
            return 0;
        }

        List<BudgetSpan> earlier = [];
        for (var at = BudgetCalendar.Before(terms.Period, span); at is { } before && earlier.Count < MostPeriodsBack; at = BudgetCalendar.Before(terms.Period, before))
        {
            earlier.Insert(0, before);
        }

        return earlier.Aggregate(0m, (left, before) =>
            rates.Of(terms.Currency, before.Start) is { } rate ? Math.Max(0, BudgetCalendar.AmountOf(terms, before) + left - (spend.TotalOf(terms.Budget, before).Amount / rate)) : 0);
    }

    /// <summary>
    /// Spent so far, and what is expected of the days to come (<see cref="ExpectedSpend"/>). A period that is over ends at what it
    /// spent. Null where there is no history to expect anything from, and while that was read on another day: days that have come since
    /// would count twice.
    /// </summary>
    private static decimal? Forecast(string budget, BudgetSpan span, decimal spent, SpendMoment moment, BudgetSpend spend) =>
        span.Contains(moment.Today) ? spend.ExpectedOn == moment.Today ? spent + spend.ExpectedOf(budget)?.ToCome(span) : null
        : moment.Today >= span.End ? spent
        : null;
}
