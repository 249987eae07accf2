using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>One period of a budget, half open, in whole billing periods.</summary>
public readonly record struct BudgetSpan(BillingPeriod First, BillingPeriod Last)
{
    /// <summary>The period in which a threshold was crossed.</summary>
    public static BudgetSpan Of(BudgetThresholdCrossed crossed) => new(BillingPeriod.Of(crossed.PeriodStart), BillingPeriod.Of(crossed.PeriodEnd.AddDays(-1)));

    public DateOnly Start => First.Start;

    /// <summary>The first day that no longer belongs to it.</summary>
    public DateOnly End => Last.End;

    public IEnumerable<BillingPeriod> Months
    {
        get
        {
            for (var month = First; month <= Last; month = month.Next)
            {
                yield return month;
            }
        }
    }

    public bool Contains(DateOnly day) => day >= Start && day < End;
}

/// <summary>When a budget's periods begin and end.</summary>
public static class BudgetCalendar
{
    /// <summary>The period that a day falls into; null before the budget's first month and after its last.</summary>
    public static BudgetSpan? At(BudgetPeriod period, DateOnly day)
    {
        var (from, to) = Bounds(period);
        var month = BillingPeriod.Of(day);
        if (month < from || month > to)
        {
            return null;
        }

        var length = period.Kind switch
        {
            BudgetPeriodKind.Month => 1,
            BudgetPeriodKind.Quarter => 3,
            BudgetPeriodKind.Year => 12,
            _ => 0,
        };
        if (length == 0)
        {
            return new BudgetSpan(from, to);
        }

        // Months since the fiscal year began that this month is in: 0 to 11.
        var intoYear = (month.Month - period.FiscalYearStart + 12) % 12;
        var first = BillingPeriod.Of(month.Start.AddMonths(-(intoYear % length)));
        var last = BillingPeriod.Of(first.Start.AddMonths(length - 1));
        return new BudgetSpan(first < from ? from : first, last > to ? to : last);
    }

    /// <summary>The period before one; null where it is the first.</summary>
    public static BudgetSpan? Before(BudgetPeriod period, BudgetSpan span) => span.First == Bounds(period).From ? null : At(period, span.Start.AddDays(-1));

    /// <summary>The periods that were over before a day, the latest first.</summary>
    public static IEnumerable<BudgetSpan> Ended(BudgetPeriod period, DateOnly day)
    {
        var (from, to) = Bounds(period);
        var month = BillingPeriod.Of(day);
        var span = month < from ? null : month > to ? At(period, to.Start) : Before(period, At(period, day)!.Value);
        for (; span is { } one; span = Before(period, one))
        {
            yield return one;
        }
    }

    /// <summary>The last month of all months is that of the calendar that costs are kept for.</summary>
    private static (BillingPeriod From, BillingPeriod To) Bounds(BudgetPeriod period) => (
        BillingPeriod.TryParse(period.From, out var from) ? from : throw new InvalidDataException($"'{period.From}' is not a month."),
        period.To is null ? new BillingPeriod(2199, 12) : BillingPeriod.TryParse(period.To, out var to) ? to : throw new InvalidDataException($"'{period.To}' is not a month."));

    /// <summary>
    /// What may be spent in a period, without what rolled over, in the budget's currency. A month's own amount takes the place of
    /// the amount of a monthly budget; a longer period's is the sum of its months', where it has any.
    /// </summary>
    public static decimal AmountOf(BudgetSet budget, BudgetSpan span)
    {
        if (budget is { Amounts: null, Amount: { } same })
        {
            return same;
        }

        var own = span.Months.Select(month => (decimal?)(budget.Amounts is { } amounts && amounts.TryGetValue(month.ToString(), out var amount) ? amount : null)).ToArray();
        return own.Any(amount => amount is not null) || budget.Amount is null ? own.Sum(amount => amount ?? 0) : budget.Amount.Value;
    }
}
