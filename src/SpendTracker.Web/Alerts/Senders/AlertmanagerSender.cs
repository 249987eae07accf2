using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>Posts to Alertmanager's API v2. A reminder is the same alert again; a resolved one has an end.</summary>
internal sealed class AlertmanagerSender(OutgoingHttp http) : IChannelSender
{
    private static readonly TimeSpan TestLasts = TimeSpan.FromMinutes(5);

    /// <summary>A plan has no period, and no anomaly has one: an alert that is neither told again nor resolved is over after so long.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(60);

    public ChannelKind Kind => ChannelKind.Alertmanager;

    public Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken)
    {
        var alertmanager = (AlertmanagerAddress)address;
        var headers = new Dictionary<string, string>();
        if (alertmanager is { User: { Length: > 0 } user, Password: { Length: > 0 } password })
        {
            headers["Authorization"] = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";
        }

        var url = new Uri($"{alertmanager.Url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/v2/alerts");
        var alerts = notice.Alerts.Select(alert => Posted(alert, notice)).ToArray();
        return http.PostAsync(
            address, url, JsonSerializer.SerializeToUtf8Bytes(alerts, AlertmanagerJson.Default.PostedAlertArray), headers, refusal: null, cancellationToken);
    }

    private static PostedAlert Posted(NoticedAlert alert, AlertNotice notice)
    {
        var text = AlertParagraph.Of(alert, notice.Kind);
        var annotations = new Dictionary<string, string> { ["summary"] = text.Title, ["description"] = text.Sentences };
        if (alert.Acknowledge is { } acknowledge)
        {
            annotations["acknowledge"] = acknowledge.AbsoluteUri;
        }

        return new(Labels(alert, notice.Kind == NoticeKind.Test), annotations, alert.CrossedAt, End(alert, notice), alert.Page?.AbsoluteUri ?? "");
    }

    /// <summary>
    /// They are what an alert is known by, so they follow from the crossing alone. Its id is among them: an alert that comes
    /// again must not be ended by the news, late by a retry, that the one before it is over.
    /// </summary>
    private static Dictionary<string, string> Labels(NoticedAlert alert, bool test) => alert.Raised switch
    {
        BudgetThresholdCrossed crossed => Labels(alert.Id, crossed, test),
        PlanAlertRaised raised => new()
        {
            ["alertname"] = "SpendTrackerPlan", ["plan"] = raised.Plan, ["on"] = EnumName.Of(raised.On), ["assumption"] = raised.Assumption, ["workload"] = raised.Workload,
            ["severity"] = "warning", ["alert"] = alert.Id.ToString(),
        },
        AnomalyDetected detected => Labels(alert.Id, detected),
        ReportMade made => new() { ["alertname"] = "SpendTrackerReport", ["schedule"] = made.Schedule, ["month"] = made.Month, ["severity"] = "info", ["alert"] = alert.Id.ToString() },
        _ => throw new ArgumentOutOfRangeException(nameof(alert), alert.Raised, null),
    };

    private static Dictionary<string, string> Labels(Guid alert, AnomalyDetected detected)
    {
        Dictionary<string, string> labels = new()
        {
            ["alertname"] = "SpendTrackerAnomaly", ["workload"] = detected.Workload, ["kind"] = EnumName.Of(detected.Kind),
            ["day"] = FormattableString.Invariant($"{detected.Day:yyyy-MM-dd}"), ["severity"] = "warning", ["alert"] = alert.ToString(),
        };
        if (detected is { Sku: { } sku, Meter: { } meter })
        {
            (labels["sku"], labels["meter"]) = (sku, meter);
        }

        return labels;
    }

    private static Dictionary<string, string> Labels(Guid alert, BudgetThresholdCrossed crossed, bool test)
    {
        var threshold = crossed.Threshold;
        var line = threshold.Percent is { } percent ? FormattableString.Invariant($"{percent:0.##}%")
            : threshold.On == ThresholdOn.Lag ? FormattableString.Invariant($"{crossed.At:0.##}s")
            : FormattableString.Invariant($"{crossed.At:0.######} {crossed.Currency}");
        return new()
        {
            ["alertname"] = test ? "SpendTrackerTest" : "SpendTrackerBudget",
            ["budget"] = crossed.Budget,
            ["threshold"] = $"{EnumName.Of(threshold.On)} {line}",
            ["period"] = FormattableString.Invariant($"{crossed.PeriodStart:yyyy-MM-dd}/{crossed.PeriodEnd:yyyy-MM-dd}"),
            ["severity"] = threshold.On == ThresholdOn.Actual && crossed.At >= crossed.Limit ? "critical" : "warning",
            ["alert"] = alert.ToString(),
        };
    }

    /// <summary>
    /// Without an end an alert would be over after Alertmanager's <c>resolve_timeout</c>, five minutes. So one that holds ends
    /// when it will at the latest: after the period that follows its own.
    /// </summary>
    private static DateTimeOffset End(NoticedAlert alert, AlertNotice notice)
    {
        if (notice.Kind is NoticeKind.Test or NoticeKind.Made)
        {
            return notice.At + TestLasts;
        }

        if (alert.ResolvedAt is { } over)
        {
            return over;
        }

        if (alert.Raised is not BudgetThresholdCrossed { PeriodStart: var start, PeriodEnd: var end })
        {
            return notice.At + Lasts;
        }

        var latest = new DateTimeOffset(end.AddDays(end.DayNumber - start.DayNumber + 1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return latest > notice.At.AddDays(1) ? latest : notice.At.AddDays(1);
    }
}

/// <summary>An alert of Alertmanager's API v2.</summary>
/// <param name="Labels">What it is known by.</param>
/// <param name="Annotations">What is told of it.</param>
/// <param name="StartsAt">Since when it holds.</param>
/// <param name="EndsAt">When it is over, or was.</param>
/// <param name="GeneratorURL">Where it can be looked at.</param>
internal sealed record PostedAlert(
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, DateTimeOffset StartsAt, DateTimeOffset EndsAt,
    [property: JsonPropertyName("generatorURL")] string GeneratorURL);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(PostedAlert[]))]
internal sealed partial class AlertmanagerJson : JsonSerializerContext;
