using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>
/// Works out what a plan's options cost. Pure; prices come in. Amounts are in the plan's currency, each line rounded to 6
/// decimals, and everything else adds up lines.
/// </summary>
public static class PlanArithmetic
{
    private const int Decimals = 6;

    /// <summary>The meters that a route is charged by.</summary>
    public static IReadOnlyList<string> TokenMeters(ServiceTier tier) =>
        [Meters.InTier(Meters.InputTokens, tier), Meters.InTier(Meters.CachedInputTokens, tier), Meters.InTier(Meters.OutputTokens, tier), Meters.Requests];

    /// <summary>By what the first month's requests are multiplied: (1 + percent ÷ 100) to the power of the months.</summary>
    public static decimal Growth(decimal percent, int months)
    {
        var factor = 1m;
        for (var i = 0; i < months; i++)
        {
            factor *= 1 + (percent / 100);
        }

        return factor;
    }

    /// <summary>A plan that has been checked.</summary>
    /// <exception cref="OverflowException">Its amounts are larger than a decimal can count.</exception>
    public static PlanFigures Figures(PlanRequest plan, PlanPriceOf price)
    {
        OptionCost[] costs = [.. plan.Options.Select((_, i) => new OptionCost(plan, i, price))];
        OptionFigures[] figures = [.. costs.Select(cost => Option(plan, cost, price))];
        return new PlanFigures(
            plan.Name, figures,
            [.. Enumerable.Range(0, costs.Length).SelectMany(i => Enumerable.Range(i + 1, costs.Length - i - 1).Select(j => BreakEvens.Of(plan, (costs[i], figures[i]), (costs[j], figures[j]))))]);
    }

    private static OptionFigures Option(PlanRequest plan, OptionCost cost, PlanPriceOf price)
    {
        var (option, cheap, dear) = (cost.Option, cost.Least, cost.Most);
        var expected = Lines(plan, option, a => a.Expected, price);
        var months = Months(plan, expected, a => a.Expected);
        var low = Months(plan, Lines(plan, option, cheap, price), cheap);
        var high = Months(plan, Lines(plan, option, dear, price), dear);
        var total = new PlanRange(low.Sum(month => month.Effective), months.Sum(month => month.Effective), high.Sum(month => month.Effective));
        return new OptionFigures(
            option.Name, option.Approach, expected,
            [.. months.Select((month, i) => month with { CumulativeCash = new PlanRange(low[i].CumulativeCash.Expected, month.CumulativeCash.Expected, high[i].CumulativeCash.Expected) })],
            new PlanRange(low[^1].CumulativeCash.Expected, months[^1].CumulativeCash.Expected, high[^1].CumulativeCash.Expected), total,
            [.. expected.Where(line => line.Amount is null).Select(line => new UnpricedPlanLine(line.Sku, line.Meter)).Distinct()],
            PerRequests(1_000, _ => 1), option.SuccessShare is { } success ? PerRequests(1, value => value(success)) : null, Ready(plan, option.SetupWeeks));

        // Each end of the range with its own requests: where fewer come, what is fixed falls on fewer.
        PlanRange? PerRequests(decimal units, Func<Func<Assumption, decimal>, decimal> share)
        {
            var ends = ((Func<Assumption, decimal>, decimal)[])[(cheap, total.Low), (a => a.Expected, total.Expected), (dear, total.High)];
            var each = ends.Select(end => share(end.Item1) * Requests(plan, end.Item1) is var served and > 0 ? end.Item2 / served * units : (decimal?)null).ToArray();
            decimal Shown(decimal? end) => Math.Round(end!.Value, Decimals);
            return each.Contains(null) ? null : new PlanRange(Shown(each.Min()), Shown(each[1]), Shown(each.Max()));
        }
    }

    /// <summary>The requests of all months.</summary>
    internal static decimal Requests(PlanRequest plan, Func<Assumption, decimal> value) => RequestsByMonth(plan, value).Sum();

    /// <summary>The requests of each month: each grows from the one before.</summary>
    internal static decimal[] RequestsByMonth(PlanRequest plan, Func<Assumption, decimal> value)
    {
        var (first, factor) = (value(plan.RequestsPerMonth), plan.GrowthPercent is null ? 1 : 1 + (value(plan.GrowthPercent) / 100));
        var months = new decimal[plan.Months];
        var grown = 1m;
        for (var month = 0; month < months.Length; month++, grown *= factor)
        {
            months[month] = first * grown;
        }

        return months;
    }

    /// <summary>What all months cost, what is paid once written off, tax included.</summary>
    internal static decimal Effective(PlanRequest plan, PlanOption option, Func<Assumption, decimal> value, PlanPriceOf price) =>
        PlanTerms.Of(plan, option, value, price).Effective(plan, Requests(plan, value)) * (1 + Tax(plan, value));

    /// <summary>One assumption moved, the others as expected.</summary>
    internal static Func<Assumption, decimal> With(Assumption moved, decimal value) => assumption => ReferenceEquals(assumption, moved) ? value : assumption.Expected;

    private static decimal Tax(PlanRequest plan, Func<Assumption, decimal> value) => plan.TaxPercent is null ? 0 : value(plan.TaxPercent) / 100;

    private static List<PlanLine> Lines(PlanRequest plan, PlanOption option, Func<Assumption, decimal> value, PlanPriceOf price)
    {
        var terms = PlanTerms.Of(plan, option, value, price);
        var requestsByMonth = RequestsByMonth(plan, value);
        List<PlanLine> lines = [];
        for (var month = 0; month < plan.Months; month++)
        {
            var requests = requestsByMonth[month];
            var before = lines.Count;
            lines.AddRange(terms.PerRequest.Select(term => Line(term, requests, isOnce: false)));
            lines.AddRange(terms.PerMonth.Select(term => Line(term, 1, isOnce: false)));
            lines.AddRange(terms.InMonths.Where(paid => paid.IsIn(month)).Select(paid => Line(paid.Term, 1, isOnce: true)));
            if (Tax(plan, value) is var tax and > 0)
            {
                var taxed = lines.Skip(before).GroupBy(line => line.IsOnce).Select(part => (IsOnce: part.Key, Amount: part.Sum(line => line.Amount ?? 0))).ToArray();
                lines.AddRange(taxed.Select(part => new PlanLine(
                    NameOf(plan, month), Component.Other, "tax", Meters.Amount, Math.Round(part.Amount * tax, Decimals), part.IsOnce, 1, Math.Round(part.Amount * tax, Decimals), PlanTerms.Given)));
            }

            PlanLine Line(PlanTerm term, decimal times, bool isOnce) => new(
                NameOf(plan, month), term.Component, term.Sku, term.Meter, Math.Round(term.Quantity * times, Decimals), isOnce, term.Price?.UnitPrice,
                term.Price is null ? null : Math.Round(term.Amount * times, Decimals), term.Price?.Source);
        }

        return lines;
    }

    /// <summary>An option by month, for one choice of the assumptions.</summary>
    internal static PlanMonth[] Months(PlanRequest plan, PlanOption option, Func<Assumption, decimal> value, PlanPriceOf price) =>
        Months(plan, Lines(plan, option, value, price), value);

    private static PlanMonth[] Months(PlanRequest plan, List<PlanLine> lines, Func<Assumption, decimal> value)
    {
        var cumulative = 0m;
        var requests = RequestsByMonth(plan, value);
        var months = new PlanMonth[plan.Months];
        var byMonth = lines.ToLookup(line => line.Month);
        var once = Enumerable.Range(0, plan.Months).Select(month => byMonth[NameOf(plan, month)].Where(line => line.IsOnce).Sum(line => line.Amount ?? 0)).ToArray();
        for (var month = 0; month < plan.Months; month++)
        {
            var running = byMonth[NameOf(plan, month)].Where(line => !line.IsOnce).Sum(line => line.Amount ?? 0);
            var writtenOff = Enumerable.Range(0, month + 1).Where(paid => month - paid < plan.AmortisationMonths).Sum(paid => once[paid]) / plan.AmortisationMonths;
            cumulative += running + once[month];
            months[month] = new PlanMonth(
                NameOf(plan, month), Math.Round(requests[month], Decimals), running, once[month], running + once[month],
                Math.Round(writtenOff, Decimals), Math.Round(running + writtenOff, Decimals), new PlanRange(cumulative, cumulative, cumulative));
        }

        return months;
    }

    private static ReadyRange? Ready(PlanRequest plan, Assumption? weeks)
    {
        return weeks is null ? null : new ReadyRange(After(weeks.Low), After(weeks.Expected), After(weeks.High));

        DateOnly After(decimal weeks) => First(plan).Start.AddDays((int)Math.Ceiling(weeks * 7));
    }

    private static string NameOf(PlanRequest plan, int month) => $"{First(plan).Start.AddMonths(month):yyyy-MM}";

    private static BillingPeriod First(PlanRequest plan) =>
        BillingPeriod.TryParse(plan.From, out var first) ? first : throw new ArgumentException("The plan has not been checked.", nameof(plan));
}
