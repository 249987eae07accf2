using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class ClosingTests
{
    private static readonly DateTime Now = DateTime.UtcNow;

    private static readonly BillingPeriod Last = BillingPeriod.Of(DateOnly.FromDateTime(Now)).Previous;

    [Fact]
    public async Task A_month_is_closed_keeps_its_total_and_gets_its_corrections_in_the_open_month_until_it_is_reopened()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Used(100));
        var page = await dashboard.OpenAsync("/closing");
        await Expect(page.GetByText("Everything has a rate.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Next: What changed" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Usage that became known +$100.00" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Next: Invoices" }).ClickAsync();
        await page.GetByLabel("Invoice of test").FillAsync("101.50");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "test $100.00" })).ToContainTextAsync("+$1.50 (+1.5 %)");
        await Expect(page.Locator("main[data-answers]")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Next: Close" }).ClickAsync();
        await Expect(page.GetByLabel("Reason")).ToHaveValueAsync("Compared with invoices: test $101.50 (+$1.50)");
        await page.GetByLabel("Reason").FillAsync("");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Close {Name}…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The reason: Must not be empty.");
        await page.GetByLabel("Reason").FillAsync("month end");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Close {Name}…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync($"This freezes {Name} at $100.00.");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Yes, close {Name}", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Closed. Its total is final.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Closed by Administrator at $100.00: “month end”" })).ToBeVisibleAsync();

        await dashboard.RecordAsync(Used(7), Dashboard.Tokens("chat", 3));
        await dashboard.GoAsync(page, "/");
        await Expect(page.GetByText($"Of the actual, $7.00 corrects a closed month: {Name}")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "chat" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = $"Correction of {Name}: Usage" }).Last).ToContainTextAsync("$7.00");
        await dashboard.GoAsync(page, $"/?month={Last}");
        await Expect(page.GetByText("by Administrator: “month end”")).ToBeVisibleAsync();
        await Expect(page.GetByText("$100.00").First).ToBeVisibleAsync();
        await Expect(page.GetByText($"Not in these figures: $7.00, booked into {Dashboard.MonthName}")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "What changed this month’s total?" }).ClickAsync();
        await AssertSumsAsync(page, "$0.00", "+ $107.00", "–", "− $7.00", "$100.00");

        await dashboard.GoAsync(page, $"/closing?month={Last}");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "its cost has moved" })).ToBeVisibleAsync();
        await Expect(Row(page, Name).GetByText($"+$7.00 booked into {Dashboard.MonthName}")).ToBeVisibleAsync();
        await Expect(Row(page, Dashboard.MonthName).GetByText($"+$7.00 from {Name}")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"booked in {Dashboard.MonthName}" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = $"corrects {Name}" })).ToHaveAttributeAsync("href", $"/explain?month={Last}");
        await dashboard.GoAsync(page, $"/closing?month={Last}");
        await page.GetByLabel("Reason").FillAsync("forgot something");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Reopen {Name}…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, reopen" }).ClickAsync();
        await Expect(Row(page, Name)).ToContainTextAsync("by Administrator: “forgot something”");
        await Expect(Row(page, Name)).ToContainTextAsync("$107.00");
    }

    [Fact]
    public async Task What_is_unpriced_has_to_be_accepted_and_only_an_administrator_may_close()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Used(100));
        foreach (var role in (Role[])[Role.Viewer, Role.Member])
        {
            var other = await dashboard.NewPageAsync(new());
            await other.GotoAsync(await dashboard.SignInLinkAsync(role));
            await Expect(other).ToHaveURLAsync($"{dashboard.Address}/");
            await dashboard.GoAsync(other, "/closing?step=4");
            await Expect(other.GetByText("Finance and administrators close and reopen months.")).ToBeVisibleAsync();
            await Expect(other.GetByRole(AriaRole.Button, new() { Name = "Close" })).ToHaveCountAsync(0);
        }

        var page = await dashboard.OpenAsync("/closing");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "100 tokens" })).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/closing?step=4");
        await page.GetByLabel("Reason").FillAsync("agreed");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Close {Name}…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Some usage has no rate.");
        await page.GetByLabel("Accept that what has no rate").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Close {Name}…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, close" }).ClickAsync();
        await Expect(page.GetByText("accepting what is unpriced")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_page_asked_for_an_earlier_day_shows_the_number_of_that_day_and_what_came_since()
    {
        var used = Now.AddDays(-20);
        var month = BillingPeriod.Of(DateOnly.FromDateTime(used));
        await using var dashboard = await Dashboard.StartAsync(opened: Now.AddDays(-40));
        await dashboard.RecordAtAsync(used, new("chat", Approach.PromptEngineering, "openai", "gpt-4o", 4_000_000, 0, used));
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 8_000_000, sku: "openai/gpt-4o", usedAt: used));

        // $2.50 for a million.
        var day = used.AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var page = await dashboard.OpenAsync($"/?month={month}");
        await Expect(Card(page)).ToContainTextAsync("$30.00");
        await Expect(page.GetByLabel("Choose a month")).ToBeEnabledAsync(); // Connected: until then, what is opened is drawn anew.
        await page.GetByText("As known on another day").ClickAsync();
        await page.GetByLabel("The numbers as they were at the end of").FillAsync(day);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(page.GetByText($"As known on {day}")).ToBeVisibleAsync();
        await Expect(Card(page)).ToContainTextAsync("$10.00");
        await page.GetByRole(AriaRole.Row, new() { Name = "chat" }).GetByRole(AriaRole.Link, new() { Name = "$10.00" }).First.ClickAsync();
        await Expect(page.GetByText("1 event, sum $10.00, which is the number above")).ToBeVisibleAsync();

        await dashboard.GoAsync(page, $"/explain?month={month}&from={day}");
        await AssertSumsAsync(page, "$10.00", "+ $20.00", "–", "–", "$30.00");
        await page.GetByRole(AriaRole.Row, new() { Name = "chat" }).GetByRole(AriaRole.Link, new() { Name = "1", Exact = true }).ClickAsync();
        await Expect(page.GetByText("8,000,000 input-tokens")).ToBeVisibleAsync();
        await Expect(page.GetByText("4,000,000 input-tokens")).ToHaveCountAsync(0);

        foreach (var (path, asked, reason) in ((string, string, string)[])
            [("/", "2199-01-01", "Must not be in the future"), ("/", "2020-01-01", "Nothing was known yet"), ("/", "then", "Must be a day"), ("/unpriced", "then", "Must be a day"), ("/closing", "then", "Must be a day")])
        {
            await dashboard.GoAsync(page, $"{path}?knownOn={asked}");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(reason);
        }
    }

    [Fact]
    public async Task What_lacked_a_rate_on_a_day_and_where_months_stood_is_shown_without_doing_anything_about_it()
    {
        var used = Now.AddDays(-20);
        await using var dashboard = await Dashboard.StartAsync(opened: Now.AddDays(-40));
        await dashboard.RecordAtAsync(used, new("chat", Approach.PromptEngineering, "test", "unheard-of", 40, 0, used));
        await dashboard.PublishAsync("test/unheard-of", "input-tokens", 1);

        var page = await dashboard.OpenAsync("/unpriced");
        await Expect(page.GetByText("Everything has a rate.")).ToBeVisibleAsync();
        var day = used.AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await dashboard.GoAsync(page, $"/unpriced?knownOn={day}");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "test/unheard-of" })).ToContainTextAsync("40 tokens");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Publish a rate" })).ToHaveCountAsync(0);

        await dashboard.GoAsync(page, $"/closing?knownOn={day}");
        var month = BillingPeriod.Of(DateOnly.FromDateTime(used));
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = month.Start.ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture) })).ToContainTextAsync("$0.00");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Close" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "back to now" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = month.Start.ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture) })).ToContainTextAsync("$40.00");
    }

    private static string Name => Last.Start.ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture);

    private static object Used(long tokens) => Dashboard.Tokens("chat", tokens, usedAt: Last.Start.AddDays(14).ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc));

    /// <summary>Of a month; others may name it where they correct it.</summary>
    private static ILocator Row(IPage page, string month) => page.GetByRole(AriaRole.Row, new() { NameRegex = new($"^{month}") });

    private static ILocator Card(IPage page) => page.Locator("dl > div").Filter(new() { HasText = "Spent" }).First;

    private static async Task AssertSumsAsync(IPage page, params string[] sums)
    {
        var rows = page.GetByRole(AriaRole.Region, new() { Name = "How the total moved" }).GetByRole(AriaRole.Cell);
        await Expect(rows).ToHaveTextAsync(sums);
    }
}
