using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Explorer;

namespace SpendTracker.Web.Pages;

/// <summary>Plans as pages and messages say them.</summary>
internal static class PlanWords
{
    public static string Link(string plan) => $"/plans/{Uri.EscapeDataString(plan)}";

    /// <summary>Where the usage is that an alert is about: the workload's events of the last month that was looked at.</summary>
    public static string LinkToUsage(PlanAlertRaised raised) => EventLink.To(new UsageFilter(raised.Workload, BillingPeriod.Of(raised.To)));

    /// <summary>What is watched: <c>Input tokens of a request, options[1].routes[0].inputTokens</c>.</summary>
    public static string Watched(PlanWatchOn on, string assumption) => on switch
    {
        PlanWatchOn.Volume => "Requests a month",
        PlanWatchOn.InputTokens => $"Input tokens of a request ({assumption})",
        PlanWatchOn.OutputTokens => $"Output tokens of a request ({assumption})",
        PlanWatchOn.CachedShare => $"Cached share of the input ({assumption})",
        PlanWatchOn.Success => "Share of requests that succeed",
        PlanWatchOn.Price => $"Price of {assumption}",
        PlanWatchOn.Retirement => "Days until the base model ends",
        _ => $"Requests a month against break-even with {assumption}",
    };

    /// <summary><c>80,000 to 400,000 requests</c>; of one end <c>below</c> or <c>at least</c> it.</summary>
    public static string Range(PlanWatchOn on, decimal? low, decimal? high, string unit) => (low, high) switch
    {
        ({ } least, { } most) => $"{Value(least, unit)} to {Value(most, unit)}",
        ({ } least, null) => $"{(on == PlanWatchOn.Retirement ? "more than" : "at least")} {Value(least, unit)}",
        (null, { } most) => $"{(on == PlanWatchOn.BreakEven ? "below" : "at most")} {Value(most, unit)}",
        _ => "any",
    };

    public static string Value(decimal value, string unit) => unit switch
    {
        "share" => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %"),
        "requests" or "tokens" => value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture),
        "days" => value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.############} {unit}"),
    };

    /// <summary>What happened, in a line.</summary>
    public static string Of(PlanAlertRaised raised) => raised.On switch
    {
        PlanWatchOn.BreakEven => $"{Value(raised.Observed, raised.Unit)} requests a month crossed the break-even with {raised.Assumption} at {Value(raised.Low ?? raised.High ?? 0, raised.Unit)}",
        PlanWatchOn.Retirement => $"The base model ends in {Value(raised.Observed, raised.Unit)} days",
        _ => $"{Watched(raised.On, raised.Assumption)}: {Value(raised.Observed, raised.Unit)}, planned {Range(raised.On, raised.Low, raised.High, raised.Unit)}",
    };

    public static string Of(PlanResolvedBecause because) => because switch
    {
        PlanResolvedBecause.Back => "the value is within its range again",
        PlanResolvedBecause.PlanChanged => "the plan has a new version",
        PlanResolvedBecause.PlanRetired => "the plan was retired",
        _ => "the plan’s months are over",
    };
}
