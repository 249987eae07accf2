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
        _ when value is > 0 and < 0.01m => string.Create(CultureInfo.InvariantCulture, $"{value * 1_000_000:0.######} {unit} a million"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.######} {unit}"),
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

    /// <summary><c>$1,200.00 ($900.00 to $2,000.00)</c>; one amount where it has no range.</summary>
    public static string Range(PlanRange range, string currency) => range.Low == range.High
        ? Money.Text(range.Expected, currency)
        : $"{Money.Text(range.Expected, currency)} ({Money.Text(range.Low, currency)} to {Money.Text(range.High, currency)})";

    /// <summary>When the other of two options is the cheaper one, in a sentence.</summary>
    public static string Of(BreakEven pair)
    {
        var later = pair.First == pair.Few ? pair.Many : pair.Few;
        var month = pair.Month.Expected is { } crossed
            ? $" By the end of {crossed} no more has been paid for {later} than for {pair.First}{Months(pair.Month)}."
            : $" Within the plan’s months more is paid for {later} than for {pair.First}{Months(pair.Month)}.";
        return Volume(pair) + month;
    }

    /// <summary>From how many requests a month on the other option costs less.</summary>
    public static string Volume(BreakEven pair) => pair.Volume switch
    {
        { Expected: 0 } => $"{pair.Many} costs less at any number of requests, once everything is written off{Band(pair.Volume)}.",
        { Expected: null } => $"{pair.Many} never costs less than {pair.Few}{Band(pair.Volume)}.",
        { Expected: { } expected } => $"{pair.Many} costs less than {pair.Few} from {Value(expected, "requests")} requests a month on{Band(pair.Volume)}; the plan begins {(pair.IsReached ? "above" : "below")}.",
    };

    private static string Band(BreakEvenVolume volume) => volume.Low == volume.High ? "" : $" (from {End(volume.Low)} to {End(volume.High)} within the ranges)";

    private static string End(decimal? volume) => volume is { } requests ? Value(requests, "requests") : "never";

    private static string Months(BreakEvenMonth month) => month.Low == month.High ? "" : $" (within the ranges, {month.Low ?? "never"} to {month.High ?? "never"})";
}
