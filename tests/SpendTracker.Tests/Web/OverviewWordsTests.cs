using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Requests;
using static SpendTracker.Tests.Web.GivenCosts;

namespace SpendTracker.Tests.Web;

/// <summary>The overview's sentence, curve, comparison and grid.</summary>
public sealed class OverviewWordsTests
{
    [Fact]
    public void The_sentence_says_what_was_spent_where_it_will_end_and_what_is_missing()
    {
        var overview = Of(27_972.50m, 28.9m, Row("chat", Approach.FineTuning, "Risk", 25_234.53m, 27_972.50m, "tokens"));
        var end = new ForecastDay(new(2026, 11, 30), null, 25_912.65m, 25_572, 26_253);

        Assert.Equal("$25,234.53 spent in 28.9 of 30 days; it will end at about $25,900 (± $340), about $2,100 under the estimate of $27,972.50.", OverviewWords.Sentence(overview, end));
        Assert.Equal("$25,234.53 spent in 28.9 of 30 days; it will end at about $25,900, about $2,060 under the estimate of $27,972.50.", OverviewWords.Sentence(overview, end with { Low = null, High = null }));
        Assert.Equal("$25,234.53 spent in 28.9 of 30 days.", OverviewWords.Sentence(overview, null));
        Assert.Equal("$25,234.53 spent in November 2026, $2,737.97 under the estimate of $27,972.50.", OverviewWords.Sentence(overview with { DaysPassed = null }, null));
        Assert.Equal("Not in it: 5 tokens.", OverviewWords.Missing(overview));
        Assert.Null(OverviewWords.Missing(Of(0, null, Row("chat", Approach.Hybrid, null, 1))));
        Assert.Equal("Nothing that was used has a price yet.", OverviewWords.Sentence(Of(0, 28.9m, Row("chat", Approach.Hybrid, null, 0, 0, "tokens")), null));
    }

    [Theory]
    [InlineData(25_912.65, null, "$25,900")]
    [InlineData(25_912.65, 20.12, "$25,910")]
    [InlineData(25_912.65, 3.5, "$25,913")]
    [InlineData(9.995, null, "$10.00")]
    [InlineData(312.4, 340.5, "$300")]
    [InlineData(-1_234.5, null, "−$1,230")]
    public void A_forecast_has_no_more_digits_than_are_known(double amount, double? half, string text) =>
        Assert.Equal(text, OverviewWords.About((decimal)amount, "USD", (decimal?)half));

    [Fact]
    public void Changes_and_parts_say_what_they_can_and_nothing_of_nothing()
    {
        Assert.Equal("+$5.00 (+5.0 %)", OverviewWords.Change(105, 100, "USD"));
        Assert.Equal("−$50.00 (−50.0 %)", OverviewWords.Change(50, 100, "USD"));
        Assert.Equal("+$5.00", OverviewWords.Change(5, 0, "USD"));
        Assert.Equal("> +999 %", OverviewWords.Share(2_000, 1));
        Assert.Equal("< 1 %", OverviewWords.Part(1, 1_000));
        Assert.Null(OverviewWords.Part(1, 0));
        Assert.Equal("$2.50", OverviewWords.Per1000(Cost(5), 2_000, "USD"));
        Assert.Null(OverviewWords.Per1000(Cost(5), 0, "USD"));
        Assert.Null(OverviewWords.Per1000(Cost(0, 0, "tokens"), 10, "USD"));
    }

    [Fact]
    public void A_running_month_is_compared_by_full_days_and_its_curve_ends_where_the_card_does()
    {
        var days = new Dictionary<DateOnly, decimal>();
        for (var day = new DateOnly(2026, 10, 1); day <= new DateOnly(2026, 11, 3); day = day.AddDays(1))
        {
            days[day] = day.Month == 10 ? 10 : 20;
        }

        var outlook = new MonthOutlook(Month, new(2026, 11, 3), days, new Dictionary<(string, Approach), IReadOnlyDictionary<DateOnly, decimal>> { [("chat", Approach.Hybrid)] = days }, [new(new(2026, 11, 30), null, 600, 500, 700)]);

        Assert.Equal(new DayComparison(2, 40, 20), outlook.Compared);
        Assert.Equal(new DayComparison(0, 0, 0), (outlook with { Today = new(2026, 11, 1) }).Compared);
        Assert.Equal(new DayComparison(30, 60, 300), (outlook with { Today = new(2026, 12, 9) }).Compared);
        Assert.Equal(new(2026, 11, 3), outlook.LastOf([("chat", Approach.Hybrid)]));
        Assert.Null(outlook.LastOf([("other", Approach.Hybrid)]));
        Assert.Equal(30, outlook.TrendOf([("chat", Approach.Hybrid)]).Count);

        // $7 of the month correct closed months: they are of no day.
        var points = OverviewCurve.Of(outlook, 67, 310);
        Assert.Equal(30, points.Count);
        Assert.Equal([27m, 47m, 67m, null], points.Take(4).Select(point => point.Spent));
        Assert.Equal([10m, 20m], points.Take(2).Select(point => point.Before));
        Assert.Equal((600m, 500m, 700m), (points[^1].Expected, points[^1].Low, points[^1].High));
    }

    [Fact]
    public void The_grid_adds_up_approaches_workloads_and_teams_and_takes_any_order()
    {
        var overview = Of(
            0, null, Row("a", Approach.Hybrid, "One", 10), Row("a", Approach.FineTuning, "One", 5), Row("b", Approach.Hybrid, "One", 1, 3), Row("c", Approach.Hybrid, "Two", 12), Row("d", Approach.Hybrid, null, 1));

        var teams = OverviewGrid.Of(overview with { Requests = new Dictionary<(string, Approach), decimal> { [("b", Approach.Hybrid)] = 10 } }, null, GridSort.Actual);
        Assert.Equal(["One", "Two", null], teams.Select(team => team.First.Team));
        Assert.Equal([16m, 12m, 1m], teams.Select(team => team.Cost.Actual));
        Assert.Equal(["a", "b"], teams[0].Parts.Select(workload => workload.First.Workload));
        Assert.Equal([10m, 5m], teams[0].Parts[0].Parts.Select(part => part.Cost.Actual));
        Assert.Empty(teams[0].Parts[1].Parts);
        Assert.Equal(10, teams[0].Requests);
        Assert.Equal((16m, 0m), teams[0].Change);
        Assert.Equal(["One", "Two", null], OverviewGrid.Of(overview, null, GridSort.Name).Select(team => team.First.Team));
        Assert.Equal(["b", "a"], OverviewGrid.Of(overview, null, GridSort.Estimate)[0].Parts.Select(workload => workload.First.Workload));
    }

    [Fact]
    public void A_budget_is_shown_where_it_is_of_exactly_what_is_looked_at()
    {
        var all = Figures("all", []);
        var risk = Figures("risk", new() { ["team"] = ["Risk"] });
        var overview = Of(0, null);
        Assert.Equal("all", OverviewWords.BudgetOf(overview, [risk, all])?.Budget);
        Assert.Equal("risk", OverviewWords.BudgetOf(overview with { Narrowed = Filters.Read("team=Risk") }, [all, risk])?.Budget);
        Assert.Null(OverviewWords.BudgetOf(overview with { Narrowed = Filters.Read("team=Other") }, [all, risk]));
        Assert.Null(OverviewWords.BudgetOf(overview with { KnownOn = new(2026, 11, 2) }, [all]));
    }

    private static BudgetFigures Figures(string id, Dictionary<string, IReadOnlyList<string>> scope) =>
        new(id, 1, new(Month, Month), "USD", 100, 0, 1, 2, [], 0, 1, []) { Name = id, Scope = scope };

    private static Overview Of(decimal estimated, decimal? passed, params WorkloadCost[] rows)
    {
        var overview = Overview(rows);
        return overview with { Total = overview.Total with { Estimated = estimated }, DaysPassed = passed };
    }
}
