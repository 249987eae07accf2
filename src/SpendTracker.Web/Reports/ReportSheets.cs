using SpendTracker.Costs;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Reports;

/// <summary>A month's report as a workbook: Summary, By team, Lines, Gaps and Corrections.</summary>
internal static class ReportSheets
{
    public static string FileName(MonthReport report) => $"ai-spend-{report.Month}.xlsx";

    public static Task<byte[]> WorkbookAsync(MonthReport report, CancellationToken cancellationToken) => SheetFile.WorkbookAsync(Of(report), cancellationToken);

    public static IReadOnlyList<Sheet> Of(MonthReport report) =>
    [
        Sheet.Of<(string What, object? Value, string? Unit)>(
            "Summary", Summary(report), new("what", row => row.What), new("value", row => row.Value, Sheet.Amount), new("currency", row => row.Unit)),
        Sheet.Of("By team", report.By("team"), [new("team", row => row.Value), .. Amounts<(string Value, MonthlyCost Cost)>(row => row.Cost)]),
        Sheet.Of(
            "Lines", report.Lines,
            [
                new("workload", row => row.Keys["workload"]), new("team", row => row.Keys["team"]), new("approach", row => row.Keys["approach"]),
                new("component", row => row.Keys["component"]), .. Amounts<MonthlyCost>(row => row),
            ]),
        Sheet.Of(
            "Gaps", report.Missing.Uses,
            new("lacks", use => use.Currency.Length > 0 ? "exchange rate" : use.IsIncomplete ? "part of a price" : "price"), new("month", use => Sheet.Month(use.Month)),
            new("workload", use => use.Workload), new("sku", use => use.Sku), new("meter", use => use.Meter), new("quantity", use => use.Quantity),
            new("currency", use => use.Currency.Length > 0 ? use.Currency : null), new("events", use => use.Events)),
        Sheet.Of(
            "Corrections", report.Corrections,
            new("corrects", move => Sheet.Month(move.Origin)), new("booked", move => Sheet.Month(move.Booked)), new("amount", move => move.Amount, Sheet.Amount),
            new("currency", _ => report.Currency)),
    ];

    private static IEnumerable<(string What, object? Value, string? Unit)> Summary(MonthReport report)
    {
        yield return ("Month", report.Month, null);
        yield return ("As of (UTC)", report.AsOf, null);
        yield return ("In words", ReportWords.Sentence(report), null);
        yield return ("Spent", report.Total.Actual, report.Currency);
        yield return ("Spent at list prices", report.Total.Listed, report.Currency);
        yield return ("Of it corrections of closed months", report.Total.Corrections, report.Currency);
        yield return ("Estimate", report.Total.Estimated == 0 ? null : report.Total.Estimated, report.Currency);
        yield return ("Expected at the month's end", report.MonthEnd?.Expected, report.Currency);
        yield return ("8 of 10 times at least", report.MonthEnd?.Low, report.Currency);
        yield return ("8 of 10 times at most", report.MonthEnd?.High, report.Currency);
        yield return ("Month before", report.Before.Actual, report.Currency);
        if (report.Budget is { } budget)
        {
            yield return ($"Budget: {budget.Name}", budget.Figures.Limit, budget.Figures.Currency);
            yield return ("Spent of the budget", budget.Figures.Spent, budget.Figures.Currency);
        }

        yield return ("Not in the totals", report.HasGaps ? ReportWords.Lacking(report) : "Nothing", null);
        foreach (var (step, amount) in report.Moves)
        {
            yield return ($"Against the month before: {ChangeWords.Of(step)}", amount, report.Currency);
        }

        foreach (var (approach, cost) in report.By("approach"))
        {
            yield return ($"Approach: {approach}", cost.Actual, report.Currency);
        }
    }

    private static IEnumerable<SheetColumn<T>> Amounts<T>(Func<T, MonthlyCost> of) =>
    [
        new("actual", row => of(row).Actual, Sheet.Amount), new("listed", row => of(row).Listed, Sheet.Amount), new("estimated", row => of(row).Estimated, Sheet.Amount),
        new("variance", row => of(row).Variance, Sheet.Amount), new("corrections", row => of(row).Corrections, Sheet.Amount), new("unpriced", row => Sheet.Text(of(row).Unpriced)),
        new("unconverted", row => Sheet.Text(of(row).Unconverted)), new("incomplete", row => Sheet.Text(of(row).Incomplete)),
    ];
}
