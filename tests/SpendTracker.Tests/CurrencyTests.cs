using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Tests;

/// <summary>What is a currency, wherever one is taken.</summary>
public sealed class CurrencyTests
{
    [Theory]
    [InlineData("USD", true)]
    [InlineData("IDR", true)]
    [InlineData("XCG", true)] // Since 2025.
    [InlineData("BGN", true)] // Until 2025: invoices of that time are still being recorded.
    [InlineData("DEM", false)] // Until 1998.
    [InlineData("ZZZ", false)]
    [InlineData("EUO", false)]
    [InlineData("XXX", false)]
    [InlineData("XTS", false)]
    [InlineData("usd", false)]
    [InlineData("EU", false)]
    [InlineData("USD EUR", false)]
    [InlineData("", false)]
    public void A_currency_is_a_code_of_the_standard_and_every_field_that_takes_one_says_so(string code, bool known)
    {
        var charge = new ChargeRecorded("w", Approach.Hybrid, Component.Other, 1, code, Given.At(Given.Day));
        IReadOnlyList<FieldReason>[] found =
        [
            UsageRules.Check(charge, charge.ChargedAt),
            UsageRules.Check(new DatasetPrepRecorded("w", "d", DatasetActivity.Label, charge.ChargedAt, Amount: 1, Currency: code), charge.ChargedAt),
            UsageRules.Check(Given.Tokens() with { ReportedCost = 1, ReportedCurrency = code }, charge.ChargedAt),
            PriceBookRules.Check(new RatePublished("own/m", Given.Day, code, [new("items", 1)], "list"), "CHF"),
            PriceBookRules.Check(new ExchangeRatePublished(code, Given.Day, 1, "bank"), "CHF"),
            BudgetBook.Check(new BudgetSet("b", "B", new Dictionary<string, IReadOnlyList<string>>(), new(BudgetPeriodKind.Month, "2026-01"), code, 1)),
        ];

        Assert.All(found, reasons => Assert.Equal(known ? [] : ["Must be an ISO 4217 code, e.g. USD."], reasons.Select(reason => reason.Reason)));
    }

    [Fact]
    public async Task A_database_is_not_set_up_to_report_in_what_is_no_currency()
    {
        var options = new SpendDatabaseOptions { ConnectionString = await TestServer.CreateDatabaseAsync(empty: true), ReportingCurrency = "ZZZ" };
        var fault = await Assert.ThrowsAsync<SettingsConflictException>(() => SpendDatabase.OpenAsync(options, TestContext.Current.CancellationToken));
        Assert.Contains("'ZZZ' is not an ISO 4217 code", fault.Message, StringComparison.Ordinal);
    }
}
