using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Closing;

namespace SpendTracker.Tests.Closing;

/// <summary>The steps of closing a month: what is compared, and what stands in the address.</summary>
public sealed class InvoiceTests
{
    private const string Month = "2026-10";

    private static readonly Dictionary<string, decimal> None = [];

    [Fact]
    public void A_provider_is_compared_with_its_invoice_and_otherwise_with_what_it_reported_for_all_of_its_usage()
    {
        MonthlyCost[] costs =
        [
            Cost("openai/a", 60), Cost("openai/b", 40), Cost("google/c", 500), Cost("test/d", 7), Cost("test/e", 3), Cost(CostDimension.None, 25), Cost("openai/a", -9, origin: "2026-08"),
            Cost("lacking/f", 1) with { Unpriced = new Dictionary<string, decimal> { ["tokens"] = 5 } },
        ];
        ReportedCost[] reported = [Said("google/c", 510, 1), Said("test/d", 8, 1), Said("openai/a", 60, 0.5m), Said("openai/b", null, 1)];
        var invoices = Invoices.Of(Month, costs, reported, new Dictionary<string, string> { ["openai"] = "1,101.5", ["google"] = "much", ["acme"] = "5" });

        Assert.Equal(["google", "openai", "test", "lacking", "acme"], invoices.Rows.Select(row => row.Provider));
        Assert.Equal([(500m, 510m, 10m), (100m, null, 1001.5m), (10m, 8m, null), (1m, null, null), (0m, (decimal?)null, (decimal?)5m)], invoices.Rows.Select(row => (row.Computed, row.Reported, row.Difference)));
        Assert.True(invoices.Rows[2].IsPartlyReported); // Nothing was reported for test/e.
        Assert.Equal("5 tokens unpriced", invoices.Rows[3].Lacking);
        Assert.Equal((25m, -9m), (invoices.Other, invoices.Corrections));
        Assert.Equal(["google: “much” is not an amount."], invoices.Unreadable);
        Assert.Equal("Compared with invoices: openai $1,101.50 (+$1,001.50), acme $5.00 (+$5.00)", invoices.Reason("USD"));
        Assert.Equal("Compared with invoices: test $10.00 (no difference)", Invoices.Of(Month, costs, reported, new Dictionary<string, string> { ["test"] = "10" }).Reason("USD"));
        Assert.Null(Invoices.Of(Month, costs, reported, None.ToDictionary(none => none.Key, none => "")).Reason("USD"));
    }

    [Fact]
    public void The_steps_are_in_the_address_with_what_was_typed()
    {
        var address = ClosingAddress.Read(new(2026, 10), "?month=2026-10&step=3&since=2026-10-20&invoice.openai=1%2C5&invoice.a+b=2&invoice.none=+");
        Assert.Equal("/closing?month=2026-10&step=4&since=2026-10-20&invoice.a%20b=2&invoice.openai=1%2C5", address.At(4));
        Assert.Equal(address.Invoices, ClosingAddress.Read(new(2026, 10), address.At(4)[8..]).Invoices);
        Assert.Equal("/closing?month=2026-10&step=1", ClosingAddress.Read(new(2026, 10), "?step=x&since=then").At(1));
        Assert.Equal(ClosingAddress.Last, ClosingAddress.Read(new(2026, 10), "?step=99").Step);
    }

    [Fact]
    public void A_correction_says_where_it_came_from_and_where_it_went()
    {
        var move = new BookingMove("2026-08", "2026-09", -88.03m, None, None, None);
        Assert.Equal("−$88.03 booked into September 2026", PeriodWords.Of(move, "2026-08", "USD"));
        Assert.Equal("−$88.03 from August 2026", PeriodWords.Of(move, "2026-09", "USD"));
        Assert.Equal("5 tokens unpriced from August 2026", PeriodWords.Of(move with { Amount = 0, Unpriced = new Dictionary<string, decimal> { ["tokens"] = 5 } }, "2026-09", "USD"));
    }

    private static MonthlyCost Cost(string model, decimal actual, string origin = Month) =>
        new(Month, new Dictionary<string, string> { ["origin"] = origin, ["model"] = model }, actual, actual, 0, 0, None, None, None);

    private static ReportedCost Said(string sku, decimal? converted, decimal share) => new(Month, "chat", sku, "USD", converted ?? 1, converted, 0, share);
}
