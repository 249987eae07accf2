using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Explorer;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>Unusual days as a page says them.</summary>
internal static class AnomalyWords
{
    public static string Link(Guid anomaly) => $"/anomalies/{anomaly}";

    /// <summary>What is unusual: <c>$64.56, usually $8.47</c>.</summary>
    public static string Of(AnomalyDetected detected) => detected.Kind == AnomalyKind.Silence
        ? $"No usage since {KnownOn.Text(detected.Day)}, usually {Money.Text(detected.Usual, detected.Currency)} a day"
        : $"{Money.Text(detected.Amount, detected.Currency)}, usually {Money.Text(detected.Usual, detected.Currency)}";

    /// <summary>What it is of: the workload, or <c>support-chat, openai/gpt-4o input-tokens</c>.</summary>
    public static string Subject(AnomalyDetected detected) => detected is { Sku: { } sku, Meter: { } meter } ? $"{detected.Workload}, {sku} {meter}" : detected.Workload;

    /// <summary>Where the line is: <c>from more than $14.00 one day alone is unusual</c>; empty for a silence.</summary>
    public static string Line(AnomalyDetected detected) => detected.Limit is { } limit
        ? $"from {(detected.Kind == AnomalyKind.Fall ? "less" : "more")} than {Money.Text(limit, detected.Currency)} one day alone is unusual"
        : "";

    /// <summary>The usage of the day's month.</summary>
    public static UsageFilter Events(AnomalyDetected detected) =>
        new(detected.Workload, BillingPeriod.Of(detected.Day)) { Component = Component.Usage, Sku = detected.Sku, Meter = detected.Meter };

    public static string Of(AnomalyKind kind) => kind switch
    {
        AnomalyKind.Spike => "Spike",
        AnomalyKind.Rise => "Slow rise",
        AnomalyKind.Fall => "Fall",
        _ => "Silence",
    };

    public static string Explain(AnomalyKind kind) => kind switch
    {
        AnomalyKind.Spike => "The day, or it and the one before, cost far more than such days do.",
        AnomalyKind.Rise => "Days have cost somewhat more for so long that it is no chance.",
        AnomalyKind.Fall => "The day, or it and the one before, cost far less than such days do, though there was usage.",
        _ => "A workload that used to report every few days does not report any more.",
    };

    /// <summary>The largest part of the difference in words: <c>mostly more requests (+$48.10)</c>; empty where there is none.</summary>
    public static string Mostly(AnomalyDetected detected) =>
        detected.Causes is { } causes && Causes(causes).MaxBy(cause => Math.Abs(cause.Amount)) is { Amount: not 0 } most
            ? $"mostly {most.Amount switch { > 0 => most.More, _ => most.Less }} ({Money.Change(most.Amount, detected.Currency)})"
            : "";

    public static IReadOnlyList<(string Name, string Explained, string More, string Less, decimal Amount)> Causes(AnomalyCauses causes) =>
    [
        ("Volume", "The number of requests, at what a request cost on average.", "more requests", "fewer requests", causes.Volume),
        .. causes.Retries is { } retries
            ? ((string, string, string, string, decimal)[])[("Retries", "Requests for one that succeeds, at what a request cost on average.", "more retries", "fewer retries", retries)]
            : [],
        ("Size of requests", "Tokens a request, at what a token cost on average.", "larger requests", "smaller requests", causes.RequestSize),
        ("Price", "Other prices of the same meters.", "higher prices", "lower prices", causes.Price),
        ("Mix", "Other models and meters: dearer ones for cheaper ones, and new ones.", "dearer models or meters", "cheaper models or meters", causes.Mix),
    ];

    public static string Of(AnomalyState state) => state switch
    {
        AnomalyState.Open => "Open",
        AnomalyState.Acknowledged => "Acknowledged",
        _ => "Usual again",
    };

    public static string Of(AnomalyClearedBecause because) =>
        because == AnomalyClearedBecause.ReportsAgain ? "the workload reports again" : "by a correction or another price the day is usual";

    public static string Tone(AnomalyState state) => state switch
    {
        AnomalyState.Open => "over",
        AnomalyState.Acknowledged => "warn",
        _ => "faint",
    };
}
