using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Budgets;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Forecasts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reports;

/// <summary>What a month's report says in words, on the page and in messages.</summary>
internal static class ReportWords
{
    /// <summary>The month in a sentence: what it cost, against the month before, and where it will end.</summary>
    public static string Sentence(MonthReport report)
    {
        if (report is { Whole: 0, HasGaps: true })
        {
            return $"Nothing of {Label.Of(report.Month)} has a price yet: {Lacking(report)}.";
        }

        var spent = Known(report.Total, report.Currency);
        var span = report.DaysPassed is { } days ? $" in its first {ChangeWords.Days(days)}" : "";
        var end = report.MonthEnd is { } expected ? $" Its end is expected at {Money.Text(expected.Expected, report.Currency)}{(expected.Low is null ? "" : $", 8 of 10 times {ForecastWords.Interval(expected, report.Currency)}")}." : "";
        var moved = report.Whole - report.Before.Actual;
        var against = report.Before.Actual == 0 && report.Total.Actual == 0 ? "" : moved == 0 ? $" That is as much as {Label.Of(report.Month.Previous)}."
            : $" That is {Money.Text(Math.Abs(moved), report.Currency)}{ChangeWords.Percent(moved, report.Before.Actual)} {(moved > 0 ? "more" : "less")} than {Label.Of(report.Month.Previous)}.";
        var gaps = report.HasGaps ? $" Not all of it has a price: {Lacking(report)}." : "";
        return $"{Label.Of(report.Month)} cost {spent}{span}.{end}{against}{gaps}";
    }

    /// <summary>The cards of the page: what, its figure, and what to know of it.</summary>
    public static IReadOnlyList<(string Name, string Figure, string More)> Cards(MonthReport report)
    {
        var currency = report.Currency;
        var moved = report.Whole - report.Before.Actual;
        return
        [
            ("Spent", Known(report.Total, currency), report.Total.Estimated == 0 ? "no estimate" : $"estimate {Money.Text(report.Total.Estimated, currency)}"),
            ("Month end", Money.Text(report.Whole, currency), report.MonthEnd is { } end ? end.Low is null ? "forecast, without a range" : $"8 of 10 times {ForecastWords.Interval(end, currency)}" : report.Closed is null ? "the month is over, and not closed" : $"closed on {KnownOn.Text(DateOnly.FromDateTime(report.Closed.ClosedAt.UtcDateTime))}"),
            report.Budget is { } budget
                ? ("Budget", Money.Text(budget.Figures.Limit, budget.Figures.Currency), $"{AlertName(budget.Name)}, {BudgetWords.Span(budget.Figures.Span)}: {(budget.Figures.Spent is { } spent ? $"{Money.Text(spent, budget.Figures.Currency)} spent" : "what is spent is not known")}")
                : ("Budget", "None", "no budget of the whole organisation"),
            ($"Against {Label.Of(report.Month.Previous)}", Money.Change(moved, currency), $"{(report.Runs ? "expected, " : "")}{Money.Text(report.Before.Actual, currency)} then"),
            ("Not in the totals", report.HasGaps ? Lacking(report) : "Nothing", report.HasGaps ? "without a price or an exchange rate" : "everything has its price"),
        ];
    }

    /// <summary>What has no price, one part for each unit and currency.</summary>
    public static string Lacking(MonthReport report) => ExplainWords.Of(LackingTotal.Of([report.Total])) is { Length: > 0 } lacking ? lacking : "nothing any more";

    public static string Known(MonthlyCost cost, string currency) => Money.Known(cost.Actual, cost.Unpriced.Count > 0, cost.Unconverted, currency);

    private static string AlertName(string name) => name.Length > 40 ? $"{name[..39]}…" : name;

    public static string Of(string component) => EnumName.TryParse<Component>(component, out var known) ? Label.Of(known) : component;
}
