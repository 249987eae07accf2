using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

/// <summary>On a screen of 390 × 844 pixels.</summary>
public sealed class PhoneTests
{
    [Fact]
    public async Task The_head_of_a_page_is_one_line_and_its_menu_leads_everywhere()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var beside = (await dashboard.OpenAsync("/")).GetByRole(AriaRole.Navigation, new() { Name = "Pages", Exact = true }).GetByRole(AriaRole.Link);
        await Expect(beside.Last).ToBeVisibleAsync();
        var links = await beside.CountAsync();
        var page = await dashboard.OpenAsync("/", width: 390);
        foreach (var (link, to) in ((string, string)[])[("Budgets", "/budgets"), ("Events", "/events"), ("Price book", "/price-book")])
        {
            var head = (await page.GetByRole(AriaRole.Banner).BoundingBoxAsync())!;
            Assert.True(head.Height <= 48, $"The head of {page.Url} is {head.Height} pixels high.");

            var menu = page.GetByRole(AriaRole.Navigation, new() { Name = "Pages", Exact = true });
            await Expect(menu).ToBeHiddenAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
            await Expect(menu.GetByRole(AriaRole.Link)).ToHaveCountAsync(links);
            await menu.GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync();
            await Expect(page).ToHaveURLAsync($"{dashboard.Address}{to}");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = link, Exact = true })).ToBeVisibleAsync();
            await page.WaitForLoadStateAsync();
            await Expect(page.Locator("main[data-answers]")).ToBeVisibleAsync();
            await Expect(menu).ToBeHiddenAsync();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Administrator" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Beside_a_page_are_names_or_icons_alone_as_the_person_likes_and_a_key_leads_to_the_search()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/");
        Assert.Equal(216, await WidthAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        Assert.Equal(56, await WidthAsync());
        await dashboard.GoAsync(page, "/events");
        Assert.Equal(56, await WidthAsync());
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Forecast", Exact = true })).ToBeVisibleAsync(); // By its name, although that is not drawn.
        await page.GetByRole(AriaRole.Button, new() { Name = "Menu" }).ClickAsync();
        Assert.Equal(216, await WidthAsync());
        await page.SetViewportSizeAsync(1_000, 800);
        Assert.Equal(56, await WidthAsync());

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("fore");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "Forecast" })).ToBeVisibleAsync();

        async Task<float> WidthAsync() => (await page.Locator("#menu").BoundingBoxAsync())!.Width;
    }

    [Fact]
    public async Task Events_show_their_amounts_without_being_moved_sideways()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 0.25m);
        await dashboard.PublishAsync("test/large", "output-tokens", 0.3m);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 4_000, 100));
        var page = await dashboard.OpenAsync($"/events?workload=chat&month={Dashboard.Month}", width: 390);
        await page.GetByText("Token usage").ClickAsync();
        foreach (var (region, amounts) in ((string, string[])[])[("Events, the newest first", ["$1,030.00"]), ("What the number is made of", ["$1,000.00", "$30.00"]), ("What the event counts for", ["$1,000.00", "$30.00"])])
        {
            foreach (var amount in amounts)
            {
                var cell = page.GetByRole(AriaRole.Region, new() { Name = region }).GetByText(amount, new() { Exact = true }).First;
                var box = (await cell.BoundingBoxAsync())!;
                Assert.True(box.X >= 0 && box.X + box.Width <= 390, $"{amount} of “{region}” lies at {box.X} to {box.X + box.Width}.");
            }
        }
    }
}
