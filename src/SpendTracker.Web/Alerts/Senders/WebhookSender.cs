using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>Posts signed JSON. Source: Standard Webhooks 1.0, https://www.standardwebhooks.com.</summary>
internal sealed class WebhookSender(OutgoingHttp http, TimeProvider clock) : IChannelSender
{
    public ChannelKind Kind => ChannelKind.Webhook;

    public Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken)
    {
        var webhook = (WebhookAddress)address;
        var body = JsonSerializer.SerializeToUtf8Bytes(Message(notice), WebhookJson.Default.WebhookMessage);
        var id = notice.Id.ToString();

        // Of the attempt, not of the notice: receivers refuse what is old, and a notice may be sent again for a day.
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return http.PostAsync(
            address, webhook.Url, body,
            new Dictionary<string, string>
            {
                ["webhook-id"] = id,
                ["webhook-timestamp"] = timestamp,
                ["webhook-signature"] = Signature(webhook.Secret, id, timestamp, body),
            },
            refusal: null, cancellationToken);
    }

    private static string Signature(string secret, string id, string timestamp, byte[] body)
    {
        // A secret that is none has no signature; the client refuses the address before anything is sent.
        var key = ChannelAddressRules.SecretOf(secret) ?? [];
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}";
    }

    private static WebhookMessage Message(AlertNotice notice) => new(
        notice.Kind == NoticeKind.Test ? "test" : $"{TypeOf(notice.Alerts)}.{EnumName.Of(notice.Kind)}",
        notice.At,
        new([.. notice.Alerts.Select(alert => new WebhookAlert(
            alert.Id, alert.CrossedAt, alert.Raised as BudgetThresholdCrossed, alert.ResolvedAt, alert.Resolved as BudgetThresholdResolved, alert.Page?.AbsoluteUri, alert.Acknowledge?.AbsoluteUri,
            alert.Raised as PlanAlertRaised, alert.Resolved as PlanAlertResolved, alert.Raised as AnomalyDetected, alert.Resolved as AnomalyCleared, alert.Raised as ReportMade))]));

    /// <summary>A digest may have alerts of several kinds.</summary>
    private static string TypeOf(IReadOnlyList<NoticedAlert> alerts) =>
        alerts.All(alert => alert.Raised is BudgetThresholdCrossed) ? "budget.threshold" : alerts.All(alert => alert.Raised is PlanAlertRaised) ? "plan.alert"
        : alerts.All(alert => alert.Raised is AnomalyDetected) ? "anomaly" : alerts.All(alert => alert.Raised is ReportMade) ? "report" : "alert";
}

/// <summary>The body of a webhook.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Timestamp">When it was decided to tell it; the same at every attempt.</param>
/// <param name="Data">What it is about.</param>
internal sealed record WebhookMessage(string Type, DateTimeOffset Timestamp, WebhookData Data);

/// <param name="Alerts">One, or several in a digest; all of them.</param>
internal sealed record WebhookData(IReadOnlyList<WebhookAlert> Alerts);

/// <param name="Alert">The crossing's event id.</param>
/// <param name="CrossedAt">When it was decided.</param>
/// <param name="Crossed">The event as it is in the log, where the alert is a budget's.</param>
/// <param name="ResolvedAt">Since when it is over.</param>
/// <param name="Resolved">The event that says so.</param>
/// <param name="Page">Where it can be looked at.</param>
/// <param name="Acknowledge">A link that acknowledges it.</param>
/// <param name="Plan">The event as it is in the log, where the alert is a plan's.</param>
/// <param name="PlanResolved">The event that says that this is over.</param>
/// <param name="Anomaly">The event as it is in the log, where the alert is an unusual day.</param>
/// <param name="Cleared">The event that says that it is none any more.</param>
/// <param name="Report">The event as it is in the log, where it is no alert, but a month's report.</param>
internal sealed record WebhookAlert(
    Guid Alert, DateTimeOffset CrossedAt, BudgetThresholdCrossed? Crossed, DateTimeOffset? ResolvedAt, BudgetThresholdResolved? Resolved, string? Page, string? Acknowledge,
    PlanAlertRaised? Plan = null, PlanAlertResolved? PlanResolved = null, AnomalyDetected? Anomaly = null, AnomalyCleared? Cleared = null, ReportMade? Report = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext;
