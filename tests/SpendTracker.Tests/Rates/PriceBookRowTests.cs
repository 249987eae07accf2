using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Web.Import;
using SpendTracker.Web.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>What the page of the price book makes of publications and files.</summary>
public sealed class PriceBookRowTests
{
    private const string Sku = "test/large";

    private static readonly DateOnly Today = new(2026, 11, 30);

    [Fact]
    public void What_was_negotiated_is_paid_while_it_holds_and_the_list_price_before_and_after()
    {
        Rate[] rates = [Listed(2, "2026-01-01"), Listed(3, "2026-06-01"), Listed(9, "2027-01-01"), Negotiated(1, "2026-03-01", "2026-08-31"), Listed(5, "2026-01-01", meter: "output-tokens")];

        Assert.Equal([2m, 5m], Paid(rates, "2026-02-28"));
        Assert.Equal([1m, 5m], Paid(rates, "2026-03-01"));
        Assert.Equal([1m, 5m], Paid(rates, "2026-08-31"));
        Assert.Equal([3m, 5m], Paid(rates, "2026-09-01"));
        Assert.Empty(Paid(rates, "2025-12-31"));
        Assert.Equal([2m], Paid([Listed(2, "2026-01-01"), Listed(3, "2026-02-01") with { Superseded = true }, Withdrawn(Listed(4, "2026-03-01"))], "2026-12-01"));
        Assert.Empty(Paid([Listed(2, "2026-01-01"), Listed(3, "2026-02-01") with { EffectiveTo = new(2026, 2, 5) }], "2026-02-06")); // Nothing falls back to an ended price's predecessor.
    }

    [Fact]
    public void A_row_says_since_when_its_prices_hold_or_why_it_has_none()
    {
        Assert.Equal("since 2026-06-01", Row(Listed(2, "2026-01-01"), Listed(3, "2026-06-01")).Since(Today));
        Assert.Equal("since 2026-06-01 until 2026-12-31", Row(Listed(2, "2026-01-01"), Negotiated(3, "2026-06-01", "2026-12-31")).Since(Today));
        Assert.Equal("from 2026-12-01 on", Row(Listed(2, "2026-12-01"), Listed(2, "2027-01-01")).Since(Today));
        Assert.Equal("ended 2026-11-29", Row(Listed(2, "2026-01-01") with { EffectiveTo = new(2026, 11, 29) }).Since(Today));
        Assert.Equal("withdrawn", Row(Withdrawn(Listed(2, "2026-01-01"))).Since(Today));
        Assert.Null(Row(Withdrawn(Listed(2, "2026-01-01"))).Standing);
    }

    [Fact]
    public void Prices_stand_in_the_column_of_their_meter_of_tokens_for_a_million()
    {
        var row = Row(
            Listed(2.5m, "2026-01-01") with { Per = 1_000, UnitPrice = 0.0025m }, Listed(5, "2026-01-01") with { AboveTokens = 200_000 }, Listed(1, "2026-01-01", meter: "batch-output-tokens"),
            Listed(0.01m, "2026-01-01", meter: "requests") with { Per = 1, UnitPrice = 0.01m }, Listed(3, "2026-01-01", meter: "cache-write-tokens"), Listed(0, "2026-01-01", meter: "cached-input-tokens"));

        Assert.Equal(["$2,500.00", "$5.00"], row.In(PriceColumn.Input).Select(PriceWords.Column));
        Assert.Equal(["free"], row.In(PriceColumn.Cached).Select(PriceWords.Column));
        Assert.Equal([("$1.00", "out")], row.In(PriceColumn.Batch).Select(rate => (PriceWords.Column(rate), PriceWords.Meter(rate))));
        Assert.Equal([("$0.01 a request", "requests"), ("$3.00", "cache-write-tokens")], row.In(PriceColumn.Other).Select(rate => (PriceWords.Column(rate), PriceWords.Meter(rate))));
        Assert.Empty(row.In(PriceColumn.Output));
    }

    [Fact]
    public void Where_a_negotiated_rate_wins_the_preview_of_a_list_price_says_so()
    {
        var list = new RatePublished(Sku, Today, "USD", [new("input-tokens", 9, 1_000_000)], "list");
        Assert.Equal(
            "Nothing changes: the negotiated rate of $2.00 per million input-tokens holds until 2026-12-31.",
            PriceWords.WhyNothingChanges(list, [Listed(3, "2026-01-01"), Negotiated(2, "2026-06-01", "2026-12-31")]));
        Assert.Equal(
            "Nothing changes: the negotiated rate of $2.00 per million input-tokens holds, without a last day.",
            PriceWords.WhyNothingChanges(list, [Negotiated(2, "2026-06-01")]));

        Assert.Null(PriceWords.WhyNothingChanges(list, [Negotiated(2, "2026-06-01", "2026-11-29")])); // It ended the day before.
        Assert.Null(PriceWords.WhyNothingChanges(list with { Kind = RateKind.Negotiated }, [Negotiated(2, "2026-06-01")]));
        Assert.Null(PriceWords.WhyNothingChanges(list with { Prices = [.. list.Prices, new("output-tokens", 9, 1_000_000)] }, [Negotiated(2, "2026-06-01")])); // Output is paid as listed.
    }

    [Fact]
    public void Prices_over_time_are_steps_of_what_was_paid()
    {
        var steps = PriceSteps.Of([Listed(2, "2026-01-01"), Negotiated(1, "2026-03-01", "2026-04-30"), Listed(3, "2026-06-01"), Withdrawn(Listed(7, "2026-07-01")), Listed(4, "2026-01-01") with { AboveTokens = 128_000 }], Today);
        Assert.Equal("USD", steps.Currency);
        var (meter, days) = Assert.Single(steps.Meters);
        Assert.Equal("input-tokens", meter);
        Assert.Equal([("01-01", 2m), ("03-01", 1m), ("05-01", 2m), ("06-01", 3m), ("11-30", 3m)], days.Select(step => ($"{step.Day:MM-dd}", step.Price)));

        Assert.Empty(PriceSteps.Of([Listed(2, "2026-01-01")], Today).Meters); // It never changed.
        Assert.Empty(PriceSteps.Of([], Today).Meters);
    }

    [Fact]
    public void A_difference_has_a_row_a_SKU_and_large_changes_have_to_be_checked_by_hand()
    {
        var diff = new RateComparison(RateImport.SourcePrefix + "x", Today, [], Book(("test/a", 4), ("test/b", 4), ("test/gone", 4), ("test/same", 4)), "USD")
            .With(new([ListedAs("test/a", 5), ListedAs("test/b", 3), ListedAs("test/new", 1), ListedAs("test/same", 4), ListedAs("test/c", 2)], [], [], new Dictionary<string, int>(), []));
        diff = diff with { Changed = [diff.Changed[0], diff.Changed[1] with { Large = true }] };
        var rows = ListDifference.Rows(diff);

        Assert.Equal(
            [("test/b", DifferenceKind.Changed, true), ("test/a", DifferenceKind.Changed, false), ("test/c", DifferenceKind.New, false), ("test/new", DifferenceKind.New, false), ("test/gone", DifferenceKind.Gone, false)],
            rows.Select(row => (row.Sku, row.Kind, row.IsLarge)));
        Assert.Equal(["$4.00 → $3.00 (−25 %)", "$4.00 → $5.00 (+25 %)", "$2.00", "$1.00", "$4.00"], rows.Select(row => PriceWords.Move(row.Prices[0])));
        Assert.Equal("€4.00 → $5.00 (was in EUR)", PriceWords.Move(rows[1].Prices[0] with { Percent = null, BeforeCurrency = "EUR" }));
        Assert.Equal("$0.00 → $5.00 (was free)", PriceWords.Move(rows[1].Prices[0] with { Percent = null, Before = 0 }));

        var chosen = ListDifference.Suggested(rows);
        Assert.Equal(["test/a", "test/c", "test/new"], chosen.Order(StringComparer.Ordinal));
        Assert.Equal(["test/a"], ListDifference.Only(diff, new HashSet<string> { "test/a", "test/gone" }).Publications.Select(publication => publication.Rate.Sku));
    }

    [Fact]
    public async Task A_CSV_file_gives_list_prices_and_tells_each_row_that_is_wrong()
    {
        var file = await ReadAsync(
            "SKU;meter;price;per;above_tokens;currency;kind\ntest/a;input-tokens;2,5;;;USD;list\ntest/a;input-tokens;5;;200000;;\ntest/a;requests;0.01;;;;\ntest/b;output-tokens;3;1;;;\n"
            + "test/c;input-tokens;1;;;;\ntest/c;output-tokens;x;;;;\nplain;input-tokens;1;;;;\ntest/d;tokens;1;;;;\ntest/e;input-tokens;1;;;EUR;\ntest/f;input-tokens;1;;;;negotiated\ntest/g;input-tokens;1;;5;;\n");

        Assert.Equal(["test/a", "test/b"], file.Map.Rates.Select(rate => rate.Sku));
        Assert.Equal([new("input-tokens", 2.5m, 1_000_000), new("input-tokens", 5, 1_000_000, 200_000), new MeterPrice("requests", 0.01m, 1)], file.Map.Rates[0].Prices);
        Assert.Equal(["Line 7 price", "Line 8 sku", "Line 9 meter", "Line 10 currency", "Line 11 kind", "Line 12 above_tokens"], file.Map.Malformed.Select(entry => $"{entry.Model} {entry.Field}"));
        Assert.StartsWith("Price list prices.csv, sha256 ", file.Source, StringComparison.Ordinal);
        Assert.False(file.IsWhole);
    }

    [Theory]
    [InlineData("", "It is empty.")]
    [InlineData("PK\u0003\u0004rest", "It is an Excel workbook. Save the sheet as CSV.")]
    [InlineData("[1]", "A price map is a JSON object with an entry for each model.")]
    [InlineData("{\"a\":", "It is not JSON.")]
    [InlineData("a,b\n1,2\n", "Its first line must have the columns sku, meter and price.")]
    [InlineData("sku,meter,price\n", "It has no rows.")]
    public async Task A_file_that_is_no_list_of_prices_is_refused_in_words(string content, string reason) =>
        Assert.StartsWith(reason, (await Assert.ThrowsAsync<ImportException>(() => ReadAsync(content))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_address_has_what_the_list_shows_and_nothing_that_it_does_not_understand()
    {
        var address = PriceBookAddress.Read(" gpt & co ", "openai", "negotiated", "true", "true", "3", "openai/a?b", "withdraw");
        Assert.Equal("/price-book?search=gpt%20%26%20co&provider=openai&kind=negotiated&used=true&holds=true&page=3&open=openai%2Fa%3Fb&act=withdraw", address.ToString());
        Assert.Equal(new(new SkuFilter("gpt & co", "openai", RateKind.Negotiated, true, true), 3, "openai/a?b", "withdraw"), address);

        Assert.Equal("/price-book", PriceBookAddress.Read(null, " ", "cheap", "yes", "1", "-1", "", "delete").ToString());
    }

    private static Task<PriceListFile> ReadAsync(string content) => PriceListFile.ReadAsync("prices.csv", Encoding.UTF8.GetBytes(content), TestContext.Current.CancellationToken);

    private static ListedRate ListedAs(string sku, decimal price) => new(sku, sku, [new("input-tokens", price, 1_000_000)]);

    private static Dictionary<string, BookedRates> Book(params (string Sku, decimal Price)[] rates) => rates.ToDictionary(
        rate => rate.Sku, rate => new BookedRates(1, [new(rate.Sku, new(2026, 1, 1), "USD", [new("input-tokens", rate.Price, 1_000_000)], RateImport.SourcePrefix + "old")]));

    private static decimal[] Paid(Rate[] rates, string day) => [.. HeldPrices.Paid(rates, DateOnly.Parse(day, null)).OrderBy(rate => rate.Price).Select(rate => rate.Price)];

    private static PriceBookRow Row(params Rate[] rates) => PriceBookRow.Of(Sku, rates, false, Today);

    private static Rate Listed(decimal price, string from, string? to = null, string meter = "input-tokens") => new(
        Sku, meter, 0, RateKind.List, DateOnly.Parse(from, null), to is null ? null : DateOnly.Parse(to, null), price, 1_000_000, price / 1_000_000, "USD", "list", false,
        new(Guid.NewGuid(), DateTimeOffset.UnixEpoch, "test", null, null, null, null), [])
    {
        Free = FreePrice.Of(price, RateKind.List, "list"),
    };

    private static Rate Negotiated(decimal price, string from, string? to = null) => Listed(price, from, to) with { Kind = RateKind.Negotiated };

    private static Rate Withdrawn(Rate rate) => rate with { Publication = rate.Publication with { WithdrawnAt = DateTimeOffset.UnixEpoch, WithdrawnBy = "test", WithdrawnBecause = "wrong" } };
}
