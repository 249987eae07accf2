using System.Globalization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>One alert in words.</summary>
/// <param name="Title">The budget, plan or workload, and what became of it.</param>
/// <param name="Sentences">What a reader should know at once.</param>
/// <param name="Facts">The figures, each with what it is.</param>
/// <param name="Alert">Its links, and the figures as numbers.</param>
internal sealed record AlertParagraph(string Title, string Sentences, IReadOnlyList<AlertFact> Facts, NoticedAlert Alert)
{
    /// <summary>Where its reader can go from here; none where the host does not know its public address.</summary>
    public IEnumerable<AlertLink> Links =>
        new[] { ("Open", Alert.Page), ("Acknowledge", Alert.Acknowledge) }.Where(link => link.Item2 is not null).Select(link => new AlertLink(link.Item1, link.Item2!.AbsoluteUri));

    public static AlertParagraph Of(NoticedAlert alert, NoticeKind kind)
    {
        var since = Instant(alert.CrossedAt);
        var (prefix, first) = kind switch
        {
            NoticeKind.Test => ("Test: ", ""),
            _ when alert.Resolved is { } resolved => ("Over: ", $"{Because(alert.Raised, resolved)} "),
            NoticeKind.Reminder => ("Reminder: ", $"This holds since {since}, and nobody has acknowledged it. "),
            NoticeKind.Escalation => ("Not acknowledged: ", $"Nobody has acknowledged this since {since}. "),
            _ => ("", ""),
        };
        return alert.Raised switch
        {
            BudgetThresholdCrossed crossed => new(prefix + TitleOf(crossed), first + Figures(crossed), FactsOf(alert, crossed), alert),
            PlanAlertRaised raised => new(prefix + PlanParagraph.Title(raised), first + PlanParagraph.Sentences(raised), [.. PlanParagraph.Facts(raised, alert)], alert),
            AnomalyDetected detected => new(
                prefix + AnomalyParagraph.Title(detected), first + AnomalyParagraph.Sentences(detected), [.. AnomalyParagraph.Facts(detected, alert.CrossedAt, alert.ResolvedAt)], alert),
            ReportMade made => new(ReportTitle(made), made.Sentence, [.. made.Figures.Select(figure => new AlertFact(figure.Name, figure.More.Length == 0 ? figure.Figure : $"{figure.Figure} ({figure.More})"))], alert),
            _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Raised, null),
        };
    }

    public static string ReportTitle(ReportMade made) => $"AI spend in {(BillingPeriod.TryParse(made.Month, out var month) ? Label.Of(month) : made.Month)}";

    private static string Because(IAlertRaised raised, IAlertResolved resolved) => (raised, resolved) switch
    {
        (BudgetThresholdCrossed crossed, BudgetThresholdResolved budget) => Because(crossed, budget),
        (PlanAlertRaised left, PlanAlertResolved plan) => PlanParagraph.Because(left, plan),
        (_, AnomalyCleared { Because: AnomalyClearedBecause.ReportsAgain }) => "The workload reports again.",
        (_, AnomalyCleared) => "By a correction or another price the day is usual.",
        _ => "It does not hold any more.",
    };

    /// <summary>An instant in UTC, and says so: receivers are anywhere.</summary>
    public static string Instant(DateTimeOffset instant) => $"{Label.Of(instant, TimeZoneInfo.Utc)[..16]} UTC";

    private static string TitleOf(BudgetThresholdCrossed crossed)
    {
        var name = AlertText.Name(crossed.Name);
        return crossed.Threshold.On switch
        {
            ThresholdOn.Forecast => $"{name} is forecast to reach {Line(crossed)}",
            ThresholdOn.Unpriced => $"{name}: {AlertWords.Unpriced(crossed)}",
            ThresholdOn.Lag => $"{name}: its figures are {Seconds(crossed.Observed)} behind",
            _ => $"{name} reached {Line(crossed)}",
        };
    }

    /// <summary>Where the threshold is, in the words that it was set with.</summary>
    private static string Line(BudgetThresholdCrossed crossed) => crossed.Threshold.Percent is { } percent
        ? $"{Percent(percent)} of its budget"
        : Money.Text(crossed.At, crossed.Currency);

    private static string Figures(BudgetThresholdCrossed crossed)
    {
        var spent = $"{Money.Text(crossed.Spent, crossed.Currency)} of {Money.Text(crossed.Limit, crossed.Currency)}";
        var share = crossed.Limit > 0 && crossed.Spent >= 0 ? $" ({Percent(crossed.Spent / crossed.Limit * 100)})" : "";
        var forecast = crossed.Forecast is { } amount ? $" The forecast for the period's end is {Money.Text(amount, crossed.Currency)}." : "";
        return crossed.Threshold.On switch
        {
            ThresholdOn.Unpriced =>
                $"In {Period(crossed)}: {AlertWords.Unpriced(crossed)}. So more {(crossed is { Unpriced: null, Unconverted: null, Incomplete: not null } ? "may be" : "is")} spent than the {spent} that the figures say.",
            ThresholdOn.Lag =>
                $"The figures are {Seconds(crossed.Observed)} behind what is recorded, so that more may be spent than the {spent} that they say.",
            _ => $"{spent}{share} was spent in {Period(crossed)} when this was noticed.{forecast}",
        };
    }

    private static string Because(BudgetThresholdCrossed crossed, BudgetThresholdResolved resolved) => resolved.Because switch
    {
        ResolvedBecause.BudgetChanged => "The budget was changed.",
        ResolvedBecause.BudgetRemoved => "The budget was removed.",
        ResolvedBecause.PeriodOver => "The period is over.",
        _ when crossed.Threshold.On == ThresholdOn.Unpriced && resolved.Observed is { } observed => observed == 0
            ? "Everything has its whole price now."
            : $"At most {Percent(observed)} of any unit lacks a price or a part of it now, below the threshold of {Percent(crossed.At)}.",
        _ when resolved.Observed is { } observed => $"It is at {InUnit(crossed, observed)} now, below the threshold of {InUnit(crossed, crossed.At)}.",
        _ => "It is below the threshold again.",
    };

    private static AlertFact[] FactsOf(NoticedAlert alert, BudgetThresholdCrossed crossed)
    {
        List<AlertFact> facts =
        [
            new("Spent", Money.Text(crossed.Spent, crossed.Currency)),
            new("Budget", Money.Text(crossed.Limit, crossed.Currency)),
            new("Threshold", (crossed.Threshold.Percent, crossed.Threshold.On) is ({ } percent, ThresholdOn.Actual or ThresholdOn.Forecast)
                ? $"{Percent(percent)}, {InUnit(crossed, crossed.At)}"
                : InUnit(crossed, crossed.At)),
            new("Period", Period(crossed)),
            new("Noticed", Instant(alert.CrossedAt)),
        ];
        if (crossed.Forecast is { } forecast)
        {
            facts.Insert(1, new("Forecast", Money.Text(forecast, crossed.Currency)));
        }

        if (crossed.Contributors.Count > 0)
        {
            facts.Add(new("Mostly by", string.Join(", ", crossed.Contributors.Take(5).Select(
                contributor => $"{ShownText.Line(contributor.Workload, 40)} {Money.Text(contributor.Amount, crossed.Currency)}"))));
        }

        if (alert.ResolvedAt is { } over)
        {
            facts.Add(new("Over since", Instant(over)));
        }

        return [.. facts];
    }

    private static string InUnit(BudgetThresholdCrossed crossed, decimal value) => crossed.Threshold.On switch
    {
        ThresholdOn.Unpriced => $"{Percent(value)} of one unit",
        ThresholdOn.Lag => Seconds(value),
        _ => Money.Text(value, crossed.Currency),
    };

    /// <summary>The month's name, or the days from first to last.</summary>
    private static string Period(BudgetThresholdCrossed crossed)
    {
        var month = BillingPeriod.Of(crossed.PeriodStart);
        return month.Start == crossed.PeriodStart && month.End == crossed.PeriodEnd
            ? Label.Of(month)
            : $"{KnownOn.Text(crossed.PeriodStart)} to {KnownOn.Text(crossed.PeriodEnd.AddDays(-1))}";
    }

    /// <summary>Rounded down, so that what is below a threshold never reads as if it had reached it.</summary>
    private static string Percent(decimal percent) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(percent, 2, MidpointRounding.ToZero):#,0.##} %");

    private static string Seconds(decimal seconds) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(seconds, MidpointRounding.ToZero):#,0} s");
}

/// <summary>A figure and what it is.</summary>
internal sealed record AlertFact(string Label, string Value);

/// <summary>A link and what it is for.</summary>
internal sealed record AlertLink(string Label, string Url);
