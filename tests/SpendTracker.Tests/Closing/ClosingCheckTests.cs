using SpendTracker.Closing;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Closing;

/// <summary>Why a month cannot be closed as asked.</summary>
public sealed class ClosingCheckTests
{
    private static readonly ClosingChecklist Ready = new(
        new(2026, 5), HasEnded: true, IsClosed: false, 0, new Dictionary<string, decimal>(), new Dictionary<string, decimal>(), new Dictionary<string, decimal>(), 0, 2.125m, 0);

    private static readonly CloseRequest Request = new("month end");

    [Theory]
    [InlineData("2.125", true)]
    [InlineData("2.13", true)] // As a page shows it: a half is rounded up.
    [InlineData("2.12", false)]
    [InlineData("2", true)]
    public void The_total_is_compared_to_as_many_decimals_as_were_seen(string seen, bool closes) =>
        Assert.Equal(closes ? [] : ["total"], FieldsOf(Ready, Request with { Total = decimal.Parse(seen, System.Globalization.CultureInfo.InvariantCulture) }));

    [Fact]
    public void What_lacks_a_rate_and_what_lacks_an_exchange_rate_are_accepted_apart()
    {
        var lacking = Ready with { Unpriced = new Dictionary<string, decimal> { ["tokens"] = 1 }, Unconverted = new Dictionary<string, decimal> { ["EUR"] = 0 } };
        Assert.Equal(["acceptUnpriced", "acceptUnconverted"], FieldsOf(lacking, Request));
        Assert.Equal(["acceptUnconverted"], FieldsOf(lacking, Request with { AcceptUnpriced = true }));
        Assert.Equal(["acceptUnpriced"], FieldsOf(lacking, Request with { AcceptUnconverted = true }));
        Assert.Empty(FieldsOf(lacking, Request with { AcceptUnpriced = true, AcceptUnconverted = true }));
    }

    [Fact]
    public void A_month_that_runs_and_one_that_is_closed_are_refused()
    {
        Assert.Equal(["month"], FieldsOf(Ready with { HasEnded = false }, Request));
        Assert.Equal(["month"], FieldsOf(Ready with { IsClosed = true }, Request));
    }

    private static IEnumerable<string> FieldsOf(ClosingChecklist checklist, CloseRequest request) => BillingPeriods.Check(checklist, request).Select(reason => reason.Field);
}
