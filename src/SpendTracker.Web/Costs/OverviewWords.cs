using System.Globalization;
using SpendTracker.Budgets;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Costs;

/// <summary>How a month reads. Pure.</summary>
internal static class OverviewWords
{
    /// <summary>
    /// The answer in one sentence: <c>$25,234.53 spent in 28.9 of 30 days; it will end at about $25,900 (± $340), about $2,070 under the estimate.</c>
    /// </summary>
    /// <param name="end">Where it will end; null where it is over, or nobody can say yet.</param>
    public static string Sentence(Overview overview, ForecastDay? end)
    {
        var total = overview.Total;
        var known = Money.Known(total.Actual, total.Unpriced.Count > 0 || overview.Unpriced.Count > 0, total.Unconverted, overview.Currency);
        var spent = known is "unpriced" ? "Nothing that was used has a price yet"
            : overview.DaysPassed is { } passed ? string.Create(CultureInfo.InvariantCulture, $"{known} spent in {passed:0.#} of {overview.Days} days") : $"{known} spent in {Label.Of(overview.Month)}";
        if (!overview.Runs)
        {
            return $"{spent}{(total.Estimated == 0 ? "" : $", {Against(total.Actual - total.Estimated, total.Estimated, overview.Currency, null, about: false)}")}.";
        }

        if (end is not { Expected: { } expected } || (expected == 0 && Missing(overview) is not null))
        {
            return $"{spent}.";
        }

        var half = end.High is { } high && high > expected ? high - expected : (decimal?)null;
        return $"{spent}; it will end at about {About(expected, overview.Currency, half)}{(half is { } width ? $" (± {About(width, overview.Currency)})" : "")}{(total.Estimated == 0 ? "" : $", {Against(expected - total.Estimated, total.Estimated, overview.Currency, half, about: true)}")}.";
    }

    /// <summary>What is not in it: <c>Not in it: 4.65 M tokens, £650.00.</c> Null where everything is.</summary>
    public static string? Missing(Overview overview)
    {
        var unpriced = overview.Unpriced.Count > 0 ? UnpricedList.ByUnit(overview.Unpriced) : overview.Total.Unpriced;
        string[] parts = [unpriced.Count > 0 ? Quantity.Short(unpriced) : "", overview.Total.Unconverted.Count > 0 ? Money.InEach(overview.Total.Unconverted) : ""];
        return parts.All(part => part.Length == 0) ? null : $"Not in it: {string.Join(", ", parts.Where(part => part.Length > 0))}.";
    }

    /// <summary>Like <c>$2,070.00 under the estimate of $27,972.50</c>.</summary>
    private static string Against(decimal over, decimal estimate, string currency, decimal? half, bool about)
    {
        var size = about ? $"about {About(Math.Abs(over), currency, half)}" : Money.Text(Math.Abs(over), currency);
        var of = $"the estimate of {Money.Text(estimate, currency)}";
        return over switch { > 0 => $"{size} over {of}", < 0 => $"{size} under {of}", _ => $"on {of}" };
    }

    /// <summary>
    /// With no more digits than a forecast can have a meaning in, and without cents from 10 on: <c>$25,900</c>. As far as half the width of its interval
    /// is known; three digits where it is not.
    /// </summary>
    /// <param name="half">Null where there is no interval.</param>
    public static string About(decimal amount, string currency, decimal? half = null)
    {
        if (Math.Abs(amount) < 10)
        {
            return Money.Text(amount, currency);
        }

        var unit = 1m;
        while (half is { } width ? width / unit >= 10 : Math.Abs(amount) / unit >= 1_000)
        {
            unit *= 10;
        }

        return Money.Text(Math.Round(amount / unit) * unit, currency).Split('.')[0];
    }

    /// <summary>A change with its sign and share: <c>−$610.20 (−2.4 %)</c>.</summary>
    public static string Change(decimal now, decimal before, string currency) =>
        $"{Money.Change(now - before, currency)}{(Share(now, before) is { } share ? $" ({share})" : "")}";

    /// <summary>By how much it is more: <c>+2.4 %</c>; null where there was nothing before, or it is beyond comparison.</summary>
    public static string? Share(decimal now, decimal before) => before <= 0 ? null : ((now - before) / before * 100) switch
    {
        > 999 => "> +999 %",
        var percent => string.Create(CultureInfo.InvariantCulture, $"{percent:+#,0.0;−#,0.0;0.0} %"),
    };

    /// <summary>A part of a whole: <c>41 %</c>; null where there is no whole.</summary>
    public static string? Part(decimal part, decimal whole) => whole <= 0 || part < 0 ? null : (part / whole * 100) switch
    {
        > 0 and < 1 => "< 1 %",
        var percent => string.Create(CultureInfo.InvariantCulture, $"{percent:0} %"),
    };

    /// <summary>What 1,000 requests cost of all that it cost; null without requests, or a price.</summary>
    public static string? Per1000(MonthlyCost cost, decimal requests, string currency) =>
        cost.Actual == 0 && (cost.Unpriced.Count > 0 || cost.Unconverted.Count > 0) ? null : UnitCosts.Per1000(cost.Actual, requests) is { } each ? Money.Text(each, currency) : null;

    /// <summary>The budget of exactly what is looked at, that of the shortest period first; null where there is none.</summary>
    public static BudgetFigures? BudgetOf(Overview overview, IEnumerable<BudgetFigures> concerning) => overview.KnownOn is not null ? null
        : concerning.Where(figures => SameScope(figures.Scope, overview.Narrowed.Where))
            .OrderBy(figures => figures.Span.End.DayNumber - figures.Span.Start.DayNumber).ThenByDescending(figures => figures.Currency == overview.Currency)
            .ThenBy(figures => figures.Budget, StringComparer.Ordinal).FirstOrDefault();

    private static bool SameScope(IReadOnlyDictionary<string, IReadOnlyList<string>> one, IReadOnlyDictionary<string, IReadOnlyList<string>> other) =>
        one.Count == other.Count && one.All(part => other.TryGetValue(part.Key, out var values) && part.Value.ToHashSet().SetEquals(values));
}
