using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SpendTracker.PageTests;

public sealed class CompareTests
{
    [Fact]
    public async Task The_page_shows_approaches_their_frontier_whether_they_differ_and_the_advice()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.PublishAsync("test/large", "input-tokens", 0.001m);
        foreach (var (approach, score) in ((string, decimal)[])[("prompt-engineering", 0.7m), ("fine-tuning", 0.9m)])
        {
            var tokens = approach == "fine-tuning" ? 9_000 : 1_000;
            await dashboard.RecordAsync(new
            {
                type = "token_usage_recorded", workload = "chat", approach, provider = "test", model = "large", inputTokens = tokens, outputTokens = 0, requests = 10, variant = $"{approach}/v1",
                outcome = "succeeded", usedAt = DateTime.UtcNow,
            });
            await dashboard.RecordAsync(new { type = "evaluation_recorded", workload = "chat", approach, variant = $"{approach}/v1", metric = "accuracy", score, samples = 400, evaluatedAt = DateTime.UtcNow });
        }

        var page = await dashboard.OpenAsync("/compare?workload=chat");
        var compared = page.GetByRole(AriaRole.Region, new() { Name = "Approaches and variants" }).First;
        await Expect(compared.GetByRole(AriaRole.Row, new() { Name = "Prompt engineering" }).First.GetByRole(AriaRole.Cell, new() { Name = "$100.00", Exact = true })).ToBeVisibleAsync();
        await Expect(compared.GetByRole(AriaRole.Row, new() { Name = "Fine-tuning" }).First.GetByRole(AriaRole.Cell, new() { Name = "$900.00", Exact = true })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Figure, new() { Name = "On the frontier: prompt-engineering prompt-engineering/v1, fine-tuning fine-tuning/v1" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = "accuracy fine-tuning 90 % prompt-engineering 70 % +20 points could be chance" })).ToBeVisibleAsync(); // After one day nobody knows.
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Advice: Prompt engineering" })).ToBeVisibleAsync();

        await page.GetByLabel("Needs").FillAsync("critical-parts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Advice: Hybrid" })).ToBeVisibleAsync();
        Assert.Contains("needs=critical-parts", page.Url, StringComparison.Ordinal);
    }
}
