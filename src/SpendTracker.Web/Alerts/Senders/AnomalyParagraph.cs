using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>An unusual day in words: what it cost, what is usual, and why.</summary>
internal static class AnomalyParagraph
{
    public static string Title(AnomalyDetected detected)
    {
        var workload = AlertText.Name(detected.Workload);
        return detected.Kind == AnomalyKind.Silence
            ? $"{workload} reports no usage since {KnownOn.Text(detected.Day)}"
            : $"{workload} had an unusual day{(detected is { Sku: { } sku, Meter: { } meter } ? $" of {ShownText.Line($"{sku} {meter}", 120)}" : "")}: {AnomalyWords.Of(detected)}";
    }

    public static string Sentences(AnomalyDetected detected) =>
        $"{AnomalyWords.Explain(detected.Kind)}{(AnomalyWords.Mostly(detected) is { Length: > 0 } mostly ? $" It is {mostly}." : "")}";

    public static IEnumerable<AlertFact> Facts(AnomalyDetected detected, DateTimeOffset at, DateTimeOffset? over)
    {
        yield return new("Day", KnownOn.Text(detected.Day));
        if (detected.Kind != AnomalyKind.Silence)
        {
            yield return new("Cost", Money.Text(detected.Amount, detected.Currency));
        }

        yield return new("Usual", Money.Text(detected.Usual, detected.Currency));
        foreach (var cause in detected.Causes is { } causes ? AnomalyWords.Causes(causes).Where(cause => cause.Amount != 0) : [])
        {
            yield return new(cause.Name, Money.Change(cause.Amount, detected.Currency));
        }

        foreach (var part in detected.Parts ?? [])
        {
            yield return new(ShownText.Line($"{part.Sku} {part.Meter}", 120), $"{Money.Text(part.Amount, detected.Currency)}, mean before {Money.Text(part.Mean, detected.Currency)}");
        }

        yield return new("Noticed", AlertParagraph.Instant(at));
        if (over is { } since)
        {
            yield return new("Over since", AlertParagraph.Instant(since));
        }
    }
}
