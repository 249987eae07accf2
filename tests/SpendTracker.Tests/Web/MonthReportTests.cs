using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Reports;

namespace SpendTracker.Tests.Web;

public sealed class MonthReportTests
{
    private static readonly BillingPeriod Month = new(2026, 10);

    private static readonly MonthReport Over = new(
        Month, new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero), "USD", null, Cost("2026-10", 300), Cost("2026-09", 200), null, null, null,
        [Line("chat", "prompt-engineering", "usage", "Support", 100), Line("=cmd", "fine-tuning", "hosting", "Risk", 200)],
        [Component("2026-09", "usage", 150), Component("2026-09", "labour", 50), Component("2026-10", "usage", 100), Component("2026-10", "hosting", 200)],
        [], [(ChangeStep.Volume, -100), (ChangeStep.Hosting, 200)], new([], [], [], []), []);

    [Fact]
    public void A_month_that_is_over_is_told_against_the_one_before_it()
    {
        Assert.Equal("October 2026 cost $300.00. That is $100.00 (50 %) more than September 2026.", ReportWords.Sentence(Over));
        Assert.Equal(["Spent", "Month end", "Budget", "Against September 2026", "Not in the totals"], ReportWords.Cards(Over).Select(card => card.Name));
        Assert.Equal(["$300.00", "$300.00", "None", "+$100.00", "Nothing"], ReportWords.Cards(Over).Select(card => card.Figure));
    }

    [Fact]
    public void A_month_that_runs_is_told_by_where_it_will_end()
    {
        var runs = Over with { DaysPassed = 10.5m, MonthEnd = new ForecastSpan(Month.Start, Month.End.AddDays(-1), 300, 180, 170, 190, null) };

        Assert.Equal("October 2026 cost $300.00 in its first 10.5 days. Its end is expected at $180.00, 8 of 10 times $170.00 to $190.00. That is $20.00 (10 %) less than September 2026.", ReportWords.Sentence(runs));
        Assert.Equal("−$20.00", ReportWords.Cards(runs)[3].Figure);
        Assert.StartsWith("October 2026 cost $300.00 in its first 1 day. ", ReportWords.Sentence(runs with { DaysPassed = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_lacks_a_price_is_said_and_is_no_zero()
    {
        var lacking = Cost("2026-10", 0) with { Unpriced = new Dictionary<string, decimal> { ["tokens"] = 1_200_000 } };
        var report = Over with
        {
            Total = lacking, Before = Cost("2026-09", 0), Missing = new([new("openai/new", "input-tokens", 0, 1_200_000, 3, "2026-10", "2026-10", Month.Start, ["openai/new"], [])], [], [], []),
        };

        Assert.Equal("Nothing of October 2026 has a price yet: 1.2 M tokens unpriced.", ReportWords.Sentence(report));
    }

    [Fact]
    public async Task Its_workbook_has_numbers_as_numbers_and_names_as_texts()
    {
        var file = await ReportSheets.WorkbookAsync(Over, TestContext.Current.CancellationToken);

        Assert.Equal(["Summary", "By team", "Lines", "Gaps", "Corrections"], SheetFileTests.Names(file));
        var summary = SheetFileTests.Cells(file, "sheet1");
        Assert.Equal((true, "Spent"), summary["A5"]);
        Assert.Equal((false, "300"), summary["B5"]);
        var lines = SheetFileTests.Cells(file, "sheet3");
        Assert.Equal((true, "=cmd"), lines["A3"]);
        Assert.Equal(300, new[] { lines["E2"], lines["E3"] }.Sum(cell => decimal.Parse(cell.Text, CultureInfo.InvariantCulture)));
        Assert.Equal((false, "200"), SheetFileTests.Cells(file, "sheet2")["B2"]);
    }

    [Theory]
    [InlineData(0, 36_000, new double[] { 0, 10_000, 20_000, 30_000 })]
    [InlineData(-3, 1, new double[] { -3, -2, -1, 0, 1 })]
    [InlineData(0, 0, new double[] { 0, 0.5, 1 })]
    public void Lines_across_a_plot_are_at_round_amounts(int least, int most, double[] ticks) => Assert.Equal(ticks, ReportPlot.Of(900, 170, [least, most]).Ticks);

    private static MonthlyCost Cost(string month, decimal actual) =>
        new(month, new Dictionary<string, string>(), actual, actual, 0, 0, new Dictionary<string, decimal>(), new Dictionary<string, decimal>(), new Dictionary<string, decimal>());

    private static MonthlyCost Component(string month, string component, decimal actual) => Cost(month, actual) with { Keys = new Dictionary<string, string> { ["component"] = component } };

    private static MonthlyCost Line(string workload, string approach, string component, string team, decimal actual) => Cost("2026-10", actual) with
    {
        Keys = new Dictionary<string, string> { ["workload"] = workload, ["approach"] = approach, ["component"] = component, ["team"] = team },
    };
}
