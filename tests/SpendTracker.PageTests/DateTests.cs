using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class DateTests
{
    /// <summary>A browser's own date field shows days as its language has them, beside a page that has them as 2026-11-29.</summary>
    [Fact]
    public async Task Days_read_alike_in_fields_texts_and_charts_and_the_calendar_fills_a_field_in()
    {
        await using var dashboard = await Dashboard.StartAsync();
        await dashboard.RecordAsync(Dashboard.Tokens("chat", 4));
        await dashboard.SetBudgetAsync("chat", "Chat", 50);
        var page = await dashboard.OpenAsync("/price-book");
        await Button(page, "Publish a rate").ClickAsync();
        await Expect(page.GetByLabel("First day")).ToHaveValueAsync(DateTime.UtcNow.ToString("yyyy-MM-dd"));
        await Expect(page.Locator("input[type=date]")).ToHaveCountAsync(0);
        await FillAsync(page, "First day", "2026-02-30");
        await page.GetByLabel("First day").BlurAsync();
        await Expect(page.GetByLabel("First day")).ToHaveValueAsync(DateTime.UtcNow.ToString("yyyy-MM-dd")); // There is no such day.

        await dashboard.GoAsync(page, "/budgets/chat");
        var figure = page.GetByRole(AriaRole.Figure, new() { Name = "spent" });
        await Expect(figure.GetByText(new Regex("^2[0-9]{3}-[0-9]{2}-[0-9]{2}$")).First).ToBeVisibleAsync();
        await Expect(figure.GetByText(new Regex($"^[0-9]+ {DateTime.UtcNow:MMM}$"))).ToHaveCountAsync(0);

        foreach (var (path, opens, label) in ((string, string?, string)[])[($"/explain?month={Dashboard.Month}", null, "From the end of"), ("/", "As known on another day", "The numbers as they were at the end of"), ($"/events?workload=chat&month={Dashboard.Month}", "Look for other events", "Recorded from")])
        {
            await dashboard.GoAsync(page, path);
            await Expect(page.Locator("input[type=date]")).ToHaveCountAsync(0);
            if (opens is not null)
            {
                await page.GetByText(opens).ClickAsync();
            }

            var field = page.GetByLabel(label);
            var box = (await field.BoundingBoxAsync())!;
            await field.ClickAsync(new() { Position = new() { X = box.Width - 12, Y = box.Height / 2 } });
            await page.Locator("input[type=date]").EvaluateAsync("calendar => { calendar.value = '2026-02-03'; calendar.dispatchEvent(new Event('change')); }");
            await Expect(field).ToHaveValueAsync("2026-02-03");
        }
    }
}
