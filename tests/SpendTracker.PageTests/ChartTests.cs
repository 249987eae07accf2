using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class ChartTests
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task A_column_says_its_figures_to_whoever_points_at_it_and_goes_on_while_the_page_is_read_again(int width)
    {
        await using var dashboard = await Dashboard.StartAsync(opened: DateTimeOffset.UtcNow.AddMonths(-3));
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        var before = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow)).Previous;
        await dashboard.EstimateAsync("chat", 5_000_000, $"{before}");
        await dashboard.RecordAsync(Used(4_000_000));
        var page = await dashboard.OpenAsync("/", width);
        var figure = page.GetByRole(AriaRole.Figure, new() { Name = "Actual cost by component as stacked columns" });
        await figure.ScrollIntoViewIfNeededAsync();
        var label = (await figure.GetByText($"{before.Start:MMM}", new() { Exact = true }).BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(label.X + (label.Width / 2), label.Y - 30);
        await Expect(page.GetByText("Actual $4,000,000.00")).ToBeVisibleAsync();
        await Expect(page.GetByText("Estimate $5,000,000.00")).ToBeVisibleAsync();
        var tip = (await page.GetByText("Estimate $5,000,000.00").BoundingBoxAsync())!;
        Assert.True(tip.X >= 0 && tip.X + tip.Width <= width, $"It lies at {tip.X} to {tip.X + tip.Width}.");

        await dashboard.RecordAsync(Used(70_000));
        await Expect(figure.Locator("xpath=..").GetByRole(AriaRole.Row, new() { Name = $"{before.Start:MMMM yyyy}", IncludeHidden = true })).ToContainTextAsync("$4,070,000.00");
        await page.Mouse.MoveAsync(5, 5);
        await page.Mouse.MoveAsync(label.X + (label.Width / 2), label.Y - 30);
        await Expect(page.GetByText("Actual $4,070,000.00")).ToBeVisibleAsync();

        object Used(long tokens) => Dashboard.Tokens("chat", tokens, usedAt: before.Start.ToDateTime(new(12, 0), DateTimeKind.Utc));
    }

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
            var figure = page.GetByRole(AriaRole.Figure, new() { Name = "Actual cost by component as stacked columns" });
            await Expect(figure.GetByText("$0", new() { Exact = true })).ToBeVisibleAsync();
            var figures = await figure.EvaluateAsync<string[]>("figure => [...figure.querySelectorAll('text')].map(text => text.textContent.trim()).filter(text => text.startsWith('$'))");
            Assert.InRange(figures.Length, 2, 20);
            Assert.Equal(figures, figures.Distinct());
            Assert.All(figures, text => Assert.InRange(text.Length, 2, 10));
        }
    }
}
