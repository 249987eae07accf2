using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>The months whose forecasts are made again.</summary>
internal static class BacktestSpan
{
    /// <summary>Daily costs are kept for two years, and a forecast rests on days before it.</summary>
    private const int MostMonths = 24;

    /// <summary>Months that are over: the last twelve where none are asked for.</summary>
    public static (BillingPeriod First, BillingPeriod Last) Read(FieldCheck check, string? from, string? to, DateOnly today)
    {
        var last = BillingPeriod.Of(today).Previous;
        if (from is null && to is null)
        {
            return (BillingPeriod.Of(last.Start.AddMonths(-11)), last);
        }

        var span = MonthSpan.Read(check, from ?? to, to ?? last.ToString(), last);
        check.That("from", span.First == default || span.First >= BillingPeriod.Of(last.Start.AddMonths(1 - MostMonths)), $"At most {MostMonths} months back: daily costs are kept for so long.");
        check.That("to", span.Last <= last, $"Must be over: {last} is the last month that is.");
        return span;
    }
}
