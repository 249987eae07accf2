using System.Text.Json;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>What people and programs are told of an unusual day.</summary>
public sealed class AnomalyTextTests
{
    private static readonly AnomalyDetected Spike = new(
        "support-chat", new(2026, 11, 21), AnomalyKind.Spike, "USD", 307.56m, 8.96m, 4711, 14.24m, 42, new AnomalyCauses(8.66m, 133.73m, 70.26m, 0, 94.91m),
        [new AnomalyPart("openai/gpt-4o", "input-tokens", 216, 0)], ["ops"]);

    private static readonly AnomalyDetected Silence = new("mail", new(2026, 11, 20), AnomalyKind.Silence, "USD", 0, 10, 4712, Channels: ["ops"]);

    [Fact]
    public void A_spike_says_what_it_cost_what_is_usual_and_why()
    {
        var text = AlertText.Of(Sending.Notice(NoticeKind.Crossed, Alert(Spike)));

        Assert.Equal("support-chat had an unusual day: $307.56, usually $8.96", text.Subject);
        Assert.Equal(
            "The day, or it and the one before, cost far more than such days do. It is mostly more requests (+$133.73).", text.Alerts[0].Sentences);
        Assert.Equal(
            ["Day 2026-11-21", "Cost $307.56", "Usual $8.96", "Volume +$133.73", "Size of requests +$70.26", "Mix +$94.91", "openai/gpt-4o input-tokens $216.00, mean before $0.00", "Noticed 2026-11-22 10:00 UTC"],
            text.Alerts[0].Facts.Select(fact => $"{fact.Label} {fact.Value}"));
    }

    [Fact]
    public async Task An_unusual_day_of_one_meter_names_it()
    {
        var ofMeter = Alert(Spike with { Sku = "openai/gpt-4o", Meter = "input-tokens" });
        Assert.Equal("support-chat had an unusual day of openai/gpt-4o input-tokens: $307.56, usually $8.96", AlertText.Of(Sending.Notice(NoticeKind.Crossed, ofMeter)).Subject);
        var (body, _) = await Sending.PostedAsync(http => new AlertmanagerSender(http), url => new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Crossed, ofMeter));
        var labels = JsonDocument.Parse(body).RootElement[0].GetProperty("labels");
        Assert.Equal(("openai/gpt-4o", "input-tokens"), (labels.GetProperty("sku").GetString(), labels.GetProperty("meter").GetString()));
    }

    [Fact]
    public void A_silence_says_since_when_and_that_it_is_over()
    {
        Assert.Equal("mail reports no usage since 2026-11-20", AlertText.Of(Sending.Notice(NoticeKind.Crossed, Alert(Silence))).Subject);

        var over = AlertText.Of(Sending.Notice(NoticeKind.Resolved, Alert(Silence, AnomalyClearedBecause.ReportsAgain)));
        Assert.Equal("Over: mail reports no usage since 2026-11-20", over.Subject);
        Assert.StartsWith("The workload reports again. ", over.Alerts[0].Sentences, StringComparison.Ordinal);
    }

    [Fact]
    public void A_digest_of_unusual_days_says_so()
    {
        Assert.Equal("2 unusual days: support-chat, mail", AlertText.Of(Sending.Notice(NoticeKind.Crossed, Alert(Spike), Alert(Silence))).Subject);
        Assert.Equal("2 alerts: support-chat, Marketing", AlertText.Of(Sending.Notice(NoticeKind.Crossed, Alert(Spike), Sending.Alert())).Subject);
    }

    [Fact]
    public async Task Alertmanager_knows_an_unusual_day_by_its_labels()
    {
        var (body, _) = await Sending.PostedAsync(http => new AlertmanagerSender(http), url => new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Crossed, Alert(Spike)));

        var labels = JsonDocument.Parse(body).RootElement[0].GetProperty("labels");
        Assert.Equal(("SpendTrackerAnomaly", "support-chat", "spike", "2026-11-21"), (Of("alertname"), Of("workload"), Of("kind"), Of("day")));

        string Of(string label) => labels.GetProperty(label).GetString()!;
    }

    private static NoticedAlert Alert(AnomalyDetected detected, AnomalyClearedBecause? because = null)
    {
        var id = Guid.NewGuid();
        return new(
            id, detected, Sending.Noticed.AddSeconds(-2), because is { } cleared ? new AnomalyCleared(id, cleared, 10, 4800) : null,
            because is null ? null : Sending.Noticed.AddHours(3), null, null);
    }
}
