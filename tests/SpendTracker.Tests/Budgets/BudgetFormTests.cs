using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Budgets;

namespace SpendTracker.Tests.Budgets;

/// <summary>The page of budgets: its tree, its gauges, and what its form makes of what is typed and pasted.</summary>
public sealed class BudgetFormTests
{
    [Fact]
    public void A_budget_stands_below_the_narrowest_one_that_covers_all_of_it()
    {
        BudgetRow[] rows =
        [
            Row("helpdesk", ("workload", ["helpdesk"])), Row("team", ("team", ["Aurora"])), Row("all"), Row("stranger", ("workload", ["unregistered"])), Row("two", ("workload", ["helpdesk", "other"])),
            Row("prompts", ("team", ["Aurora"]), ("approach", ["hybrid"])), Row("teams", ("team", ["Aurora", "Atlas"])), Row("also", ("team", ["Aurora"])),
        ];
        var branches = BudgetTree.Of(rows, workload => workload == "helpdesk" ? "Aurora" : workload == "other" ? "Atlas" : null);

        Assert.Equal(
            ["all", "  stranger", "  teams", "    team", "    two", "      helpdesk", "    also", "      prompts"],
            branches.Select(branch => $"{new string(' ', branch.Depth * 2)}{branch.Row.Terms.Budget}"));
        Assert.Equal("TEAMS", branches.Single(branch => branch.Row.Terms.Budget == "two").Within);
        Assert.Equal(rows.Length, branches.Count); // Each once.
    }

    [Fact]
    public void A_gauge_shows_what_is_beyond_the_limit_up_to_twice_of_it()
    {
        var gauge = BudgetGauge.Of(Figures(100, 40, 90, 50, 80))!;
        Assert.Equal((40m, 90m, 100m), (gauge.Spent, gauge.Forecast, gauge.Limit));
        Assert.Equal([50m, 80m], gauge.Lines);

        gauge = BudgetGauge.Of(Figures(100, 120, 160, 80))!;
        Assert.Equal((75m, 100m, 62.5m), (gauge.Spent, gauge.Forecast, gauge.Limit));
        Assert.Equal([50m], gauge.Lines);

        gauge = BudgetGauge.Of(Figures(100, 900, null))!;
        Assert.Equal((100m, null, 50m), (gauge.Spent, gauge.Forecast, gauge.Limit));
        Assert.Equal(0m, BudgetGauge.Of(Figures(100, -5, 0))!.Spent);
        Assert.Null(BudgetGauge.Of(Figures(0, 5, 0)));
        Assert.Null(BudgetGauge.Of(Figures(100, null, null)));
    }

    [Theory]
    [InlineData("1,200.50\n1300\n1,400", "2027-01=1200.50 2027-02=1300 2027-03=1400")]
    [InlineData("1.200,50\t1.300\t", "2027-01=1200.50 2027-02=1300")] // One row; the comma of one amount tells what the point of the other is.
    [InlineData("100\r\n\r\n300\r\n", "2027-01=100 2027-02=300")]
    [InlineData("Mar 2027\t5\n2027-12\t7", "2027-03=5 2027-12=7")]
    [InlineData("Jan-27\tFeb-27\tMar-27\n5\t\t$7", "2027-01=5 2027-03=7")]
    [InlineData("5", "2027-01=5")]
    public void Months_are_pasted_as_a_column_or_a_row_with_their_names_or_from_the_first_month_on(string text, string months)
    {
        var read = PastedMonths.Read(text, "2027-01");
        Assert.Empty(read.Faults);
        Assert.Equal(months, string.Join(' ', read.Amounts.Select(month => FormattableString.Invariant($"{month.Month}={month.Amount}"))));
    }

    [Theory]
    [InlineData("", "2027-01", "There is nothing to read.")]
    [InlineData("1\t2\t3\n4\t5\t6\n7\t8\t9", "2027-01", "One column or one row of amounts is wanted")]
    [InlineData("1\n2\t3\n4", "2027-01", "Each amount needs its month, or none does.")]
    [InlineData("1\nmuch", "2027-01", "February 2027: “much” is not an amount.")]
    [InlineData("-1", "2027-01", "January 2027: An amount is 0 or more.")]
    [InlineData("1,234", "2027-01", "January 2027: “1,234” may be thousands or decimals.")]
    [InlineData("0.0000001", "2027-01", "January 2027: At most 6 decimals.")]
    [InlineData("1", "soon", "Choose the first month")]
    [InlineData("1\n2", "2199-12", "The months go beyond 2199-12.")]
    [InlineData("2027-01\t1\n2027-01\t2", "2027-01", "January 2027 is there twice.")]
    [InlineData("someday\t1\n2027-01\t2", "2027-01", "“someday” is not a month like 2027-01.")]
    public void What_is_wrong_with_pasted_months_is_told_and_nothing_is_taken(string text, string first, string reason)
    {
        var read = PastedMonths.Read(text, first);
        Assert.StartsWith(reason, read.Faults[0], StringComparison.Ordinal);
        Assert.Empty(read.Amounts);
    }

    [Fact]
    public void The_id_is_made_of_the_name_chips_switch_thresholds_and_pasted_months_take_the_place_of_earlier_ones()
    {
        var fields = new BudgetFields { Name = "Search team, Europe", Currency = "USD", From = "2027-01", Thresholds = { new() { Line = "80 %" } } };
        Assert.True(fields.Has(ThresholdOn.Actual, "80%"));
        fields.Toggle(ThresholdOn.Actual, "80%");
        fields.Toggle(ThresholdOn.Forecast, "100%");
        fields.Take([("2027-02", 5), ("2027-01", 1)]);
        fields.Take([("2027-02", 7.50m)]);

        var check = new FieldCheck();
        var terms = fields.Read(check);
        Assert.Empty(check.Reasons.Concat(BudgetBook.Check(terms)));
        Assert.Equal("search-team-europe", terms.Budget);
        Assert.Equal([("2027-01", 1m), ("2027-02", 7.5m)], terms.Amounts!.Select(month => (month.Key, month.Value)));
        Assert.Equal(new BudgetThreshold(ThresholdOn.Forecast, 100), Assert.Single(terms.Thresholds!));
        Assert.Equal("mine", new BudgetFields { Name = "Search", Budget = " mine " }.Read(check).Budget);
    }

    private static BudgetRow Row(string budget, params (string Dimension, string[] Values)[] scope) => new(
        new(budget, budget.ToUpperInvariant(), scope.ToDictionary(part => part.Dimension, part => (IReadOnlyList<string>)part.Values), new(BudgetPeriodKind.Month, "2027-01"), "USD", 1), null, BudgetStanding.Within, null);

    private static BudgetFigures Figures(decimal limit, decimal? spent, decimal? forecast, params decimal[] lines) => new(
        "b", 1, new BudgetSpan(new(2027, 1), new(2027, 1)), "USD", limit, 0, spent, forecast, [], 0, 0,
        [.. lines.Select(line => new ThresholdFigures(new(ThresholdOn.Actual, line), $"actual:{line}%", line * limit / 100, spent))])
    {
        Name = "B",
    };
}
