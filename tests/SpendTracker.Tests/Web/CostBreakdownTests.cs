using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Web;

/// <summary>What the page of costs draws and links.</summary>
public sealed class CostBreakdownTests
{
    private static readonly IReadOnlyDictionary<string, decimal> Nothing = new Dictionary<string, decimal>();

    [Fact]
    public void Months_without_costs_have_a_column_and_rows_of_one_value_come_together()
    {
        var breakdown = CostBreakdown.Of(["team"], new(2026, 9), new(2026, 11), [Cost("2026-09", 1, ("team", "a")), Cost("2026-11", 2, ("team", "a")), Cost("2026-11", 4, ("team", "a")), Cost("2026-11", 10, ("team", "b"))]);
        Assert.Equal(["2026-09", "2026-10", "2026-11"], breakdown.Columns.Select(column => column.Key));
        Assert.Equal(["b", "a"], breakdown.Parts.Select(part => part.Values[0]));
        Assert.Equal([1m, 0m, 6m], breakdown.Parts[1].Amounts);
        Assert.Equal(7, breakdown.Parts[1].Cost!.Actual);
        Assert.Equal(17, breakdown.Total);
    }

    [Fact]
    public void A_chart_has_the_dearest_and_all_others_as_one_that_add_up()
    {
        var breakdown = CostBreakdown.Of(["team"], new(2026, 11), new(2026, 11), [.. Enumerable.Range(1, 20).Select(at => Cost("2026-11", at == 1 ? -100 : at, ("team", $"t{at}")))]);
        var largest = breakdown.Largest(9);
        Assert.Equal(10, largest.Count);
        Assert.Equal("11 others", largest[^1].Values[0]);
        Assert.Contains(largest, part => part.Values[0] == "t1"); // Money back is large, too.
        Assert.Equal(breakdown.Total, largest.Sum(part => part.Total));
        Assert.Equal(4, CostBreakdown.Of(["team"], new(2026, 11), new(2026, 11), [.. Enumerable.Range(1, 4).Select(at => Cost("2026-11", at, ("team", $"t{at}")))]).Largest(3).Count);
    }

    [Fact]
    public void A_number_leads_to_itself_narrowed_until_it_is_one_workloads_component_and_then_to_its_events()
    {
        var filters = Filters.Read("month=2026-11");
        var byTeam = CostsQuestion.Read("team", null, null, null, null);
        Assert.Equal("/costs?month=2026-11&team=Risk&by=workload", byTeam.Into(filters, ["Risk"], null));
        var byWorkload = CostsQuestion.Read("workload", null, null, null, "pivot");
        Assert.Equal("/costs?month=2026-10&workload=chat&by=component&view=pivot", byWorkload.Into(filters, ["chat"], new(2026, 10)));
        var byBoth = CostsQuestion.Read("workload", "component", null, null, null);
        Assert.Equal("/events?workload=chat&month=2026-11&component=usage", byBoth.Into(filters, ["chat", "usage"], null));
        Assert.Equal("/costs?from=2026-10&to=2026-11&workload=chat&component=usage&by=approach", byBoth.Into(Filters.Read("from=2026-10&to=2026-11"), ["chat", "usage"], null));
    }

    [Fact]
    public void What_cannot_be_read_of_an_address_is_as_by_default()
    {
        Assert.Equal(["team"], CostsQuestion.Read("nothing", "team", "year", "pie", "x").Names);
        var asked = CostsQuestion.Read("model", "variant", "day", "heat", "pivot");
        Assert.Equal(["model", "variant"], asked.Names);
        Assert.True(asked is { Daily: true, Pivot: true, Chart: CostChart.Heat });
    }

    [Fact]
    public void Tiles_fill_the_rectangle_by_their_amounts_and_none_lies_on_another()
    {
        double[] amounts = [50, 20, 10, 10, 5, 3, 1, 1];
        var tiles = TreemapLayout.Of(amounts);
        Assert.All(tiles.Zip(amounts), pair => Assert.Equal(pair.Second / 100, pair.First.Width * pair.First.Height, 9));
        Assert.All(tiles, tile => Assert.True(tile.X >= -1e-9 && tile.Y >= -1e-9 && tile.X + tile.Width <= 1 + 1e-9 && tile.Y + tile.Height <= 1 + 1e-9));
        foreach (var (at, one) in tiles.Index())
        {
            Assert.All(tiles.Skip(at + 1), other => Assert.True(
                one.X + one.Width <= other.X + 1e-9 || other.X + other.Width <= one.X + 1e-9 || one.Y + one.Height <= other.Y + 1e-9 || other.Y + other.Height <= one.Y + 1e-9));
        }
    }

    [Fact]
    public void A_flow_loses_nothing_between_its_levels_and_says_what_it_cannot_draw()
    {
        var layout = CostFlowLayout.Of([Flow("a", "hybrid", "usage", 10), Flow("a", "fine-tuning", "hosting", 30), Flow("b", "hybrid", "usage", 20), Flow("b", "hybrid", "other", -5)]);
        Assert.Equal(-5, layout.Left);
        foreach (var level in Enumerable.Range(0, 3))
        {
            Assert.Equal(60, layout.Nodes.Where(node => node.Level == level).Sum(node => node.Amount));
        }

        Assert.Equal(60, layout.Bands.Where(band => band.From.Level == 0).Sum(band => band.Amount));
        Assert.Equal(60, layout.Bands.Where(band => band.From.Level == 1).Sum(band => band.Amount));
        Assert.Empty(CostFlowLayout.Of([Flow("a", "hybrid", "usage", 0)]).Nodes);
    }

    [Fact]
    public void Days_are_added_up_by_their_dimensions_and_those_of_nothing_are_left_out()
    {
        static SpendTracker.Forecasts.CostPart Of(string workload) => new(workload, "hybrid", "usage", "m", "(none)", false);
        var first = new DateOnly(2026, 11, 1);
        var costs = new DailyCosts([Of("chat"), Of("mail"), Of("free")], System.Collections.Immutable.ImmutableDictionary<DateOnly, DailyCost[]>.Empty
            .Add(first, [new(0, first, 1), new(0, first, 2), new(1, first, 10)]).Add(first.AddDays(2), [new(0, first, 4), new(2, first, 0)]));
        var answer = DailyCostQuery.Of(costs, first, first.AddDays(2), [CostDimension.Find("workload")!], new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, WorkloadOwner>());
        Assert.Equal(["mail", "chat"], answer.Series.Select(series => series.Keys["workload"]));
        Assert.Equal([3m, 0m, 4m], answer.Series[1].Days);
        Assert.Equal(3, answer.Days.Count());
        var narrowed = DailyCostQuery.Of(costs, first, first, [], new Dictionary<string, IReadOnlyList<string>> { ["workload"] = ["chat"] }, new Dictionary<string, WorkloadOwner>());
        Assert.Equal([3m], Assert.Single(narrowed.Series).Days);
        Assert.Equal(3, Assert.Single(CostBreakdown.Of([], narrowed).Parts).Total);
    }

    private static MonthlyCost Flow(string team, string approach, string component, decimal amount) => Cost("2026-11", amount, ("team", team), ("approach", approach), ("component", component));

    private static MonthlyCost Cost(string month, decimal actual, params (string Name, string Value)[] keys) =>
        new(month, keys.ToDictionary(key => key.Name, key => key.Value), actual, actual, 0, 0, Nothing, Nothing, Nothing);
}
