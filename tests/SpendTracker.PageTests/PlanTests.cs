using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class PlanTests
{
    [Fact]
    public async Task A_preset_is_previewed_and_recorded_and_an_estimate_is_taken_from_it()
    {
        await using var dashboard = await Dashboard.StartAsync();
        var page = await dashboard.OpenAsync("/plans?preset=small-project");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "Paid until the end of" })).ToBeVisibleAsync();
        await Expect(page.GetByText("Fine-tuned costs less than Prompts from").First).ToBeVisibleAsync();

        await page.GetByText("Option Fine-tuned").First.ClickAsync();
        await page.GetByLabel("Option Fine-tuned, Hosting azure/gpt-35-turbo-fine-tuned: Units, expected").FillAsync("none");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Option 2 hosting 1 units: Must be a number, or an object with low, expected and high.");
        await page.GetByText("The same as JSON").ClickAsync();
        await page.GetByLabel("Assumptions, as JSON").FillAsync("""{"name":"x"}""");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("From");

        await dashboard.GoAsync(page, "/plans?preset=enterprise");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await page.GetByLabel("Id, for links").FillAsync("triage");
        await page.GetByLabel("Compare it with workload").FillAsync("chat");
        await page.GetByRole(AriaRole.Button, new() { Name = "Record the plan" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Does it still hold?" })).ToBeVisibleAsync();
        await Expect(page.GetByText("There are fewer than 7 full days of usage.").First).ToBeVisibleAsync();

        await page.GetByText("Take a workload’s estimate from it").ClickAsync();
        await page.GetByRole(AriaRole.Form, new() { Name = "Take an estimate" }).GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Record the estimate" }).ClickAsync();
        await Expect(page.GetByText("The estimates of chat are recorded")).ToBeVisibleAsync();

        await dashboard.GoAsync(page, "/plans");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Plans that are followed" })).ToContainTextAsync("An enterprise");
    }
}
