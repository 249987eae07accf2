using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Forecasts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Forecasts;

/// <summary>How forecasts and their accuracy read, on pages and on the command line.</summary>
internal static class ForecastWords
{
    /// <summary>The days of a month that are shown where not all are, and all together.</summary>
    private static readonly int[] Shown = [5, 10, 15, 20, 25];

    /// <summary>Planned and estimated lines that are listed: an organisation may have thousands.</summary>
    public const int MostLines = 100;

    /// <summary>Like <c>$90.00 to $110.00</c>, or why there is none.</summary>
    public static string Interval(ForecastSpan span, string currency) =>
        span is { Low: { } low, High: { } high } ? $"{Money.Text(low, currency)} to {Money.Text(high, currency)}" : span.WhyNoInterval ?? "–";

    /// <summary>Like <c>2026-12: training of chat, $40.00 to come of $100.00 by plan chat-2027</c>.</summary>
    public static string Planned(PlannedLine line, string currency) =>
        $"{line.Month}: {FilterWords.Dimension(line.Component).ToLowerInvariant()} of {line.Workload}, {PlannedAmount(line, currency)} by {(line.Plan is { } plan ? $"plan {plan}, version {line.Version}" : Estimate(line))}";

    /// <summary>Like <c>2026-12-03: infrastructure of chat, $40.00, as every month</c>.</summary>
    public static string Scheduled(ScheduledCharge charge, string currency) =>
        $"{KnownOn.Text(charge.Day)}: {FilterWords.Dimension(charge.Component).ToLowerInvariant()} of {charge.Workload}, {Money.Text(charge.Amount, currency)}, as {Every(charge.EveryMonths)}";

    private static string Every(int months) => months switch { 1 => "every month", 3 => "every quarter", _ => "every year" };

    /// <summary>Like <c>the estimate for fine tuning</c>.</summary>
    public static string Estimate(PlannedLine line) => $"the estimate for {FilterWords.Dimension(line.Approach).ToLowerInvariant()}";

    public static string PlannedAmount(PlannedLine line, string currency) =>
        line.Amount is { } amount ? $"{Money.Text(line.ToCome, currency)} to come of {Money.Text(amount, currency)}" : "without a price";

    public static IEnumerable<(string Day, ForecastAccuracy Accuracy)> Days(ScopeBacktest scope) =>
        scope.Days.Where(day => Shown.Contains(day.Key)).Select(day => (day.Key.ToString(CultureInfo.InvariantCulture), day.Value)).Append(("all", scope.All));

    public static string Percent(decimal? share) => share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:0.0} %") : "–";

    public static string Signed(decimal? share) => share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:+0.0;−0.0;0.0} %") : "–";
}
