using Bunit;
using SpendTracker.Contracts;
using SpendTracker.Web.Costs;
using static SpendTracker.Tests.Web.GivenCosts;

namespace SpendTracker.Tests.Web;

/// <summary>The overview's table: its rows, its sums, and what it does not show.</summary>
public sealed class WorkloadTableTests : BunitContext
{
    [Fact]
    public void Of_many_workloads_the_dearest_show_and_the_sums_are_of_all()
    {
        var overview = Overview([.. Enumerable.Range(1, 60).Select(n => Row($"w{n}", Approach.Hybrid, n % 2 == 0 ? "Even" : "Odd", n))]);
        var table = Open(overview, all: false);

        Assert.Equal(50, table.FindAll("tbody.workload").Count);
        Assert.Equal(["Even", "Odd"], table.FindAll("tbody.team th").Select(team => team.TextContent.Trim()));
        Assert.Equal(["$930.00", "$900.00"], table.FindAll("tbody.team td[data-name=Actual]").Select(sum => sum.TextContent.Trim()));
        Assert.Equal("$1,830.00", table.Find("tfoot td[data-name=Actual]").TextContent.Trim());
        Assert.StartsWith("10 more workloads are in the sums and not shown.", table.FindAll("p.as-of")[^1].TextContent.Trim());

        var every = Open(overview, all: true);
        Assert.Equal(60, every.FindAll("tbody.workload").Count);
        Assert.DoesNotContain("more workloads", every.Markup);
    }

    [Fact]
    public void Several_approaches_of_a_workload_are_below_it_and_each_links_to_its_events()
    {
        var table = Open(Overview(Row("chat", Approach.Hybrid, null, 10), Row("chat", Approach.FineTuning, null, 5)), all: false);

        Assert.Equal("2 approaches", table.Find("tbody.workload td.whole").TextContent);
        Assert.Equal(["Hybrid", "Fine-tuning"], table.FindAll("tbody.approach td[data-name=Approach]").Select(cell => cell.TextContent));
        Assert.Equal("Unregistered", table.Find("tbody.team a").TextContent);
        Assert.All(table.FindAll("tbody.approach td[data-name=Actual] a"), link => Assert.Contains("workload=chat", link.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Empty(table.FindAll("tfoot td[data-name=Actual] a")); // No list of events is this sum.
    }

    [Fact]
    public void What_has_no_price_is_a_column_of_its_own_and_never_nothing()
    {
        var table = Open(Overview(Row("chat", Approach.Hybrid, "Risk", 0, unpriced: "tokens"), Row("mail", Approach.Hybrid, "Risk", 3)), all: false);

        Assert.Equal(["5\u00a0tokens", "–"], table.FindAll("tbody.workload td.lacking").Select(cell => cell.TextContent.Trim()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("$0.00", table.FindAll("tbody.workload").Single(row => row.TextContent.Contains("chat", StringComparison.Ordinal)).TextContent);
        Assert.Empty(Open(Overview(Row("mail", Approach.Hybrid, "Risk", 3)), all: false).FindAll("td.lacking"));
    }

    [Fact]
    public void The_order_is_a_link_and_said_to_who_cannot_see_it()
    {
        var table = Open(Overview(Row("b", Approach.Hybrid, "Risk", 1), Row("a", Approach.Hybrid, "Risk", 2)), all: false, GridSort.Name);

        Assert.Equal("ascending", table.FindAll("th[aria-sort]").Single().GetAttribute("aria-sort"));
        Assert.Equal(["a", "b"], table.FindAll("tbody.workload button.expand").Select(name => name.TextContent.Trim(' ', '▸', '\n')));
        Assert.Contains("/?Estimate", table.FindAll("th a").Select(link => link.GetAttribute("href")));
    }

    private IRenderedComponent<WorkloadTable> Open(Overview overview, bool all, GridSort sort = GridSort.Actual)
    {
        SetRendererInfo(new("Server", isInteractive: true));
        return Render<WorkloadTable>(parameters => parameters
            .Add(table => table.Overview, overview)
            .Add(table => table.Outlook, null)
            .Add(table => table.Sort, sort)
            .Add(table => table.All, all)
            .Add(table => table.LinkTo, (order, _) => $"/?{order}"));
    }
}
