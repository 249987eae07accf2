using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class SignInTests
{
    [Fact]
    public async Task A_link_signs_in_once_and_never_again()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(dashboard.SignInLink);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Dashboard.MonthName, Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByText("Administrator")).ToBeVisibleAsync();

        var other = await dashboard.NewPageAsync(new());
        await other.GotoAsync(dashboard.SignInLink);
        await Expect(other.GetByRole(AriaRole.Alert)).ToContainTextAsync("This link has been used");
        await other.GotoAsync(dashboard.Address);
        await Expect(other).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
    }

    [Fact]
    public async Task Nobody_sees_a_page_without_signing_in_or_after_signing_out()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var stranger = await dashboard.NewPageAsync(new());
        foreach (var path in (string[])["/", "/events", "/no-such-page"])
        {
            await stranger.GotoAsync(dashboard.Address + path);
            await Expect(stranger.GetByText("Open the sign-in link")).ToBeVisibleAsync();
        }

        var page = await dashboard.OpenAsync("/no-such-page");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "There is no such page" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Go to the overview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Dashboard.MonthName, Exact = true })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByText("Open the sign-in link")).ToBeVisibleAsync();
        await page.GotoAsync(dashboard.Address);
        await Expect(page.GetByText("Open the sign-in link")).ToBeVisibleAsync();
    }
}
