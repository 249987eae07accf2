using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using SpendTracker.Costs;
using SpendTracker.Web.Costs;
using static SpendTracker.Tests.Web.GivenCosts;

namespace SpendTracker.Tests.Web;

/// <summary>The grid of costs in Radzen's own component.</summary>
public sealed class CostGridTests : BunitContext
{
    public CostGridTests()
    {
        Services.AddRadzenComponents();
        JSInterop.Mode = JSRuntimeMode.Loose; // Radzen's script measures what there is not here.
    }

    [Fact]
    public void Numbers_link_to_their_parts_and_sorting_is_by_number_and_not_by_text()
    {
        var grid = Open(Cost(9, workload: "chat"), Cost(1_000, workload: "mail"), Cost(20, workload: "search"));
        Assert.Equal(["mail", "search", "chat"], Names(grid));
        Assert.Equal("/costs?workload=mail", grid.Find(".wide tbody td a").GetAttribute("href"));
        Assert.Equal("Total $1,029.00", grid.Find("p.total").TextContent);

        grid.FindAll("th .rz-column-title")[1].Click(); // Spent, least first.
        Assert.Equal(["chat", "search", "mail"], Names(grid));
    }

    [Fact]
    public void What_has_no_price_is_said_in_its_own_column_and_on_a_narrow_screen()
    {
        var grid = Open(Cost(0, unpriced: "tokens", workload: "chat"));
        Assert.Contains("5 tokens", grid.FindAll(".wide tbody td")[^1].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("$0.00", grid.Find(".narrow li").TextContent, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(IRenderedComponent<CostGrid> grid) => grid.FindAll(".wide tbody tr td:first-child").Select(cell => cell.TextContent.Trim());

    private IRenderedComponent<CostGrid> Open(params MonthlyCost[] costs) => Render<CostGrid>(parameters => parameters
        .Add(grid => grid.Breakdown, CostBreakdown.Of(["workload"], GivenCosts.Month, GivenCosts.Month, costs))
        .Add(grid => grid.Currency, "USD")
        .Add(grid => grid.NameOf, (_, value) => value)
        .Add(grid => grid.LinkOf, values => $"/costs?workload={values[0]}"));
}
