using Microsoft.Playwright;
using SpendTracker.Contracts;
using SpendTracker.Tests;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class SignInTests
{
    [Fact]
    public async Task A_link_signs_in_once_and_never_again()
    {
        await using var dashboard = await Dashboard.StartAsync(isProgram: true);
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(dashboard.SignInLink);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = Dashboard.MonthName, Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Administrator" })).ToBeVisibleAsync();

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
        await page.GetByRole(AriaRole.Button, new() { Name = "Administrator" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByText("Open the sign-in link")).ToBeVisibleAsync();
        await page.GotoAsync(dashboard.Address);
        await Expect(page.GetByText("Open the sign-in link")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Signing_out_ends_all_open_pages_of_the_session()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var (page, other) = (await dashboard.OpenAsync("/"), await dashboard.OpenAsync("/budgets"));
        await Expect(other.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Administrator" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await Expect(page.GetByText("Open the sign-in link")).ToBeVisibleAsync();
        await Expect(other.GetByRole(AriaRole.Alert)).ToContainTextAsync("You are no longer signed in");
        await Expect(other.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToHaveCountAsync(0);
        await other.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await Expect(other.GetByText("Open the sign-in link")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_changed_role_holds_on_an_open_page_and_a_removed_person_sees_nothing_more()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.NewPageAsync(new());
        await page.GotoAsync(await dashboard.SignInLinkAsync(Role.Admin));
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToBeVisibleAsync();

        await dashboard.ChangeRoleAsync("Admin", Role.Viewer);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToHaveCountAsync(0);
        await dashboard.ChangeRoleAsync("Admin", Role.Admin);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Channels" })).ToBeVisibleAsync();
        await dashboard.ChangeRoleAsync("Admin", null);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("You are no longer signed in");
    }

    [Fact]
    public async Task A_script_that_gets_into_a_page_does_not_run()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/");

        await page.EvaluateAsync(
            """
            document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.ran = 1'><a id='script' href='javascript:window.ran = 2'>x</a>");
            document.getElementById("script").click();
            """);

        await Eventually.Async(() => dashboard.Refused >= 2);
        Assert.Null(await page.EvaluateAsync<int?>("window.ran ?? null"));
        Assert.All(dashboard.TakeRefused(), refused => Assert.Contains("script-src", refused, StringComparison.Ordinal));
    }
}
