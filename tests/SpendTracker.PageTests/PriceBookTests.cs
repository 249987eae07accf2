using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class PriceBookTests
{
    [Fact]
    public async Task A_rate_published_from_the_unpriced_page_shows_what_it_changes_first_and_prices_the_past_once_confirmed()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 1_500_000, 400, "test/new"), Dashboard.Tokens("search", 500_000, sku: "test/new"));
        var page = await dashboard.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Choose a month" })).ToBeEnabledAsync(); // A click while the page is drawn anew is lost.
        await page.GetByRole(AriaRole.Link, new() { Name = "Publish a rate, or say what it is priced as" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "2 M tokens without a rate" })).ToBeVisibleAsync();
        await Expect(Row(page, "test/new input-tokens 2,000,000 tokens")).ToContainTextAsync("2 events");
        await Expect(Row(page, "test/new input-tokens").GetByRole(AriaRole.Link, new() { Name = "chat" })).ToHaveAttributeAsync(
            "href", $"/events?workload=chat&month={Dashboard.Month}&sku=test%2Fnew&meter=input-tokens");

        await Button(page, "Publish a rate for test/new input-tokens").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Form).GetByLabel("SKU")).ToHaveValueAsync("test/new");
        await Expect(page.GetByRole(AriaRole.Form).GetByLabel("First day")).ToHaveValueAsync(DateTime.UtcNow.ToString("yyyy-MM-dd"));
        await FillAsync(page, "Price", "much");
        await FillAsync(page, "Source", "contract");
        await Button(page, "Preview").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Price 1 price: Must be a number like 2.50.");
        await FillAsync(page, "Price", "2");
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, $"{Dashboard.Month} Prompt engineering chat unpriced 1,500,400 without a rate $3.00 400 without a rate +$3.00")).ToBeVisibleAsync();
        await Expect(Row(page, "Total unpriced 2,000,400 without a rate $4.00 400 without a rate +$4.00")).ToBeVisibleAsync();
        var other = await dashboard.OpenAsync("/");
        await Expect(Card(other, "Spent to date")).ToContainTextAsync("Not priced yet");

        await Button(page, "Publish the rate").ClickAsync();
        await Expect(page.GetByText("Published. What it covers is priced now")).ToBeVisibleAsync();
        await Expect(Row(page, "test/new input-tokens")).ToHaveCountAsync(0);
        await Expect(Row(page, "test/new output-tokens 400 tokens")).ToBeVisibleAsync();
        await Expect(Card(other, "Spent to date")).ToContainTextAsync("$4.00");
    }

    [Fact]
    public async Task An_alias_prices_what_was_reported_under_another_name_and_shows_its_place_among_the_rules()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 2);
        await dashboard.PostAsync("aliases", new { model = "azure/our-*", sku = "test/large" });
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10, sku: "test/large-2026-01-01"));
        var page = await dashboard.OpenAsync("/unpriced");

        await Button(page, "Add an alias for test/large-2026-01-01 input-tokens").ClickAsync();
        await FillAsync(page, "Priced as", "test/large-2026-01-01");
        await Button(page, "Preview").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Must be another name than the model's.");
        await FillAsync(page, "Priced as", "test/large");
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, "chat unpriced 10 without a rate $20.00 +$20.00")).ToBeVisibleAsync();
        await Button(page, "Add the alias").ClickAsync();
        await Expect(page.GetByText("Everything has a rate.")).ToBeVisibleAsync();

        await dashboard.GoAsync(page, "/price-book?show=aliases");
        await Expect(Row(page, "1 test/large-2026-01-01 test/large")).ToBeVisibleAsync();
        await Expect(Row(page, "2 azure/our-* test/large")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$20.00");
    }

    [Fact]
    public async Task A_withdrawn_rate_gives_way_to_the_former_one_and_stays_in_the_book_with_who_and_why()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 2);
        await dashboard.PublishAsync("test/large", "input-tokens", 5);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        var page = await dashboard.OpenAsync("/price-book");
        await page.GetByLabel("SKU contains").FillAsync("EST/large");
        await Button(page, "Search").ClickAsync();
        await Expect(page.GetByText("1 to 1 of 1 SKU")).ToBeVisibleAsync();
        await Expect(Row(page, "$2.00 a token")).ToContainTextAsync("Superseded by a later publication");
        await Expect(Row(page, "$5.00 a token")).ToContainTextAsync("holds today");

        await Row(page, "$5.00 a token").GetByRole(AriaRole.Button, new() { Name = "More for" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw…" }).ClickAsync();
        await FillAsync(page, "Why", "It was for another model");
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, $"{Dashboard.Month} Prompt engineering chat $50.00 $20.00 −$30.00")).ToBeVisibleAsync();
        await Button(page, "Withdraw it").ClickAsync();
        await Expect(Row(page, "$5.00 a token")).ToContainTextAsync(": It was for another model");
        await Expect(Row(page, "$5.00 a token").GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(Row(page, "$2.00 a token")).ToContainTextAsync("holds today");
        await dashboard.GoAsync(page, "/");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$20.00");

        // The same SKU from a file: first the difference, of which only what is checked is published.
        await dashboard.GoAsync(page, "/price-book?show=import");
        await page.GetByLabel("Prices hold from").FillAsync($"{Dashboard.Month}-01");
        await page.GetByLabel("Prices hold from").BlurAsync();
        await page.GetByLabel("File").SetInputFilesAsync(new FilePayload { Name = "list.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("sku,meter,price,per\ntest/large,input-tokens,2.2,1\ntest/unwanted,input-tokens,1,1\n") });
        await Expect(Row(page, "test/large changed input-tokens $2.00 → $2.20 (+10 %) a token")).ToBeVisibleAsync();
        await page.GetByLabel("Publish test/unwanted").UncheckAsync();
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, "Total $20.00 $22.00 +$2.00")).ToBeVisibleAsync();
        await Button(page, "Publish prices of 1 SKU").ClickAsync();
        await Expect(page.GetByText("Prices of 1 SKU hold from")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/price-book?search=test/");
        await Expect(Row(page, "$2.20 a token")).ToContainTextAsync("holds today");
        await Expect(page.GetByText("test/unwanted")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task An_amount_without_an_exchange_rate_is_shown_in_its_own_currency_until_one_is_published()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(new
        {
            type = "charge_recorded", workload = "chat", approach = "hybrid", component = "infrastructure", amount = 10, currency = "EUR", chargedAt = DateTime.UtcNow,
        });
        var page = await dashboard.OpenAsync("/");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("Not priced yet");
        await Expect(Card(page, "Not in the totals")).ToContainTextAsync("€10.00");
        await Expect(Row(page, "chat").GetByRole(AriaRole.Link)).ToHaveTextAsync("€10.00 unconverted");
        await page.GetByRole(AriaRole.Button, new() { Name = "chat" }).ClickAsync();
        await Expect(Row(page, "charge/EUR amount €10.00 €10.00 unconverted")).ToBeVisibleAsync();
        await page.GetByText("As a table").Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = Dashboard.MonthName })).ToContainTextAsync("€10.00 unconverted");
        await Expect(page.GetByText("$0.00").And(page.GetByRole(AriaRole.Link))).ToHaveCountAsync(0);
        await Expect(page.GetByText("€10.00 has no exchange rate, so it is not in the amounts.")).ToBeVisibleAsync();
        await Row(page, "charge/EUR amount €10.00 €10.00 unconverted").GetByRole(AriaRole.Link).First.ClickAsync();
        await page.Locator(".events summary").First.ClickAsync();
        await Expect(page.GetByText("as charged, no exchange rate").First).ToBeVisibleAsync();
        await dashboard.GoAsync(page, $"/explain?month={Dashboard.Month}");
        await Expect(Row(page, "chat €10.00 unconverted charge/EUR amount €10.00 1")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/");

        await page.GetByRole(AriaRole.Link, new() { Name = "Publish an exchange rate" }).ClickAsync();
        await Button(page, "Publish an exchange rate for EUR").ClickAsync();
        await FillAsync(page, "USD for one", "1.25");
        await FillAsync(page, "Source", "central bank");
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, "chat €10.00 unconverted $12.50 +$12.50")).ToBeVisibleAsync();
        await Button(page, "Publish the exchange rate").ClickAsync();
        await Expect(page.GetByText("Everything has a rate.")).ToBeVisibleAsync();
        await dashboard.GoAsync(page, "/");
        await Expect(Card(page, "Spent to date")).ToContainTextAsync("$12.50");
    }

    [Fact]
    public async Task A_discount_comes_off_the_list_price_and_what_providers_report_is_compared()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(new
        {
            type = "token_usage_recorded", workload = "chat", approach = "prompt-engineering", provider = "test", model = "large", inputTokens = 10, outputTokens = 0,
            usedAt = DateTime.UtcNow, reportedCost = 8, reportedCurrency = "USD",
        });
        var page = await dashboard.OpenAsync("/price-book");
        await Expect(page.GetByLabel("SKU contains")).ToBeEnabledAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "What providers report" }).ClickAsync();
        await Expect(Row(page, "chat test/large $8.00 $10.00 +$2.00 (+25.0 %) 100 % more than 2 % apart")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Discounts" }).ClickAsync();
        await Button(page, "Publish a discount").ClickAsync();
        await FillAsync(page, "SKU, or the beginning of SKUs and a star", "test/*");
        await FillAsync(page, "Per cent off the list price", "20");
        await FillAsync(page, "First day", "2026-01-01");
        await FillAsync(page, "Source", "contract");
        await Button(page, "Preview").ClickAsync();
        await Expect(Row(page, "Total $10.00 $8.00 −$2.00")).ToBeVisibleAsync();
        await Button(page, "Publish the discount").ClickAsync();
        await Expect(Row(page, "test/* 20 % 2026-01-01 no end contract")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "What providers report" }).ClickAsync();
        await Expect(Row(page, "chat test/large $8.00 $8.00 – (0.0 %) 100 % within 2 %")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_rate_with_a_last_day_shows_it_and_holds_no_longer_after_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 2);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        var page = await dashboard.OpenAsync("/price-book?search=test/large");
        await Button(page, "Publish a rate").ClickAsync();
        await FillAsync(page, "SKU", "test/large");
        await FillAsync(page, "First day", "2020-01-01");
        await FillAsync(page, "Last day, if it ends", "2019-12-31");
        await FillAsync(page, "Source", "contract");
        await FillAsync(page, "Price", "0.5");
        await page.GetByLabel("Whose price").SelectOptionAsync("Negotiated with us");
        await Button(page, "Preview").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Must not be before");
        await FillAsync(page, "Last day, if it ends", "2020-12-31");
        await Button(page, "Preview").ClickAsync();
        await Expect(page.GetByText("Nothing recorded so far costs another amount by this")).ToBeVisibleAsync();
        await Button(page, "Publish the rate").ClickAsync();

        await Expect(Row(page, "2020-01-01 to 2020-12-31 Negotiated")).Not.ToContainTextAsync("holds today");
        await Expect(Row(page, "$2.00 a token")).ToContainTextAsync("holds today");
    }

    [Fact]
    public async Task A_viewer_reads_the_book_and_cannot_change_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10, sku: "test/new"));
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(await dashboard.SignInLinkAsync());
        await Expect(page).ToHaveURLAsync($"{dashboard.Address}/");
        await dashboard.GoAsync(page, "/price-book");
        await Expect(page.GetByLabel("SKU contains")).ToBeEnabledAsync(); // Before, the page is drawn a second time, and for a moment without anything.
        foreach (var (link, text) in ((string, string)[])[("Rates", "anthropic/claude-opus-4-8"), ("Aliases", "The first rule that fits holds"), ("Not in the totals", "test/new"), ("Price book", "anthropic/claude-opus-4-8")])
        {
            await page.GetByRole(AriaRole.Link, new() { NameRegex = new($"^{link}( [0-9]+)?$") }).ClickAsync(); // With a count, or not yet.
            await Expect(page.GetByText(text).First).ToBeVisibleAsync();
            await Expect(page.GetByRole(AriaRole.Button, new() { NameRegex = new("Publish|Withdraw|Add") })).ToHaveCountAsync(0);
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "SKUs after" }).ClickAsync();
        await Expect(page.GetByText(new Regex("^51 to 100 of 3[0-9][0-9] SKUs"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "SKUs before" }).ClickAsync();
        await Expect(page.GetByText("1 to 50 of")).ToBeVisibleAsync();
    }
}
