using System.Globalization;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Web.Import;

namespace SpendTracker.Tests.Rates;

/// <summary>Files of exchange rates as they are read.</summary>
public sealed class ExchangeRateCsvTests
{
    private const string CentralBank = "Date,USD,JPY,CYP,\n2026-01-05,1.25,160,N/A,\n2026-01-02,1.2,,0.5853,\n2026-01-01,N/A,150,N/A,\n";

    [Theory]
    [InlineData("EUR", "4 JPY 2026-01-01 0.0066666667|3 USD 2026-01-02 0.8333333333|2 JPY 2026-01-05 0.0062500000|2 USD 2026-01-05 0.8", "")]
    [InlineData("USD", "3 EUR 2026-01-02 1.2|2 EUR 2026-01-05 1.25|2 JPY 2026-01-05 0.0078125", "4 USD The day has no rate of the reporting currency.")]
    public async Task The_central_banks_file_gives_cross_rates_to_ten_decimals_and_skips_what_was_not_quoted(string reporting, string rates, string malformed)
    {
        var file = await ReadAsync(CentralBank, reporting);

        Assert.Equal(
            rates.Split('|').Select(rate => rate.Split(' ')).Select(rate => (rate[0], rate[1], rate[2], decimal.Parse(rate[3], CultureInfo.InvariantCulture))),
            file.Rows.OrderBy(row => row.Date).ThenBy(row => row.Currency, StringComparer.Ordinal).Select(row => ($"{row.Line}", row.Currency, $"{row.Date:yyyy-MM-dd}", row.Rate)));
        Assert.Equal(malformed, string.Join('|', file.Malformed.Select(row => $"{row.Line} {row.Field} {row.Reason}")));
        Assert.Equal([KeyValuePair.Create("CYP is no more", 1)], file.Skipped);
        Assert.Equal("European Central Bank, euro foreign exchange reference rates, f.csv", file.Source);
    }

    [Fact]
    public async Task Days_and_currencies_may_be_chosen_also_without_the_reporting_currency()
    {
        var file = await ReadAsync(CentralBank, "USD", new(new(2026, 1, 2), ["EUR"]));

        Assert.Equal([1.25m, 1.2m], file.Rows.Select(row => row.Rate));
        Assert.Empty(file.Malformed);
    }

    [Fact]
    public async Task A_row_that_is_wrong_is_told_with_its_line_and_field_and_the_others_are_read()
    {
        var file = await ReadAsync(
            "source,rate,date,currency\nbank,1.1,2026-01-01,EUR\n,1.2,2026-01-02,EUR\n,1.2,02.01.2026,EUR\n,\"1,2\",2026-01-02,EUR\n,1.00000000000000000000000000001,2026-01-02,EUR\n,1\n,\"1,2026-01-02,EUR\n", "USD");

        Assert.Equal([(2L, "EUR", 1.1m, "bank"), (3L, "EUR", 1.2m, null)], file.Rows.Select(row => (row.Line, row.Currency, row.Rate, row.Source)));
        Assert.Equal(
            [
                new(4, "date", "'02.01.2026' is not a day like 2026-01-31."),
                new(5, "rate", "'1,2' is not a number like 1.0837."),
                new(6, "rate", "'1.00000000000000000000000000001' is not a number like 1.0837."),
                new(7, "", "Has another number of fields than the header."),
                new MalformedRow(8, "", "Broken quoting: a quote that is not closed."),
            ],
            file.Malformed);
    }

    /// <summary>As large as the bank's history, 7,000 days and 41 columns: limits are those of the file's size.</summary>
    [Fact]
    public async Task A_whole_history_is_read_and_what_no_cost_can_need_is_skipped_by_name()
    {
        string[] currencies = ["USD", "JPY", "CYP", "HRK", .. Enumerable.Repeat(0, 37).Select((_, i) => $"{(char)('A' + (i / 26))}{(char)('A' + (i % 26))}X")];
        var days = Enumerable.Range(0, 7_000).Select(i => new DateOnly(1999, 1, 4).AddDays(i));
        var text = $"Date,{string.Join(',', currencies)},\n{string.Join('\n', days.Select(day => $"{day:yyyy-MM-dd},{string.Concat(Enumerable.Repeat("1.25,", currencies.Length))}"))}\n";
        var file = await ReadAsync(text, "EUR");

        Assert.Empty(file.Malformed);
        Assert.Equal(["CYP is no more", "before 2000-01-01"], file.Skipped.Keys);
        Assert.Equal((7_000, 362 * 40), (file.Skipped["CYP is no more"], file.Skipped["before 2000-01-01"]));
        Assert.Equal((7_000 - 362) * 40, file.Rows.Count);
    }

    [Theory]
    [InlineData("currency,date,rate\neur,1767312000,1.25\nEUR,2026-01-03T00:00:00+0100,1.25\nLTL,2014-01-02,0.3\n", "EUR 2026-01-02|EUR 2026-01-03", "LTL is no more")]
    [InlineData("Date, USD, JPY, \n28 November 2025, 1.25, 160, \n", "USD 2025-11-28|JPY 2025-11-28", "")]
    [InlineData("currency;date;rate\nUSD;2026-01-02;1,25\nUSD;2026-01-03;1.250\n", "USD 2026-01-02", "")]
    public async Task Days_and_currencies_are_read_in_every_usual_form(string text, string rates, string skipped)
    {
        var file = await ReadAsync(text, text.StartsWith("currency,", StringComparison.Ordinal) ? "USD" : "EUR");

        Assert.Equal(rates.Split('|'), file.Rows.Select(row => $"{row.Currency} {row.Date:yyyy-MM-dd}"));
        Assert.Equal(skipped, string.Join('|', file.Skipped.Keys));
    }

    [Fact]
    public async Task Rates_of_the_central_bank_must_be_above_zero() =>
        Assert.Equal([new MalformedRow(2, "JPY", "Must be above 0.")], (await ReadAsync("Date,USD,JPY\n2026-01-05,1.25,0\n", "EUR")).Malformed);

    private static async Task<ExchangeRateFile> ReadAsync(string text, string reporting, ExchangeRateChoice? choice = null)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await ExchangeRateCsv.ReadAsync(content, "f.csv", new(TimeZoneInfo.Utc, reporting), choice ?? new(null, []), TestContext.Current.CancellationToken);
    }
}
