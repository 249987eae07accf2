using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class BudgetTests
{
    [Fact]
    public async Task A_budget_set_on_the_page_says_first_what_it_would_mean_and_follows_what_is_spent_until_it_is_exceeded_and_acknowledged()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 90), Dashboard.Tokens("other", 5));
        var page = await dashboard.OpenAsync("/budgets");
        await Expect(page.GetByText("There is no budget yet.")).ToBeVisibleAsync();

        await Button(page, "Set a budget").ClickAsync();
        await FillAsync(page, "Name", "Chat");
        await FillAsync(page, "Amount for each period, unless every month has its own", "much");
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Amount: Must be a number like 2.50.");
        await FillAsync(page, "Amount for each period, unless every month has its own", "100");
        await Button(page, "Narrow the scope").ClickAsync();
        var scope = page.GetByRole(AriaRole.Group, new() { Name = "Scope 1" });
        await scope.GetByLabel("Only what has").SelectOptionAsync("workload");
        await scope.GetByLabel("Value").FillAsync("chat");
        await Expect(Button(page, "80 % spent")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByText("Paste months from Excel").ClickAsync();
        await page.GetByLabel("One column or row of amounts").FillAsync("100\nmuch");
        await Button(page, "Use these months").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "“much” is not an amount." })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What it would be now" })).ToContainTextAsync("Spent$90.00 Limit$100.00"); // Beside the form, before anything is checked.
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByText($"In {Dashboard.MonthName}: $90.00 spent of $100.00")).ToBeVisibleAsync();
        await Expect(page.GetByText("Spent: 80 % of the limit – it is at $90.00")).ToBeVisibleAsync();
        await Button(page, "Set the budget").ClickAsync();
        await Expect(Row(page, "Chat")).ToContainTextAsync("$90.00");
        await Expect(Row(page, "Chat")).ToContainTextAsync("90 %");

        await dashboard.RecordAsync(Dashboard.Tokens("chat", 30), Dashboard.Tokens("other", 500));
        await Expect(Row(page, "Chat")).ToContainTextAsync("$120.00");
        await Expect(Row(page, "Chat")).ToContainTextAsync("Exceeded");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chat", Exact = true }).ClickAsync();
        await Expect(Card(page, "Overspent")).ToContainTextAsync("$20.00");
        await Expect(Row(page, "Spent: 100 % of the limit $100.00 $120.00")).ToContainTextAsync("Reached");
        await page.GetByText("As a table").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Spent and forecast by day" }).GetByRole(AriaRole.Row, new() { Name = DateTime.UtcNow.ToString("yyyy-MM-dd") })).ToContainTextAsync("$120.00");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new(@"event 1 of chat$") }).First).ToHaveAttributeAsync("href", new System.Text.RegularExpressions.Regex("^/events\\?id="));

        await page.GetByRole(AriaRole.Row).Filter(new() { HasText = "100 % of the limit, reached with" }).First.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByText("Nobody: no channel is named.")).ToBeVisibleAsync();
        await FillAsync(page, "Note", "Asked for more");
        await Button(page, "Acknowledge it").ClickAsync();
        await Button(page, "Acknowledge").ClickAsync();
        await Expect(page.GetByText(": “Asked for more”")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Alerts") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Open alerts" }).GetByRole(AriaRole.Row).Filter(new() { HasText = "100 % of the limit" })).ToContainTextAsync("acknowledged by");
    }

    [Fact]
    public async Task A_budget_shows_who_changed_it_what_earlier_periods_spent_and_why_it_cannot_be_trusted_and_is_removed_with_a_reason()
    {
        await using var dashboard = await Dashboard.StartAsync(opened: DateTimeOffset.UtcNow.AddMonths(-3));
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        var before = DateTime.UtcNow.AddDays(-DateTime.UtcNow.Day);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 70, usedAt: before), Dashboard.Tokens("chat", 10), Dashboard.Tokens("chat", 10, sku: "test/new"));
        await dashboard.SetBudgetAsync("chat", "Chat", 50, from: before.ToString("yyyy-MM"));
        await dashboard.SetBudgetAsync("yen", "Yen", 50, currency: "JPY");
        var page = await dashboard.OpenAsync("/budgets");
        await Expect(Row(page, "Yen")).ToContainTextAsync("No exchange rate into JPY");
        await Expect(Row(page, "Cannot be trusted 10 tokens have no rate")).ToContainTextAsync("Chat");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chat", Exact = true }).ClickAsync();
        await Expect(Row(page, $"{before:MMMM yyyy} $50.00 $70.00")).ToContainTextAsync("$20.00 over");

        await Button(page, "Change it").ClickAsync();
        await FillAsync(page, "Amount for each period, unless every month has its own", "60");
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByText("$10.00 spent of $60.00")).ToBeVisibleAsync();
        await Button(page, "Change the budget").ClickAsync();
        await Expect(page.GetByText("changed the amount from $50.00 to $60.00")).ToBeVisibleAsync();
        await Expect(Card(page, "Limit")).ToContainTextAsync("$60.00");
        await Button(page, "Remove it").ClickAsync();
        await FillAsync(page, "Why", "Project ended");
        await Button(page, "Check").ClickAsync();
        await Button(page, "Remove the budget").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("“Project ended”");
        await dashboard.GoAsync(page, "/budgets");
        await Expect(Row(page, "Yen")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Chat", Exact = true })).ToHaveCountAsync(0);

        await dashboard.WriteForeignAsync("budget_set", "{}", stream: "budget/yen");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("“yen” is not watched, and raises no alert. Stream 'budget/yen' holds an event that cannot be read here");
        await Expect(Row(page, "Cannot be trusted It is not watched")).ToContainTextAsync("Yen");
        await page.GetByRole(AriaRole.Link, new() { Name = "Yen", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("See what was set aside");
    }

    [Fact]
    public async Task The_overview_names_the_budgets_that_are_exceeded_in_the_month_it_shows_and_no_others()
    {
        await using var dashboard = await Dashboard.StartAsync(opened: DateTimeOffset.UtcNow.AddMonths(-5));
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        var month = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow));
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 90), Dashboard.Tokens("other", 5), Dashboard.Tokens("chat", 70, usedAt: month.Previous.Start.ToDateTime(new(12, 0), DateTimeKind.Utc)));
        await dashboard.SetBudgetAsync("chat", "Chat <all>", 50, new { workload = new[] { "chat" } }, from: $"{month}");
        await dashboard.SetBudgetAsync("long", "Longer", 60, new { workload = new[] { "chat" } }, from: $"{month.Previous}");
        await dashboard.SetBudgetAsync("enough", "Enough", 5_000);
        var page = await dashboard.OpenAsync("/budgets");
        await Expect(Row(page, "Longer")).ToContainTextAsync("Exceeded");
        await Expect(Row(page, "Chat <all>")).ToContainTextAsync("Exceeded");

        await dashboard.GoAsync(page, "/");
        var (name, before) = (Dashboard.MonthName, $"{month.Previous.Start:MMMM yyyy}");
        await Expect(page.GetByText("is exceeded in")).ToHaveTextAsync([$"Chat <all> is exceeded in {name}: $90.00 of $50.00 (180 %).", $"Longer is exceeded in {name}: $90.00 of $60.00 (150 %)."]);
        await dashboard.GoAsync(page, $"/?month={month.Previous}");
        await Expect(page.GetByText("is exceeded in")).ToHaveTextAsync([$"Longer is exceeded in {before}: $70.00 of $60.00 (117 %)."]);
        await dashboard.GoAsync(page, $"/?month={month.Previous.Previous}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing was recorded" })).ToBeVisibleAsync();
        await Expect(page.GetByText("exceeded")).ToHaveCountAsync(0);

        await dashboard.GoAsync(page, "/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chat <all>" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/budgets/chat");
    }

    [Fact]
    public async Task A_viewer_reads_budgets_alerts_and_unusual_days_and_changes_nothing_and_only_administrators_see_channels()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var day = new AnomalyDetected(
            "search", new(2026, 11, 21), AnomalyKind.Spike, "USD", 90, 8, 1, 14, 12, new AnomalyCauses(10, 60, 20, 0, 0), [new AnomalyPart("test/large", "input-tokens", 90, 10)]);
        await dashboard.DetectAsync(Guid.NewGuid(), day); // Of a workload that the watch does not know, or it would clear it.
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 90));
        await dashboard.SetBudgetAsync("chat", "Chat", 50, thresholds: [new { on = "actual", percent = 100 }]);
        await dashboard.SetBudgetAsync("search", "Search", 50, scope: new { team = (string[])["Search"] });
        foreach (var (role, teams, sets, changes, own) in ((Role, string[], int, int, int)[])[(Role.Viewer, [], 0, 0, 0), (Role.Member, [], 0, 0, 0), (Role.Member, ["Search"], 1, 0, 1), (Role.Finance, [], 1, 1, 1)])
        {
            var page = await dashboard.NewPageAsync(new());
            await page.GotoAsync(await dashboard.SignInLinkAsync(role, teams));
            await Expect(page).ToHaveURLAsync($"{dashboard.Address}/");
            await dashboard.GoAsync(page, "/budgets");
            await Expect(Row(page, "Chat the whole organisation")).ToContainTextAsync("Exceeded");
            await Expect(Row(page, "Within Chat: Search team Search")).ToBeVisibleAsync();
            await Expect(Button(page, "Set a budget")).ToHaveCountAsync(sets);
            await dashboard.GoAsync(page, "/budgets/search");
            await Expect(Card(page, "Left")).ToContainTextAsync("$50.00");
            await Expect(Button(page, "Change it")).ToHaveCountAsync(own);
            await dashboard.GoAsync(page, "/budgets/chat");
            await Expect(Card(page, "Overspent")).ToContainTextAsync("$40.00");
            await Expect(Button(page, "Change it")).ToHaveCountAsync(changes);
            await dashboard.GoAsync(page, "/alerts");
            await page.GetByRole(AriaRole.Region, new() { Name = "Open alerts" }).GetByRole(AriaRole.Listitem).GetByRole(AriaRole.Link).First.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Who was told" })).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Form)).ToHaveCountAsync(changes);
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToHaveCountAsync(0);
            await dashboard.GoAsync(page, "/anomalies");
            var unusual = page.GetByRole(AriaRole.Region, new() { Name = "Unusual days that nobody has explained" });
            await Expect(unusual).ToContainTextAsync("Spike: $90.00, usually $8.00");
            await Expect(unusual).ToContainTextAsync("mostly more requests (+$60.00)");
            await unusual.GetByRole(AriaRole.Link).First.ClickAsync();
            await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Causes" })).ToContainTextAsync("+$20.00");
            await Expect(page.GetByRole(AriaRole.Form)).ToHaveCountAsync(changes);
            if (role == Role.Finance)
            {
                await FillAsync(page, "Note", "A load test.");
                await Button(page, "Acknowledge it").ClickAsync();
                await Button(page, "Acknowledge").ClickAsync();
                await Expect(page.GetByText("by Finance: “A load test.”")).ToBeVisibleAsync();
            }

            await dashboard.GoAsync(page, "/channels");
            await Expect(page.GetByText("only administrators see and change them")).ToBeVisibleAsync();
        }
    }

    [Fact]
    public async Task A_channel_is_set_up_tested_changed_without_its_secrets_and_removed()
    {
        const string Secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/channels");
        await Button(page, "Set up a channel").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Form).Locator("input:visible, select:visible")).ToHaveCountAsync(3);
        await FillAsync(page, "Name", "On-call");
        await FillAsync(page, "URL, not shown again", "http://spend.invalid/hook/secret-path");
        await page.GetByText("Schedule", new() { Exact = true }).ClickAsync();
        await FillAsync(page, "Id, for budgets", "ops");
        await page.GetByText("Signing", new() { Exact = true }).ClickAsync();
        await FillAsync(page, "Secret to sign with, not shown again", "short");
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Address secret: Must be whsec_");
        await FillAsync(page, "Secret to sign with, not shown again", Secret);
        await Button(page, "Check").ClickAsync();
        await Button(page, "Send a test").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Preview" }).GetByRole(AriaRole.Status)).ToContainTextAsync("The test failed: The host of spend.invalid is not found");
        await Button(page, "Set up the channel").ClickAsync();
        var card = page.GetByRole(AriaRole.Region, new() { Name = "On-call" });
        await Expect(card).ToContainTextAsync("Webhook to spend.invalid");
        await Button(page, "Test ops").ClickAsync();
        await Expect(card.GetByRole(AriaRole.Status)).ToContainTextAsync("The test failed: The host of spend.invalid is not found");

        await Button(page, "Change ops").ClickAsync();
        await Expect(page.GetByLabel("URL, not shown again")).ToHaveCountAsync(0);
        await page.GetByText("Schedule", new() { Exact = true }).ClickAsync();
        await FillAsync(page, "Quiet from", "22:00");
        await FillAsync(page, "Quiet until", "07:00");
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByText("It keeps its address and secrets.")).ToBeVisibleAsync();
        await Button(page, "Change the channel").ClickAsync();
        await Expect(card).ToContainTextAsync("quiet from 22:00 to 07:00");
        Assert.DoesNotContain("secret-path", await page.ContentAsync(), StringComparison.Ordinal);
        await Button(page, "Remove ops").ClickAsync();
        await FillAsync(page, "Why", "Moved");
        await Button(page, "Check").ClickAsync();
        await Button(page, "Remove the channel").ClickAsync();
        await Expect(page.GetByText("There is no channel yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_channel_without_user_and_password_is_set_up_and_says_how_many_attempts_failed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/channels");
        await Button(page, "Set up a channel").ClickAsync();
        await FillAsync(page, "Name", "Mailing list");
        await page.GetByLabel("Kind").SelectOptionAsync("Email");
        await FillAsync(page, "SMTP server", "spend.invalid");
        await page.GetByLabel("Encrypted (TLS)").UncheckAsync();
        await FillAsync(page, "From", "spend@example.com");
        await FillAsync(page, "To, with commas between", "ops@example.com");
        await Expect(page.GetByLabel("User, if it asks for one")).ToBeEmptyAsync();
        await Button(page, "Check").ClickAsync();
        await Button(page, "Set up the channel").ClickAsync();
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Mailing list" });
        await Expect(card).ToContainTextAsync("to ops@example.com");
        await Button(page, "Test mailing-list").ClickAsync();
        await Expect(card.GetByRole(AriaRole.Status)).ToContainTextAsync("The test failed: The host of spend.invalid:587 is not found");

        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 90));
        await dashboard.SetBudgetAsync("chat", "Chat", 50, thresholds: [new { on = "actual", percent = 100, channels = new[] { "mailing-list" } }]);
        await Expect(card).ToContainTextAsync("to send over it failed");
    }
}
