using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class ChartTests
{
    [Fact]
    public async Task Each_line_of_an_axis_has_a_figure_of_its_own_however_small_or_large_the_amounts_are()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 0.000001m);
        var page = await dashboard.NewSignedInPageAsync();
        foreach (var tokens in (long[])[40, 15_000, 900_000, 1_100_000_000, 900_000_000_000])
        {
            await dashboard.RecordAsync(Dashboard.Tokens("chat", tokens));
            await dashboard.GoAsync(page, "/");
            var figure = page.GetByRole(AriaRole.Figure, new() { Name = "actual cost as columns" });
            await Expect(figure.GetByText("$0", new() { Exact = true })).ToBeVisibleAsync();
            var figures = await figure.EvaluateAsync<string[]>("figure => [...figure.querySelectorAll('text')].map(text => text.textContent.trim()).filter(text => text.startsWith('$'))");
            Assert.InRange(figures.Length, 2, 20);
            Assert.Equal(figures, figures.Distinct());
            Assert.All(figures, text => Assert.InRange(text.Length, 2, 10));
        }
    }
}
