using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using SpendTracker.Tests;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

/// <summary>
/// What a finance manager wants to know at the end of a month. From the overview, each answer is on the first screen of 1280 × 900, or on that of
/// a page at most two clicks away; on a phone it is on the first two screens of the same page. What is read is compared with what was used, added up here.
/// </summary>
public sealed class NineQuestionTests(NineQuestionTests.Organisation organisation) : IClassFixture<NineQuestionTests.Organisation>
{
    private const decimal Price = 0.01m;
    private const decimal Estimate = 1_700;
    private const decimal Limit = 2_000;
    private const decimal Invoice = 250;
    private const int LateTokens = 700;
    private const int UnheardTokens = 5_100;

    private static readonly DateTime First = new(2026, 4, 1, 8, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Today = new(2026, 6, 20, 8, 0, 0, DateTimeKind.Utc);

    /// <summary>What is used each day, and by how many requests.</summary>
    private static readonly (string Workload, string Approach, int Tokens, int Requests)[] Daily =
        [("chat", "prompt-engineering", 2_000, 40), ("chat", "fine-tuning", 900, 10), ("mail", "hybrid", 3_100, 5)];

    private static decimal OfADay => Daily.Sum(used => used.Tokens * Price);

    private static decimal April => OfADay * 30;

    private static decimal May => (OfADay * 31) + Invoice;

    private static decimal Late => LateTokens * Price;

    private static decimal June => (OfADay * Today.Day) + Late;

    [Fact]
    public async Task What_do_we_spend_this_month_against_estimate_and_budget()
    {
        var page = await organisation.BeginAsync();
        await organisation.ReadAsync(Card(page, "Spent to date"), Dollars(June));
        await organisation.ReadAsync(Card(page, "Month end"), $"the estimate of {Dollars(Estimate)}");
        await organisation.ReadAsync(Card(page, "Budget"), $"{Dollars(June)} of {Dollars(Limit)}");
    }

    [Fact]
    public async Task And_by_approach()
    {
        var page = await organisation.BeginAsync();
        var table = page.GetByRole(AriaRole.Group, new() { Name = "Table: approaches" });
        foreach (var (name, approach) in ((string, string)[])[("Prompt engineering", "prompt-engineering"), ("Fine-tuning", "fine-tuning"), ("Hybrid", "hybrid")])
        {
            var spent = (Daily.Where(used => used.Approach == approach).Sum(used => used.Tokens * Price) * Today.Day) + (approach == "hybrid" ? Late : 0);
            await organisation.ReadAsync(table.GetByRole(AriaRole.Row, new() { Name = name }), Dollars(spent));
        }
    }

    [Fact]
    public async Task Where_will_the_month_end()
    {
        var page = await organisation.BeginAsync();
        var card = Card(page, "Month end");
        await organisation.ReadAsync(card, "$");
        var said = decimal.Parse((await card.GetByRole(AriaRole.Link).First.TextContentAsync())!.Trim('$'), NumberStyles.Number, CultureInfo.InvariantCulture);
        Assert.InRange(said, 0.99m * ((OfADay * 30) + Late), 1.01m * ((OfADay * 30) + Late)); // Each day is like the other.
    }

    [Fact]
    public async Task Which_team_or_workload_drives_it()
    {
        var page = await organisation.BeginAsync();
        var mail = (Daily.Where(used => used.Workload == "mail").Sum(used => used.Tokens * Price) * Today.Day) + Late;
        var drivers = page.GetByRole(AriaRole.List, new() { Name = "Largest" }).GetByRole(AriaRole.Listitem);
        await organisation.ReadAsync(drivers.Filter(new() { HasText = "Team Post" }), Dollars(mail));
        await organisation.ReadAsync(drivers.Filter(new() { HasText = "Workload Mail" }), Dollars(mail));
    }

    [Fact]
    public async Task Why_did_a_closed_month_change()
    {
        var page = await organisation.BeginAsync();
        await organisation.ReadAsync(page.GetByText("corrects a closed month"), Dollars(Late));
        await organisation.ClickAsync(page.GetByText("corrects a closed month").GetByRole(AriaRole.Link, new() { Name = "April 2026" }));
        var sums = page.GetByRole(AriaRole.Region, new() { Name = "How the total moved" });
        await organisation.ReadAsync(sums.GetByRole(AriaRole.Row, new() { Name = "Usage that became known" }), $"+ {Dollars(April + Late)}");
        await organisation.ReadAsync(sums.GetByRole(AriaRole.Row, new() { Name = "Booked in or from other months" }), $"− {Dollars(Late)}");
        await organisation.ReadAsync(sums.GetByRole(AriaRole.Row).Last, Dollars(April));
    }

    [Fact]
    public async Task Why_is_one_month_lower_than_another()
    {
        var page = await organisation.BeginAsync();
        await organisation.ClickAsync(Card(page, "Against May 2026").GetByRole(AriaRole.Link));
        await organisation.ReadAsync(page.GetByText($"June 2026 cost {Dollars(June)}"), $"{Dollars(May - June)} (");
        var steps = page.GetByRole(AriaRole.Region, new() { Name = "Steps from one month to the other" }).Locator("tbody tr:not(.sum)");
        await organisation.ReadAsync(steps.Filter(new() { HasText = "Other" }), $"−{Dollars(Invoice)}");
        await Expect(steps.Filter(new() { HasText = "Corrections" })).ToContainTextAsync($"+{Dollars(Late)}");
    }

    [Fact]
    public async Task Is_fine_tuning_worth_it_for_a_workload()
    {
        var page = await organisation.BeginAsync();
        await organisation.ClickAsync(page.GetByRole(AriaRole.Navigation, new() { Name = "Pages", Exact = true }).GetByRole(AriaRole.Link, new() { Name = "Workloads" }));
        await organisation.ClickAsync(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Chat", Exact = true }));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Compare: Chat" })).ToBeVisibleAsync();
        var advice = await organisation.Site.GetAsync("advice?workload=chat");
        var recommended = advice.GetProperty("recommended").GetString()!.Replace('-', ' ');
        await organisation.ReadAsync(page.GetByText("Recommended:"), recommended == "fine tuning" ? "Fine-tuning" : $"{char.ToUpperInvariant(recommended[0])}{recommended[1..]}");
        var table = page.GetByRole(AriaRole.Region, new() { Name = "Approaches and variants" }).First;
        foreach (var (name, approach) in ((string, string)[])[("Prompt engineering", "prompt-engineering"), ("Fine-tuning", "fine-tuning")])
        {
            var (_, _, tokens, requests) = Daily.Single(used => (used.Workload, used.Approach) == ("chat", approach));
            await organisation.ReadAsync(table.GetByRole(AriaRole.Row, new() { Name = name }).First, Dollars(tokens * Price / requests * 1_000), onPhoneToo: false); // There the answer is above it.
        }
    }

    [Fact]
    public async Task What_is_not_in_the_numbers()
    {
        var page = await organisation.BeginAsync();
        var card = Card(page, "Not in the totals");
        await organisation.ReadAsync(card, "€12.50");
        await organisation.ClickAsync(card.GetByRole(AriaRole.Link).First);
        await organisation.ReadAsync(page.GetByRole(AriaRole.Main).GetByText("test/unheard").First, "test/unheard");
        await organisation.ReadAsync(page.GetByText(UnheardTokens.ToString("#,0 tokens", CultureInfo.InvariantCulture)).First, "tokens");
        await organisation.ReadAsync(page.GetByText("€12.50").First, "€12.50");
    }

    [Fact]
    public async Task A_picture_and_a_workbook_for_the_boss()
    {
        var page = await organisation.BeginAsync();
        await organisation.ClickAsync(page.GetByRole(AriaRole.Navigation, new() { Name = "Pages", Exact = true }).GetByRole(AriaRole.Link, new() { Name = "Month report" }));
        await organisation.ReadAsync(page.GetByText("May 2026 cost"), Dollars(May)); // The last month that is over.
        await organisation.ReadAsync(page.GetByRole(AriaRole.Button, new() { Name = "Print, or save as PDF" }), "Print");
        var download = await page.RunAndWaitForDownloadAsync(() => organisation.ClickAsync(page.GetByRole(AriaRole.Link, new() { Name = "Excel workbook" })));
        await using var workbook = new ZipArchive(File.OpenRead(await download.PathAsync()));
        Assert.Contains(workbook.Entries.Where(entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.Ordinal)), sheet =>
        {
            using var reader = new StreamReader(sheet.Open());
            return reader.ReadToEnd().Contains($"<v>{May.ToString("0.#", CultureInfo.InvariantCulture)}</v>", StringComparison.Ordinal);
        });

        var printed = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4" }));
        Assert.Single(Regex.Matches(printed, @"/Type\s*/Page\b"));
    }

    private static string Dollars(decimal amount) => amount.ToString("$#,0.00", CultureInfo.InvariantCulture);

    /// <summary>Three months of an organisation, the first two closed, and one who looks at them.</summary>
    public sealed class Organisation : IAsyncDisposable
    {
        private const int Height = 900;
        private const int PhoneHeight = 844;

        private Task? _started;
        private Dashboard? _site;
        private IPage? _page;
        private int _clicks;

        public Dashboard Site => _site!;

        /// <summary>The overview.</summary>
        public async Task<IPage> BeginAsync()
        {
            await (_started ??= StartAsync());
            _clicks = 0;
            await _page!.SetViewportSizeAsync(1280, Height);
            await Site.GoAsync(_page, "/");
            return _page;
        }

        /// <summary>On what the screen shows, without scrolling.</summary>
        public async Task ClickAsync(ILocator link)
        {
            await ShowsAsync(link, Height);
            await link.ClickAsync();
            Assert.True(++_clicks <= 2, $"The answer is {_clicks} clicks away.");
        }

        /// <summary>An answer, on the first screen, and on the first two of a phone.</summary>
        public async Task ReadAsync(ILocator answer, string text, bool onPhoneToo = true)
        {
            await Expect(answer).ToContainTextAsync(text);
            await ShowsAsync(answer, Height);
            if (!onPhoneToo)
            {
                return;
            }

            await _page!.SetViewportSizeAsync(390, 2 * PhoneHeight);
            await ShowsAsync(answer, 2 * PhoneHeight);
            await _page.SetViewportSizeAsync(1280, Height);
        }

        /// <summary>Looks for five seconds: a page is drawn anew where its width changes, or something comes later.</summary>
        private static async Task ShowsAsync(ILocator part, int height)
        {
            await Expect(part).ToBeVisibleAsync();
            for (var look = 0; ; look++)
            {
                if (await part.BoundingBoxAsync() is { } box && box.Y >= 0 && box.Y + box.Height <= height)
                {
                    return;
                }

                Assert.True(look < 100, $"{await part.TextContentAsync()} is beyond the first {height} pixels: {(await part.BoundingBoxAsync())?.Y}");
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        public ValueTask DisposeAsync() => _site?.DisposeAsync() ?? ValueTask.CompletedTask;

        private async Task StartAsync()
        {
            var clock = new FixedClock(new DateTime(2026, 6, 5, 12, 0, 0, DateTimeKind.Utc));
            _site = await Dashboard.StartAsync(opened: First, clock: clock);
            await _site.PublishAsync("test/large", "input-tokens", Price);
            await _site.RegisterAsync("chat", "Chat", "Support");
            await _site.RegisterAsync("mail", "Mail", "Post");
            await _site.RecordAsync([.. Enumerable.Range(0, 66).SelectMany(day => Of(First.AddDays(day))), Charge(Invoice, "USD", new DateTime(2026, 5, 15, 8, 0, 0, DateTimeKind.Utc))]);
            await Eventually.Async(async () => (await _site.GetAsync("costs?from=2026-04&to=2026-05")).GetProperty("total").GetProperty("actual").GetDecimal() == April + May);
            foreach (var month in (string[])["2026-04", "2026-05"])
            {
                await _site.PostAsync($"billing-periods/{month}/close", new { reason = "Month end", acceptUnpriced = false, acceptUnconverted = false });
            }

            clock.Now = Today.AddHours(4);
            await _site.RecordAsync(
            [
                .. Enumerable.Range(66, 15).SelectMany(day => Of(First.AddDays(day))), Used("mail", "hybrid", LateTokens, 1, First.AddDays(11)),
                Used("mail", "hybrid", UnheardTokens, 3, new DateTime(2026, 6, 2, 8, 0, 0, DateTimeKind.Utc), "unheard"), Charge(12.5m, "EUR", new DateTime(2026, 6, 3, 8, 0, 0, DateTimeKind.Utc)),
                Evaluated("prompt-engineering", 0.7m), Evaluated("fine-tuning", 0.9m),
            ]);
            await _site.EstimateAsync("chat", Estimate, "2026-06");
            await _site.SetBudgetAsync("all", "All", Limit, from: "2026-06");
            await _site.LinkAgainAsync();
            _page = await _site.NewSignedInPageAsync();
        }

        private static IEnumerable<object> Of(DateTime day) => Daily.Select(used => Used(used.Workload, used.Approach, used.Tokens, used.Requests, day));

        private static object Used(string workload, string approach, int tokens, int requests, DateTime usedAt, string model = "large") =>
            new { type = "token_usage_recorded", workload, approach, provider = "test", model, inputTokens = tokens, outputTokens = 0, requests, usedAt, variant = $"{approach}/v1" };

        private static object Charge(decimal amount, string currency, DateTime chargedAt) =>
            new { type = "charge_recorded", workload = "mail", approach = "hybrid", component = "other", amount, currency, chargedAt };

        private static object Evaluated(string approach, decimal score) =>
            new { type = "evaluation_recorded", workload = "chat", approach, variant = $"{approach}/v1", metric = "accuracy", score, samples = 400, evaluatedAt = Today };
    }
}
