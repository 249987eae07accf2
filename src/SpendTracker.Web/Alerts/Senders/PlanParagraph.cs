using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>An alert of a plan in words: which assumption, its range, what was found, and where to look.</summary>
internal static class PlanParagraph
{
    public static string Title(PlanAlertRaised raised)
    {
        var name = AlertText.Name(raised.Name);
        return raised.On switch
        {
            PlanWatchOn.BreakEven => $"{name} crossed its break-even with {ShownText.Line(raised.Assumption, 80)}",
            PlanWatchOn.Retirement => $"{name}: the base model ends in {PlanWords.Value(raised.Observed, raised.Unit)} days",
            _ => $"{name}: {ShownText.Line(PlanWords.Watched(raised.On, raised.Assumption), 120)} left its range",
        };
    }

    public static string Sentences(PlanAlertRaised raised)
    {
        var observed = PlanWords.Value(raised.Observed, raised.Unit);
        var range = PlanWords.Range(raised.On, raised.Low, raised.High, raised.Unit);
        return raised.On switch
        {
            PlanWatchOn.BreakEven => $"At {observed} requests a month, {(raised.High is null ? "fewer than" : "no fewer than")} the {PlanWords.Value(raised.Low ?? raised.High ?? 0, raised.Unit)} of the break-even, the plan says that the other option is the cheaper one now.",
            PlanWatchOn.Retirement => $"{observed} days are left to move to another model.",
            PlanWatchOn.Price => $"It is {observed} now; the plan holds for {range}.",
            _ => $"{Capital(raised.On)} {observed} from {KnownOn.Text(raised.From)} to {KnownOn.Text(raised.To)}; the plan holds for {range}.",
        };
    }

    public static string Because(PlanAlertRaised raised, PlanAlertResolved resolved) => resolved switch
    {
        { Because: PlanResolvedBecause.Back, Observed: { } observed } => $"It is at {PlanWords.Value(observed, raised.Unit)} now, within {PlanWords.Range(raised.On, raised.Low, raised.High, raised.Unit)}.",
        { Because: PlanResolvedBecause.PlanChanged } => "The plan has a new version.",
        { Because: PlanResolvedBecause.PlanRetired } => "The plan was retired.",
        { Because: PlanResolvedBecause.PlanOver } => "The plan's months are over.",
        _ => "It is within its range again.",
    };

    public static IEnumerable<AlertFact> Facts(PlanAlertRaised raised, NoticedAlert alert)
    {
        yield return new("Found", PlanWords.Value(raised.Observed, raised.Unit));
        yield return new("Planned", PlanWords.Range(raised.On, raised.Low, raised.High, raised.Unit));
        yield return new("Assumption", ShownText.Line(raised.Assumption, 120));
        yield return new("Plan", FormattableString.Invariant($"{raised.Plan}, version {raised.Version}"));
        yield return new("Look at", $"Workload {ShownText.Line(raised.Workload, 80)}, {KnownOn.Text(raised.From)} to {KnownOn.Text(raised.To)}");
        yield return new("Noticed", AlertParagraph.Instant(alert.CrossedAt));
        if (alert.ResolvedAt is { } over)
        {
            yield return new("Over since", AlertParagraph.Instant(over));
        }
    }

    private static string Capital(PlanWatchOn on) => on switch
    {
        PlanWatchOn.Volume => "Requests a month were",
        PlanWatchOn.InputTokens => "Input tokens of a request were",
        PlanWatchOn.OutputTokens => "Output tokens of a request were",
        PlanWatchOn.CachedShare => "The cached share of the input was",
        _ => "The share of requests that succeed was",
    };
}
