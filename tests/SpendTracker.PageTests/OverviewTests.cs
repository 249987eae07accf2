using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class OverviewTests
{
    [Fact]
    public async Task The_numbers_are_what_was_recorded()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 2.5m, 1_000_000);
        await dashboard.PublishAsync("test/large", "output-tokens", 10, 1_000_000);
        await dashboard.RegisterAsync("support-chat", "Support chat", "Service");
        await dashboard.EstimateAsync("support-chat", 1_000);
        await dashboard.RecordAsync(Dashboard.Tokens("support-chat", 400_000_000, 20_000_000), Dashboard.Tokens("nobodys", 1_000));
        var page = await dashboard.OpenAsync("/");

        // 400 M × $2.50 + 20 M × $10 = $1,200; 1,000 × $2.50 ÷ 1 M = $0.0025.
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$1,200.00");
        await Expect(Card(page, "Month end")).ToContainTextAsync("estimate of $1,000.00");
        await Expect(page.GetByText("$1,200.00 spent in ")).ToBeVisibleAsync();
        await Expect(Card(page, "Budget")).ToContainTextAsync("None");
        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("Nothing missing");
        await Expect(Row(page, "Service")).ToContainTextAsync("$1,200.00");
        await Expect(Row(page, "Support chat")).ToContainTextAsync("$1,000.00");
        await Expect(Row(page, "nobodys")).ToContainTextAsync("unregistered");
        await Expect(Row(page, "nobodys")).ToContainTextAsync("< $0.01");
        await Expect(Row(page, "Total")).ToContainTextAsync("$1,200.00");
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "which has $1,200.00 against an estimate of $1,000.00" })).ToBeVisibleAsync();

        await page.GetByText("As a table").Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = Dashboard.MonthName })).ToContainTextAsync("$1,200.00");

        // Each number leads to its parts: all costs by team, of a team by workload, of a workload by component, and then to its events.
        await Card(page, "Spent to date").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Costs", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Service", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Support chat", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Usage", Exact = true }).First.ClickAsync();
        await Expect(page.GetByText("1 event, sum $1,200.00, which is the number above")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_variance_of_a_month_that_runs_is_that_to_date_and_says_so_and_of_one_that_is_over_that_of_the_whole()
    {
        await using var dashboard = await Dashboard.StartAsync(opened: DateTimeOffset.UtcNow.AddMonths(-3));
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        var month = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow));
        foreach (var (of, used) in ((BillingPeriod, DateTime)[])[(month, DateTime.UtcNow), (month.Previous, month.Previous.Start.ToDateTime(new(12, 0), DateTimeKind.Utc))])
        {
            await dashboard.EstimateAsync("chat", 1_000, $"{of}");
            await dashboard.RecordAsync(Dashboard.Tokens("chat", 1_200, usedAt: used));
        }

        // So much of the month has passed, to a tenth of a day; on the first day's first hours nothing can be compared.
        var now = DateTime.UtcNow;
        Assert.SkipWhen(now.Day == 1 && now.Hour < 3, "The month has hardly begun.");
        var page = await dashboard.OpenAsync("/");
        var words = await Card(page, "Spent to date").InnerTextAsync();
        var days = decimal.Parse(Regex.Match(words, "the estimate for ([0-9.]+) of").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(days, (decimal)(now - month.Start.ToDateTime(TimeOnly.MinValue)).TotalDays - 0.1m, (decimal)(DateTime.UtcNow - month.Start.ToDateTime(TimeOnly.MinValue)).TotalDays);
        var expected = 1_000 * days / DateTime.DaysInMonth(month.Year, month.Month);
        var over = string.Create(CultureInfo.InvariantCulture, $"${1_200 - expected:#,0.00} over");
        Assert.Contains(over, words, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{(1_200 - expected) / expected * 100:#,0.0} % above ${expected:#,0.00}, the estimate for {days} of {DateTime.DaysInMonth(month.Year, month.Month)} days"), words, StringComparison.Ordinal);
        await Expect(page.GetByText($"for {days.ToString(CultureInfo.InvariantCulture)} of {DateTime.DaysInMonth(month.Year, month.Month)} days").Last).ToBeVisibleAsync();
        await Expect(Row(page, "chat")).ToContainTextAsync(over);
        await Expect(Row(page, "Total")).ToContainTextAsync(over);

        await dashboard.GoAsync(page, $"/?month={month.Previous}");
        await Expect(Card(page, "Spent")).ToContainTextAsync("$200.00 over");
        await Expect(Card(page, "Spent")).ToContainTextAsync("20.0 % above the estimate");
        await Expect(Row(page, "chat")).ToContainTextAsync("$200.00 over");
    }

    [Fact]
    public async Task A_number_leads_to_the_events_that_it_is_the_sum_of()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "output-tokens", 0.3m);
        await dashboard.RecordAsync(
            Dashboard.Tokens("chat", 5, 1, id: "first"), Dashboard.Tokens("chat", 5, 2, variant: "few-shot/v3"), Dashboard.Tokens("chat", 5, 4, "test/small"), Dashboard.Tokens("other", 5, 8));
        var page = await dashboard.OpenAsync("/");

        await page.GetByRole(AriaRole.Button, new() { Name = "chat" }).ClickAsync();
        await Row(page, "test/large output-tokens").GetByRole(AriaRole.Link, new() { Name = "$0.90" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What the number is made of" })).ToContainTextAsync("3 tokens");
        await Expect(page.GetByText("2 events, sum $0.90, which is the number above")).ToBeVisibleAsync();
        await Expect(page.GetByText("1 output-token", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("2 output-tokens")).ToBeVisibleAsync();
        await Expect(page.GetByText("4 output-tokens")).ToHaveCountAsync(0);

        await page.GetByText("1 output-token", new() { Exact = true }).ClickAsync();
        await page.GetByText("Technical").Last.ClickAsync();
        await Expect(page.GetByText("\"outputTokens\": 1,")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Definition).Filter(new() { HasText = "first" })).ToBeVisibleAsync();
        await Expect(Row(page, "test/large output-tokens 1 token $0.30 a token from 2020-01-01, test")).ToContainTextAsync("$0.30");
        await Expect(Row(page, "(not in this number) test/large input-tokens 5 tokens no rate unpriced")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Usage_that_is_priced_incompletely_is_marked_on_every_page_that_shows_its_cost()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var usage = JsonSerializer.SerializeToNode(Dashboard.Tokens("chat", 2_000_000, sku: "test/sound"))!.AsObject();
        usage["audioInputTokens"] = 1_500_000;
        await dashboard.RecordAsync(usage);
        await dashboard.PostAsync("rates", new
        {
            sku = "test/sound", effectiveFrom = $"{Dashboard.Month}-01", currency = "USD", source = "a list", prices = new[] { new { meter = "input-tokens", price = 1, per = 1_000_000 } },
            notCarried = new[] { new { meter = "audio-input-tokens" } },
        });
        var page = await dashboard.OpenAsync("/");

        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("1.5 M tokens");
        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("priced incompletely");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$2.00");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("some of it priced incompletely");
        await Expect(Row(page, "Total")).ToContainTextAsync("1.5 M tokens incomplete");
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "test/sound" }).GetByRole(AriaRole.Link, new() { Name = "chat" }).ClickAsync();
        await Expect(page.GetByText("Priced incompletely: 1.5 M tokens")).ToBeVisibleAsync();
        await Expect(page.GetByText("charged as input-tokens, incomplete")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/unpriced");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "1.5 M tokens priced incompletely" })).ToBeVisibleAsync();
        await dashboard.GoAsync(page, $"/closing?month={Dashboard.Month}");
        await Expect(page.GetByText("1.5 M tokens priced incompletely.")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/price-book?search=test/sound");
        await Expect(page.GetByText("has other prices for audio-input-tokens")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Unpriced_usage_is_never_nothing_and_gets_its_price_without_loading_the_page_again()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 1_500_000, sku: "test/new"), new
        {
            type = "labour_recorded", workload = "chat", approach = "prompt-engineering", role = "owl", hours = 14, activity = "evaluation", workedAt = DateTime.UtcNow,
        });
        var page = await dashboard.OpenAsync("/");

        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("2 meters");
        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("1.5 M tokens, 14 hours");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("Not priced yet");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Publish a rate, or say what it is priced as" })).ToBeVisibleAsync();
        await Expect(page.GetByText("$0.00").And(page.GetByRole(AriaRole.Link))).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "test/new" }).GetByRole(AriaRole.Link, new() { Name = "chat" }).ClickAsync();
        await Expect(page.GetByText("1,500,000 input-tokens")).ToBeVisibleAsync();
        await Expect(page.GetByText("Without a rate: 1.5 M tokens")).ToBeVisibleAsync();
        await page.GoBackAsync();

        await StayAsync(page);
        await dashboard.PublishAsync("test/new", "input-tokens", 2, 1_000_000);
        await dashboard.PublishAsync("labour/owl", "labour-hours", 50);
        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("Nothing missing");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$703.00");
        await AssertStayedAsync(page);
    }

    [Fact]
    public async Task The_page_follows_usage_as_it_arrives_and_keeps_what_is_open()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        var page = await dashboard.OpenAsync("/");
        await page.GetByRole(AriaRole.Button, new() { Name = "chat" }).ClickAsync();
        await Expect(Row(page, "test/large input-tokens 10 tokens")).ToBeVisibleAsync();
        await StayAsync(page);

        for (var i = 1; i <= 3; i++)
        {
            await dashboard.RecordAsync(Dashboard.Tokens("chat", 10), Dashboard.Tokens("larger", 1_000));
            await Expect(Card(page, "Spent to date")).ToContainTextAsync($"${10 + (1_010 * i):#,0}.00");
        }

        await Expect(Row(page, "test/large input-tokens 40 tokens")).ToContainTextAsync("$40.00");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "chat" })).ToHaveAttributeAsync("aria-expanded", "true");
        await AssertStayedAsync(page);
    }

    [Fact]
    public async Task An_empty_month_explains_how_to_record_a_bad_one_how_to_write_it_and_another_is_a_click_away()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = $"Nothing was recorded for {Dashboard.MonthName}" })).ToBeVisibleAsync();
        await Expect(page.GetByText($"curl {dashboard.Address}/api/v1/usage")).ToBeVisibleAsync();

        foreach (var (path, text) in ((string, string)[])[("/?month=2026-13", "“2026-13” is not a month"), ("/events?workload=chat&month=soon", "The month cannot be asked for"), ("/events?workload=chat&month=2026-11&approach=magic", "The approach cannot be asked for")])
        {
            await dashboard.GoAsync(page, path);
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(text);
        }

        await dashboard.GoAsync(page, "/?month=2026-03");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "March 2026", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Previous month" }).ClickAsync();
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/?month=2026-02");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "February 2026", Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Choose a month" }).SelectOptionAsync(Dashboard.Month);
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/?month={Dashboard.Month}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Dashboard.MonthName, Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_month_downloads_as_csv()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        var page = await dashboard.OpenAsync("/");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV file of costs by workload and component" }).ClickAsync());
        Assert.Contains($"{Dashboard.Month},chat,usage,10,", await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Leaves a mark that would be gone if the page were loaded again.</summary>
    private static async Task StayAsync(IPage page) => await page.EvaluateAsync("window.stayed = true");

    private static async Task AssertStayedAsync(IPage page) => Assert.True(await page.EvaluateAsync<bool>("window.stayed === true"));
}
