using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Closing;

/// <summary>Months and what closings moved between them, as pages say it.</summary>
internal static class PeriodWords
{
    /// <summary>
    /// A booking as one of its two months sees it: <c>−$88.03 booked into September 2026</c> in August, <c>−$88.03 from August 2026</c>
    /// in September.
    /// </summary>
    public static string Of(BookingMove move, string month, string currency) =>
        $"{Amount(move, currency)} {(move.Booked == month ? $"from {Label.Of(move.Origin)}" : $"booked into {Label.Of(move.Booked)}")}";

    private static string Amount(BookingMove move, string currency)
    {
        var lacking = ExplainWords.Of(move.Lacking);
        return move.Amount == 0 ? lacking : lacking.Length == 0 ? Money.Change(move.Amount, currency) : $"{Money.Change(move.Amount, currency)}; {lacking}";
    }

    public static string Step(int step) => step switch
    {
        1 => "Not in the totals",
        2 => "What changed",
        3 => "Invoices",
        _ => "Close",
    };
}
