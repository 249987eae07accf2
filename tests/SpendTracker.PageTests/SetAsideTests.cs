using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class SetAsideTests
{
    [Fact]
    public async Task What_is_set_aside_shows_with_its_reason_and_goes_once_it_can_be_applied()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/set-aside");
        await Expect(page.GetByText("Nothing is set aside: every event is in the numbers.")).ToBeVisibleAsync();

        await dashboard.ExecuteAsync("alter table spend.cost_line add constraint old check (workload <> 'chat')");
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        await dashboard.WriteForeignAsync("order_placed", """{"order": 7}""");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Not in the totals 2", Exact = true })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await dashboard.GoAsync(page, "/set-aside");
        await Expect(Row(page, "DailyUsage Event type 'order_placed' is not known.")).ToBeVisibleAsync();
        await page.GetByText("Details of seq_id").First.ClickAsync();
        await Expect(page.GetByText("\"order\": 7").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Trying one of its events again rebuilds it")).ToBeVisibleAsync();

        await dashboard.ExecuteAsync("alter table spend.cost_line drop constraint old");
        await Row(page, "token_usage_recorded").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.GetByText("1 of 1 event is in the numbers now")).ToBeVisibleAsync();
        await Expect(Row(page, "token_usage_recorded")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Try all again" }).ClickAsync();
        await Expect(page.GetByText("0 of 9 events are in the numbers now; for the rest, see the reasons")).ToBeVisibleAsync();

        // The usage is in the numbers; it has no price, and nobody registered its workload.
        await dashboard.GoAsync(page, "/not-in-totals");
        await Expect(page.GetByText("3 things are not in the totals")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Not in the totals 3", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "test/large input-tokens 10 tokens" })).ToContainTextAsync("not known");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Register of chat" })).ToHaveAttributeAsync("href", "/workloads?register=chat");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try them again" }).ClickAsync();
        await Expect(page.GetByText("0 of 9 events are in the numbers now")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_viewer_sees_it_and_cannot_change_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.WriteForeignAsync("order_placed", "{}");
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(await dashboard.SignInLinkAsync());
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Not in the totals 1", Exact = true })).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await dashboard.GoAsync(page, "/set-aside");
        await Expect(Row(page, "DailyUsage Event type 'order_placed' is not known.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("again|Retry") })).ToHaveCountAsync(0);
    }

    private static ILocator Row(IPage page, string name) => page.GetByRole(AriaRole.Row, new() { Name = name });
}
