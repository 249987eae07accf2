using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class CorrectionTests
{
    [Fact]
    public async Task A_corrected_event_is_struck_through_counts_for_nothing_and_leads_along_the_chain()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 100, id: "a"), Dashboard.Tokens("chat", 30, id: "b"));
        await dashboard.CorrectAsync("a", "Ten times too much.", Dashboard.Tokens("chat", 20, id: "a2"));
        await dashboard.CorrectAsync("a2", "Off by ten.", Dashboard.Tokens("chat", 10));
        await dashboard.CorrectAsync("unseen", "Never happened.");

        var page = await dashboard.OpenAsync($"/events?workload=chat&month={Dashboard.Month}");
        var sum = page.GetByText("4 events, sum $40.00, which is the number above");
        for (var patience = 100; patience > 0 && !await sum.IsVisibleAsync(); patience--)
        {
            await page.ReloadAsync(); // The number is a moment behind.
        }

        await Expect(sum).ToBeVisibleAsync();
        await ExpectStruckAsync(page, 100, true);
        await ExpectStruckAsync(page, 20, true);
        await ExpectStruckAsync(page, 10, false);
        await ExpectStruckAsync(page, 30, false);
        await Expect(page.GetByText("Counts no longer")).ToHaveCountAsync(2);

        await dashboard.GoAsync(page, "/events?id=a&source=page-tests");
        await Expect(page.GetByText("Ten times too much.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "What counts instead" }).ClickAsync();
        await Expect(page.GetByText("Replaces an event that was wrong")).ToContainTextAsync("Ten times too much.");
        await page.GetByText("Counts no longer").GetByRole(AriaRole.Link, new() { Name = "correction" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The event and what replaced it" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Definition).First).ToHaveTextAsync("Off by ten.");
        await ExpectStruckAsync(page, 20, true);
        await ExpectStruckAsync(page, 10, false);

        await dashboard.GoAsync(page, "/events?id=unseen&source=page-tests");
        await Expect(page.GetByText("not recorded yet, and it will not count")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    private static Task ExpectStruckAsync(IPage page, int tokens, bool struck) => Expect(
        page.GetByText($"{tokens} input-tokens", new() { Exact = true })).ToHaveCSSAsync("text-decoration-line", struck ? "line-through" : "none");
}
