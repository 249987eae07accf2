using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class OutageTests
{
    [Fact]
    public async Task Without_its_database_the_site_says_so_keeps_the_numbers_and_recovers_by_itself()
    {
        _ = Browser.Running;
        var folder = new ServerFolder();
        var server = await folder.StartAsync();
        try
        {
            await using var dashboard = await Dashboard.StartAsync(server, isProgram: true);
            await dashboard.PublishAsync("test/large", "input-tokens", 1);
            await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
            var page = await dashboard.OpenAsync("/");
            await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$10.00");
            var events = await dashboard.OpenAsync($"/events?workload=chat");
            await Expect(events.GetByText("10 input-tokens")).ToBeVisibleAsync();

            await server.StopAsync(TestContext.Current.CancellationToken);
            await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The database cannot be reached" })).ToBeVisibleAsync(Patiently);
            await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$10.00");
            await events.ReloadAsync();
            await Expect(events.GetByRole(AriaRole.Alert).Filter(new() { HasText = "The database cannot be reached" })).ToBeVisibleAsync();

            server = await folder.StartAsync();
            await Expect(page.GetByText("The database cannot be reached")).ToHaveCountAsync(0, new() { Timeout = Patience });
            await Expect(events.GetByText("10 input-tokens")).ToBeVisibleAsync(Patiently);
            await dashboard.RecordAsync(Dashboard.Tokens("chat", 5));
            await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$15.00", new() { Timeout = Patience });
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
            folder.Delete();
        }
    }

    [Fact]
    public async Task When_the_host_restarts_the_page_says_so_and_goes_on_with_the_new_one()
    {
        await using var dashboard = await Dashboard.StartAsync(isProgram: true);
        await dashboard.PublishAsync("test/large", "input-tokens", 1);
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
        var page = await dashboard.OpenAsync("/");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$10.00");
        await page.GetByRole(AriaRole.Button, new() { Name = "chat" }).ClickAsync(); // Answered by the host, so there is a connection to lose.
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "test/large", Exact = true }).First).ToBeVisibleAsync();

        await dashboard.StopHostAsync();
        await Expect(page.GetByText("The connection was lost")).ToBeVisibleAsync(Patiently);
        await dashboard.StartHostAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 5));
        await Expect(page.GetByText("The connection was lost")).ToBeHiddenAsync(new() { Timeout = Patience });
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$15.00", new() { Timeout = Patience });
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 5));
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "Total" })).ToContainTextAsync("$20.00", new() { Timeout = Patience });
    }

    private const float Patience = 30_000;

    private static LocatorAssertionsToBeVisibleOptions Patiently => new() { Timeout = Patience };
}
