using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

/// <summary>The page of forecasts: spent, expected, and how good past ones were.</summary>
public sealed class ForecastTests
{
    [Fact]
    public async Task A_forecast_is_shown_with_its_parts_and_a_part_leads_to_its_own()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync([.. Enumerable.Range(1, 100).Select(back => DateTime.UtcNow.Date.AddDays(-back).AddHours(12)).SelectMany(at =>
            new[] { Dashboard.Tokens("chat", 10, usedAt: at), Dashboard.Tokens("search", 20, usedAt: at) })]);

        var page = await dashboard.OpenAsync("/forecast");
        await Expect(page.GetByRole(AriaRole.Figure, new() { NameRegex = new("spent and .* by the forecast, 8 of 10 times") })).ToBeVisibleAsync();
        var parts = page.GetByRole(AriaRole.Region, new() { Name = "By workload" });
        await Expect(parts.GetByRole(AriaRole.Row)).ToHaveCountAsync(3);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "How good past forecasts were" }).GetByRole(AriaRole.Row, new() { Name = "All days" })).ToContainTextAsync("0.0 %");

        await parts.GetByRole(AriaRole.Link, new() { Name = "chat" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Only" })).ToContainTextAsync("Workload: chat");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "By component" }).GetByRole(AriaRole.Row)).ToHaveCountAsync(2);

        await dashboard.GoAsync(page, "/forecast?by=planet");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("By: Must be one or several of");
    }
}
