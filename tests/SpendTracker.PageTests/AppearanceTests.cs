using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using SpendTracker.Contracts;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class AppearanceTests(AppearanceTests.Extremes extremes) : IClassFixture<AppearanceTests.Extremes>
{
    private static readonly Guid Unusual = Guid.Parse("5f8c1e04-0d1b-4a57-9a1f-0a8a3c1d2e3f");

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

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

    /// <summary>Each state is opened once: read in light at 1280 pixels, then in dark at 390, and then made as narrow as 320.</summary>
    [Theory]
    [InlineData("overview")]
    [InlineData("events and months")]
    [InlineData("costs")]
    [InlineData("budgets")]
    [InlineData("setup")]
    [InlineData("plans and prices")]
    public async Task No_rule_of_axe_is_broken_in_light_or_dark_and_nothing_sticks_out_of_a_phone(string states)
    {
        var dashboard = await extremes.DashboardAsync();
        var page = await dashboard.NewSignedInPageAsync();
        List<string> faults = [];
        foreach (var (path, open) in States[states])
        {
            await dashboard.GoAsync(page, path);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await Expect(page).ToHaveTitleAsync(new Regex("SpendTracker"));
            await (open?.Invoke(page) ?? Task.CompletedTask);
            faults.AddRange(await BrokenRulesAsync(page, "light, 1280"));

            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            faults.AddRange(await WidthAsync(page, 390));
            faults.AddRange(await BrokenRulesAsync(page, "dark, 390"));
            if (path is "/" or "/closing" or "/closing?step=3" && !await page.EvaluateAsync<bool>("[...document.querySelectorAll('.card.scroll')].every(card => card.scrollWidth <= card.clientWidth)"))
            {
                faults.Add($"A table of {path} is cut off."); // What a person came for is the amounts: they must not lie beyond the edge of their card.
            }

            faults.AddRange(await WidthAsync(page, 320));
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.SetViewportSizeAsync(1280, 900);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static readonly Dictionary<string, (string Path, Func<IPage, Task>? Open)[]> States = new()
    {
        ["overview"] =
        [
            ("/", async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = LongName }).ClickAsync();
                await Expect(page.GetByText("test/enormous").Last).ToBeVisibleAsync();
            }),
            ("/?stack=approach&sort=last", page => page.GetByText("As a table").First.ClickAsync()),
            .. Looked("/?month=2001-01", "/?month=never", "/?knownOn=2199-01-01", "/search?q=tiny", "/no-such-page", "/report", "/operations"),
        ],
        ["events and months"] =
        [
            .. Looked("/events", "/events?workload=tiny"),
            ($"/events?workload={LongName}&month={Dashboard.Month}", async page =>
            {
                await page.GetByText("Look for other events").ClickAsync();
                await page.GetByText("Token usage").First.ClickAsync();
                await page.GetByText("Technical").First.ClickAsync();
            }),
            .. Looked("/set-aside", "/closing", "/closing?step=3", "/explain", "/changes", "/forecast", "/compare", "/compare?workload=tiny"),
        ],
        ["costs"] = Looked("/costs?by=workload&by2=component", "/costs?chart=area&view=pivot", "/costs?chart=share&per=day", "/costs?by=workload&chart=treemap", "/costs?chart=flow", "/costs?chart=heat", "/costs?month=2001-01"),
        ["budgets"] =
        [
            .. Looked("/budgets", "/budgets/nothing", "/budgets/unconverted", "/budgets/later", "/budgets/never", "/alerts", "/anomalies", $"/anomalies/{Unusual}"),
            ("/budgets/enormous", async page =>
            {
                await page.GetByText("As a table").ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Change it" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Narrow the scope" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
            }),
            .. Looked("/channels"),
            ("/channels", async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Set up a channel" }).ClickAsync();
                await Expect(page.GetByRole(AriaRole.Form)).ToBeVisibleAsync();
            }),
        ],
        ["setup"] = Looked("/keys", "/activity", "/people", "/sessions", "/workloads?change=nobody", "/workloads?register=tiny", "/connect", "/connect?workload=tiny&with=python", "/connect?workload=tiny&with=file", "/estimates?history=tiny"),
        ["plans and prices"] =
        [
            .. Looked("/plans", "/plans?preset=enterprise", "/plans?workload=tiny", "/plans/enormous", "/plans/never"),
            .. Looked("/price-book?show=import", "/price-book?show=discounts", "/price-book?show=aliases", "/price-book?show=exchange-rates", "/price-book?show=reported"),
            ("/price-book?search=enormous", async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "More for" }).First.ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw…" }).ClickAsync();
                await page.GetByRole(AriaRole.Button, new() { Name = "Publish a rate" }).ClickAsync();
                await Expect(page.GetByRole(AriaRole.Form)).ToHaveCountAsync(2);
            }),
            ("/not-in-totals", PreviewAsync),
        ],
    };

    private static (string Path, Func<IPage, Task>? Open)[] Looked(params string[] paths) => [.. paths.Select(path => (path, (Func<IPage, Task>?)null))];

    /// <summary>Makes the page so wide, and waits until its charts are drawn anew.</summary>
    /// <returns>What is wrong then.</returns>
    private static async Task<IReadOnlyList<string>> WidthAsync(IPage page, int width)
    {
        await page.SetViewportSizeAsync(width, 844);
        for (var look = 0; look < 100; look++)
        {
            if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width)
            {
                return [];
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return [$"{page.Url} is wider than {width} pixels: {await page.EvaluateAsync<string>($"[...document.querySelectorAll('main *')].filter(part => part.getBoundingClientRect().right > {width}).slice(0, 3).map(part => part.outerHTML.slice(0, 120)).join(' | ')")}"];
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

    /// <summary>All rules that axe has on. Its own call opens two further pages each time, which cost more than the rules do.</summary>
    private static async Task<IEnumerable<string>> BrokenRulesAsync(IPage page, string look)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        var broken = await page.EvaluateAsync<string[]>(
            "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.map(rule => `${rule.id}, ${rule.impact}: ${rule.help} ${rule.nodes.slice(0, 3).map(node => node.html).join(' | ')}`)");
        return broken.Select(rule => $"{page.Url}, {look}: {rule}");
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
