using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class AppearanceTests(AppearanceTests.Extremes extremes) : IClassFixture<AppearanceTests.Extremes>
{
    private static readonly Guid Unusual = Guid.Parse("5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e3f");

    private static readonly string[] PriceBook =
        ["/price-book?search=enormous", "/price-book?show=discounts", "/price-book?show=aliases", "/price-book?show=exchange-rates", "/price-book?show=reported", "/unpriced"];

    private static readonly string[] Budgets = ["/budgets", "/budgets/enormous", "/budgets/nothing", "/budgets/unconverted", "/budgets/later", "/budgets/never", "/alerts", "/channels", "/keys", "/activity", "/people", "/sessions", "/workloads?change=nobody", "/workloads?register=tiny", "/connect", "/connect?workload=tiny&with=python", "/connect?workload=tiny&with=file", "/estimates?history=tiny", "/anomalies", $"/anomalies/{Unusual}"];

    private static readonly string[] Costs =
        ["/costs?by=workload&by2=component", "/costs?chart=area&view=pivot", "/costs?chart=share&per=day", "/costs?by=workload&chart=treemap", "/costs?chart=flow", "/costs?chart=heat", "/costs?month=2001-01", "/?stack=approach&sort=last"];

    private static readonly string[] Plans = ["/plans", "/plans?preset=enterprise", "/plans?workload=tiny", "/plans/enormous", "/plans/never"];

    private static readonly string LongName = $"a-workload-with-a-name-that-goes-on-{new string('x', 60)}";

    [Fact]
    public async Task The_page_follows_the_system_until_somebody_chooses_and_remembers_the_choice()
    {
        var dashboard = await extremes.DashboardAsync();
        var light = await BackgroundAsync(await dashboard.OpenAsync("/"));
        var page = await dashboard.OpenAsync("/", look: ColorScheme.Dark);
        var dark = await BackgroundAsync(page);
        Assert.NotEqual(light, dark);

        await page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        Assert.Equal(light, await BackgroundAsync(page));
        await dashboard.GoAsync(page, "/events");
        Assert.Equal(light, await BackgroundAsync(page));
        await page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        Assert.Equal(dark, await BackgroundAsync(page));
        await page.ReloadAsync();
        Assert.Equal(dark, await BackgroundAsync(page));
    }

    [Fact]
    public async Task Nothing_sticks_out_of_a_phone_however_long_the_names_and_large_the_numbers()
    {
        var dashboard = await extremes.DashboardAsync();
        var page = await dashboard.OpenAsync("/events", width: 390);
        foreach (var path in (string[])["/", $"/events?workload={LongName}&month={Dashboard.Month}", "/events?workload=tiny", "/events", "/?month=2001-01", "/set-aside", "/closing", "/explain", "/changes", "/forecast", .. Costs, "/compare", "/compare?workload=tiny", .. Budgets, .. Plans, .. PriceBook])
        {
            await dashboard.GoAsync(page, path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            if (path == "/")
            {
                await page.GetByRole(AriaRole.Button, new() { Name = LongName }).ClickAsync();
                await Expect(page.GetByText("test/enormous").Last).ToBeVisibleAsync();
            }
            else if (path == "/unpriced")
            {
                await PreviewAsync(page);
            }

            Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= 390, $"{path} is wider than the screen.");
            if (path is "/" or "/closing")
            {
                // What a person came for is the amounts: they must not lie beyond the edge of their card.
                Assert.True(await page.EvaluateAsync<bool>("[...document.querySelectorAll('.card.scroll')].every(card => card.scrollWidth <= card.clientWidth)"), $"A table of {path} is cut off.");
            }
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_serious(ColorScheme look)
    {
        var dashboard = await extremes.DashboardAsync();
        var page = await dashboard.OpenAsync("/", look: look);
        await page.GetByRole(AriaRole.Button, new() { Name = LongName }).ClickAsync();
        await Expect(page.GetByText("test/enormous").Last).ToBeVisibleAsync();
        await page.GetByText("As a table").First.ClickAsync();
        await AssertAccessibleAsync(page);

        foreach (var path in (string[])["/?month=2001-01", "/?month=never", "/events", "/events?workload=tiny", "/set-aside", "/closing", "/explain", "/changes", "/forecast", .. Costs, "/compare", "/compare?workload=tiny", "/?knownOn=2199-01-01", .. Budgets, .. Plans, .. PriceBook])
        {
            await dashboard.GoAsync(page, path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await AssertAccessibleAsync(page);
        }

        await PreviewAsync(page); // The last of them.
        await AssertAccessibleAsync(page);
        await dashboard.GoAsync(page, "/budgets/enormous");
        await page.GetByText("As a table").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change it" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Narrow the scope" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await AssertAccessibleAsync(page);
        await dashboard.GoAsync(page, "/channels");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up a channel" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Form)).ToBeVisibleAsync();
        await AssertAccessibleAsync(page);
        await dashboard.GoAsync(page, "/price-book?search=enormous");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish a rate" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Form)).ToHaveCountAsync(2);
        await AssertAccessibleAsync(page);

        await dashboard.GoAsync(page, $"/events?workload={LongName}&month={Dashboard.Month}");
        await page.GetByText("Look for other events").ClickAsync();
        await page.GetByText("Token usage").First.ClickAsync();
        await page.GetByText("Technical").First.ClickAsync();
        await AssertAccessibleAsync(page);
    }

    /// <summary>On the page of what is unpriced: what an alias would change.</summary>
    private static async Task PreviewAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Add an alias for test/unknown" }).ClickAsync();
        await page.GetByRole(AriaRole.Form).GetByLabel("Priced as").FillAsync("test/enormous");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Add the alias" })).ToBeVisibleAsync();
    }

    private static async Task<string> BackgroundAsync(IPage page)
    {
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        return await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        await Expect(page).ToHaveTitleAsync(new Regex("SpendTracker"));
        var found = (await page.RunAxe()).Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}").ToArray();
        Assert.True(found.Length == 0, $"{page.Url}\n{string.Join('\n', found)}");
    }

    /// <summary>One site for these tests, which only look: long names, a huge number, one without a price, and some of all that a price book has.</summary>
    public sealed class Extremes : IAsyncDisposable
    {
        private Dashboard? _dashboard;

        public async Task<Dashboard> DashboardAsync()
        {
            if (_dashboard is null)
            {
                _dashboard = await Dashboard.StartAsync();
                await _dashboard.PublishAsync("test/enormous", "input-tokens", 1_000);
                await _dashboard.RecordAsync(Dashboard.Tokens(LongName, 999_999_999_999, sku: "test/enormous"), Dashboard.Tokens("tiny", 1, sku: "test/unknown"), Dashboard.Tokens("tiny", 2, id: "wrong"));
                await _dashboard.CorrectAsync("wrong", new string('r', 1_000), Dashboard.Tokens("tiny", 3));
                await _dashboard.PublishAsync($"test/{LongName}", "input-tokens", 0);
                await _dashboard.PostAsync("discounts", new { sku = $"test/{LongName}", percent = 99.9999m, effectiveFrom = "2020-01-01", effectiveTo = "2020-12-31", source = LongName });
                await _dashboard.PostAsync("aliases", new { model = $"test/{LongName}-*", sku = $"test/{LongName}", note = LongName });
                await _dashboard.PostAsync("exchange-rates", new { currency = "EUR", effectiveFrom = "2020-01-01", rate = 0.0000000001m, source = LongName });
                await _dashboard.RecordAsync(new
                {
                    type = "token_usage_recorded", workload = LongName, approach = "prompt-engineering", provider = "test", model = "enormous", inputTokens = 1, outputTokens = 0,
                    usedAt = DateTime.UtcNow, reportedCost = 1_000_000_000, reportedCurrency = "JPY",
                });
                await _dashboard.EstimateAsync(LongName, 1_000_000_000);
                await _dashboard.SetBudgetAsync("enormous", LongName, 999_999_999_999.999999m, new { workload = new[] { LongName, "tiny" } }, [new { on = "actual", percent = 80 }, new { on = "actual", amount = 1 }, new { on = "forecast", percent = 100 }, new { on = "unpriced", percent = 0.01 }]);
                await _dashboard.SubmitPlanAsync("enormous", LongName, 1_000_000_000_000);
                await _dashboard.SetBudgetAsync("nothing", "Nothing", 0, new Dictionary<string, string[]> { ["tag.none"] = ["x"] });
                await _dashboard.SetBudgetAsync("unconverted", "Unconverted", 1, currency: "JPY");
                await _dashboard.SetBudgetAsync("later", "Later", 1, from: "2199-01");
                await _dashboard.DetectAsync(Unusual, new(
                    LongName + "y", new(2026, 11, 21), AnomalyKind.Spike, "USD", 999_999_999_999, 0.000001m, 1, 14, 12, new(10, 999_999_999_979, 20, 0, -10),
                    [new(LongName, "input-tokens", 999_999_999_999, 0)]));
                await _dashboard.WriteForeignAsync(new string('y', 300), $$"""{"text": "{{new string('z', 3_000)}}"}""", "'[1]'");
            }

            return _dashboard;
        }

        public ValueTask DisposeAsync() => _dashboard?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
