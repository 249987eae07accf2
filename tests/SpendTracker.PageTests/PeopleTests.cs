using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class PeopleTests
{
    [Fact]
    public async Task An_administrator_lets_somebody_in_changes_the_role_ends_sessions_and_erases()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/people");
        await Button(page, "Let somebody in").ClickAsync();
        await FillAsync(page, "Name", "Ada Lovelace");
        await page.GetByLabel("Role").SelectOptionAsync("member");
        await FillAsync(page, "Teams, separated by commas", "Search, Support");
        await Button(page, "Check").ClickAsync();
        await Button(page, "Make the link").ClickAsync();
        await Expect(page.GetByText("Give this link to Ada Lovelace")).ToBeVisibleAsync();
        var link = await page.Locator("code").First.InnerTextAsync();

        var ada = await dashboard.NewPageAsync(new());
        await ada.GotoAsync(link);
        await Expect(ada).ToHaveURLAsync($"{dashboard.Address}/");
        await Expect(ada.GetByRole(AriaRole.Link, new() { Name = "People" })).ToHaveCountAsync(0);
        await dashboard.GoAsync(ada, "/people");
        await Expect(ada.GetByText("Only administrators see and change who may sign in.")).ToBeVisibleAsync();
        await Button(ada, "Ada Lovelace").ClickAsync();
        await ada.GetByRole(AriaRole.Link, new() { Name = "Your sessions" }).ClickAsync();
        await Expect(ada.GetByRole(AriaRole.Region, new() { Name = "Your sessions" })).ToContainTextAsync("this one");

        await dashboard.GoAsync(page, "/people");
        var card = page.GetByRole(AriaRole.Region, new() { Name = "Ada Lovelace" });
        await Expect(card).ToContainTextAsync("member of Search, Support.");
        await Expect(card).ToContainTextAsync("1 session.");
        await Button(page, "Change role of Ada Lovelace").ClickAsync();
        await card.GetByRole(AriaRole.Combobox).SelectOptionAsync("finance");
        await card.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Button(page, "Give the role").ClickAsync();
        await Expect(card).ToContainTextAsync("finance.");

        await Button(page, "Sessions of Ada Lovelace").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "End the session" }).ClickAsync();
        await Expect(ada.GetByRole(AriaRole.Alert)).ToContainTextAsync("You are no longer signed in");

        await Button(page, "Remove Administrator").ClickAsync();
        await Button(page, "Check").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This is you.");
        await Button(page, "Erase Ada Lovelace").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Button(page, "Erase for good").ClickAsync();
        await Expect(page.GetByText("Ada Lovelace")).ToHaveCountAsync(0);
    }
}
