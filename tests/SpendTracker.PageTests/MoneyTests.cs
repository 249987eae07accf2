using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;
using static SpendTracker.PageTests.Parts;

namespace SpendTracker.PageTests;

public sealed class MoneyTests
{
    [Fact]
    public async Task Amounts_have_the_decimals_of_their_currency()
    {
        await using var dashboard = await Dashboard.StartAsync();
        foreach (var (currency, amount) in ((string, decimal)[])[("JPY", 125_000), ("KRW", 0.4m), ("BHD", 12.5m), ("EUR", 7), ("CLF", 3)])
        {
            await dashboard.RecordAsync(new { type = "charge_recorded", workload = currency, approach = "hybrid", component = "other", amount, currency, chargedAt = DateTime.UtcNow });
        }

        var page = await dashboard.OpenAsync("/");
        foreach (var text in (string[])["JPY 125,000", "< KRW 1", "BHD 12.500", "€7.00", "CLF 3.0000"])
        {
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = $"{text} unconverted", Exact = true })).ToBeVisibleAsync();
        }

        await dashboard.SetBudgetAsync("yen", "Yen", 1_250_000, currency: "JPY");
        await dashboard.GoAsync(page, "/budgets");
        await Expect(Row(page, "Yen").GetByRole(AriaRole.Cell, new() { Name = "JPY 1,250,000", Exact = true })).ToBeVisibleAsync();
    }
}
