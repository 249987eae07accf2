using System.Globalization;
using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class EventsTests
{
    [Fact]
    public async Task Many_events_come_fifty_a_page_newest_first()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 0.001m);
        foreach (var tokens in Enumerable.Range(1, 120))
        {
            await dashboard.RecordAsync(Dashboard.Tokens("chat", tokens), Dashboard.Tokens("chat", 0, 7));
        }

        var page = await dashboard.OpenAsync($"/events?workload=chat&month={Dashboard.Month}&component=usage&sku=test/large&meter=input-tokens");
        await Expect(page.GetByRole(AriaRole.Paragraph).Filter(new() { HasText = "$7.26" })).ToBeVisibleAsync(); // 120 × 121 ÷ 2 × $0.001
        await ExpectTokensAsync(page, 120, 71);
        await Expect(page.GetByText("which is the number above")).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Older events" }).ClickAsync();
        await ExpectTokensAsync(page, 70, 21);
        await page.GetByRole(AriaRole.Link, new() { Name = "Older events" }).ClickAsync();
        await ExpectTokensAsync(page, 20, 1);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Older events" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Newer events" }).ClickAsync();
        await ExpectTokensAsync(page, 70, 21);
        await page.GetByRole(AriaRole.Link, new() { Name = "Newer events" }).ClickAsync();
        await ExpectTokensAsync(page, 120, 71);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Newer events" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Hosting_that_began_in_a_month_before_is_found_with_the_part_that_counts_and_what_changed_leads_to_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/hosted", "hosting-hours", 7);

        // 31 days from 29 January to 1 March, noon: of March, half a day; recorded in January's stream.
        await dashboard.RecordAsync(
            new { type = "hosting_hours_recorded", workload = "chat", approach = "fine-tuning", sku = "test/hosted", hours = 744, periodStart = "2026-01-29T12:00:00Z", periodEnd = "2026-03-01T12:00:00Z" },
            new { type = "hosting_hours_recorded", workload = "chat", approach = "fine-tuning", sku = "test/hosted", hours = 10, periodStart = "2026-03-02T00:00:00Z", periodEnd = "2026-03-02T10:00:00Z" });
        var page = await dashboard.OpenAsync("/events?workload=chat&month=2026-03");
        await Expect(page.GetByText("12 hosting-hours")).ToBeVisibleAsync();
        await Expect(page.GetByText("10 hosting-hours")).ToBeVisibleAsync();
        await Expect(page.GetByText("2 events, sum $154.00, which is the number above")).ToBeVisibleAsync();

        // February has 28 days of $168, and March three more; so without a change, March would cost $5,208.
        await dashboard.GoAsync(page, "/changes?from=2026-02&to=2026-03");
        await Expect(page.GetByText("March 2026 cost $154.00: $4,550.00 (96.7 %) less than February 2026. Most of it: hosting −\u2060$5,054.00, days +$504.00.")).ToBeVisibleAsync();
        var steps = page.GetByRole(AriaRole.Region, new() { Name = "Steps from one month to the other" });
        Assert.Equal(["$4,704.00", "+$504.00", "−$5,054.00", "$154.00"], await steps.Locator("td.number").AllInnerTextsAsync());
        await steps.GetByRole(AriaRole.Link, new() { Name = "Hosting" }).ClickAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "Lines of Hosting" }).GetByRole(AriaRole.Link, new() { Name = "$154.00" }).ClickAsync();
        await Expect(page.GetByText("12 hosting-hours")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_workload_is_chosen_and_one_event_is_found_by_either_id()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RegisterAsync("chat", "Support chat", "Service");
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 42, id: "request/7"));
        await dashboard.RecordAsync(Dashboard.Tokens("other", 43));
        var page = await dashboard.OpenAsync("/events?workload=chat");
        await Expect(page.GetByText("43 input-tokens")).ToHaveCountAsync(0);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeEnabledAsync(); // Before, the list is drawn a second time.
        await page.GetByText("42 input-tokens").ClickAsync();
        await page.GetByText("Technical").ClickAsync();
        var id = await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^[0-9a-f-]{36}$") }).InnerTextAsync();

        await dashboard.GoAsync(page, "/events");
        await page.GetByText("Find one event by its id").ClickAsync();
        await page.GetByLabel("Event id").FillAsync(id);
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(page.GetByText("42 input-tokens")).ToBeVisibleAsync();
        await page.GetByLabel("Event id").FillAsync("request/7");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("give its source too");
        await page.GetByLabel("Source").FillAsync("page-tests");
        await page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(page.GetByText("42 input-tokens")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task One_of_a_meter_is_one()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 1, 2));
        var page = await dashboard.OpenAsync($"/events?workload=chat&month={Dashboard.Month}");
        await page.GetByText("1 input-token, 2 output-tokens").ClickAsync();
        await page.GetByText("1 uncharged meter").ClickAsync();
        foreach (var text in (string[])["1 request", "1 token", "2 tokens"])
        {
            await Expect(page.GetByRole(AriaRole.Cell, new() { Name = text, Exact = true }).First).ToBeVisibleAsync();
        }

        await Expect(page.GetByText("1 requests")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task All_workloads_newest_events_show_as_they_come_unless_the_list_is_paused()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 42));
        var page = await dashboard.OpenAsync("/events");
        var rows = page.GetByRole(AriaRole.Region, new() { Name = "Events, the newest first" }).GetByText(new System.Text.RegularExpressions.Regex("^[0-9]+ input-tokens$"));
        await Expect(rows).ToHaveTextAsync(["42 input-tokens"]);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeEnabledAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("search", 43));
        await Expect(rows).ToHaveTextAsync(["43 input-tokens", "42 input-tokens"]);
        await Expect(page.GetByRole(AriaRole.Status).Filter(new() { HasText = "1 new event" })).ToHaveCountAsync(1);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 44));
        await dashboard.RecordAsync(Dashboard.Tokens("other", 45));
        await Expect(page.GetByText("Paused: 2 new events")).ToBeVisibleAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(rows).ToHaveTextAsync(["45 input-tokens", "44 input-tokens", "43 input-tokens", "42 input-tokens"]);
    }

    private static async Task ExpectTokensAsync(IPage page, int newest, int oldest)
    {
        var shown = page.GetByRole(AriaRole.Region, new() { Name = "Events, the newest first" }).GetByText(new System.Text.RegularExpressions.Regex("^[0-9]+ input-tokens?$"));
        var expected = Enumerable.Range(oldest, newest - oldest + 1).Reverse().Select(tokens => string.Create(CultureInfo.InvariantCulture, $"{tokens} input-token{(tokens == 1 ? "" : "s")}"));
        await Expect(shown).ToHaveTextAsync([.. expected]);
    }
}
