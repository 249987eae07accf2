using System.Globalization;
using System.Text.Json;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Webhooks, checked by a receiver in another language that was written from the README alone.</summary>
public sealed class WebhookSenderTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfA6w==";

    [Theory]
    [InlineData(Secret, 0, null)]
    [InlineData("whsec_AAAAsBQIhrscChlQIMV+b5sSYspob7oDazfA6w==", 0, "answered 401: The signature is wrong.")]
    [InlineData(Secret, -360, "answered 401: The message is too old.")]
    public async Task A_receiver_written_from_the_README_takes_what_is_signed_with_its_secret_and_new(string secret, int secondsOff, string? refusal)
    {
        var python = await ServerProgram.PythonAsync("http.server");
        Assert.SkipUnless(python is not null, "Python 3 is not installed.");
        await using var receiver = ServerProgram.Start(python, ServerProgram.Script("webhook_receiver.py"), Secret);
        var port = await receiver.LineAsync();
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));
        var sender = new WebhookSender(http, new FixedClock(DateTimeOffset.UtcNow.AddSeconds(secondsOff)));

        var outcome = await sender.SendAsync(new WebhookAddress(new($"http://127.0.0.1:{port}/hook"), secret), Sending.Notice());

        Assert.Equal(refusal is null ? null : $"127.0.0.1:{port} {refusal}", outcome.Reason);
        if (refusal is null)
        {
            Assert.Equal($"{Sending.Notice().Id} marketing", await receiver.LineAsync());
        }
    }

    [Theory]
    [InlineData(NoticeKind.Crossed, "budget.threshold.crossed")]
    [InlineData(NoticeKind.Resolved, "budget.threshold.resolved")]
    [InlineData(NoticeKind.Reminder, "budget.threshold.reminder")]
    [InlineData(NoticeKind.Escalation, "budget.threshold.escalation")]
    [InlineData(NoticeKind.Test, "test")]
    public async Task The_type_says_what_happened(NoticeKind kind, string type)
    {
        var (body, _) = await SentAsync(Sending.Notice(kind));

        Assert.Equal(type, body.GetProperty("type").GetString());
        Assert.Equal("2026-11-22T10:00:30Z", body.GetProperty("timestamp").GetString());
    }

    [Fact]
    public async Task The_data_has_the_events_of_the_log_with_exact_money_and_the_links()
    {
        var (body, _) = await SentAsync(Sending.Notice(NoticeKind.Resolved, Sending.Alert(resolved: ResolvedBecause.Below), Sending.Alert(id: 2)));

        var alerts = body.GetProperty("data").GetProperty("alerts");
        Assert.Equal(2, alerts.GetArrayLength());
        var alert = alerts[0];
        Assert.Equal(Sending.Alert().Id, alert.GetProperty("alert").GetGuid());
        Assert.Equal("2026-11-22T10:00:28Z", alert.GetProperty("crossedAt").GetString());
        Assert.Equal("2026-11-22T13:00:30Z", alert.GetProperty("resolvedAt").GetString());
        Assert.Equal("""{"budget":"marketing","alert":"00000001-0000-0000-0000-000000000000","because":"below","observed":799.996,"position":4800}""", alert.GetProperty("resolved").GetRawText());
        Assert.Equal(
            """
            {"budget":"marketing","version":3,"name":"Marketing","periodStart":"2026-11-01","periodEnd":"2026-12-01","threshold":{"on":"actual","percent":80},"occurrence":1,"currency":"USD","limit":1000,"at":800,"observed":812.5,"spent":812.5,"forecast":1240.000001,"position":4711,"contributors":[{"workload":"support-chat","amount":700.25,"events":[{"id":"00000009-0000-0000-0000-000000000000","amount":12.5,"trace":"4bf92f3577b34da6a3ce929d0e0e4736"}]}]}
            """,
            alert.GetProperty("crossed").GetRawText());
        Assert.Equal("https://spend.example.com/alerts/00000001-0000-0000-0000-000000000000", alert.GetProperty("page").GetString());
        Assert.False(alert.TryGetProperty("acknowledge", out _));
        Assert.Equal("https://spend.example.com/acknowledge?a=00000002-0000-0000-0000-000000000000&t=abc", alerts[1].GetProperty("acknowledge").GetString());
    }

    [Fact]
    public async Task Another_attempt_is_the_same_message_signed_at_its_own_time()
    {
        var clock = new FixedClock(Sending.Noticed);
        var (first, firstHeaders) = await SentAsync(Sending.Notice(), clock);
        clock.Now += TimeSpan.FromHours(5);
        var (second, secondHeaders) = await SentAsync(Sending.Notice(), clock);

        Assert.Equal(first.GetRawText(), second.GetRawText());
        Assert.Equal(firstHeaders["webhook-id"], secondHeaders["webhook-id"]);
        Assert.Equal(5 * 3600, long.Parse(secondHeaders["webhook-timestamp"], CultureInfo.InvariantCulture) - long.Parse(firstHeaders["webhook-timestamp"], CultureInfo.InvariantCulture));
        Assert.NotEqual(firstHeaders["webhook-signature"], secondHeaders["webhook-signature"]);
        Assert.Equal("application/json; charset=utf-8", firstHeaders["Content-Type"]);
    }

    private static async Task<(JsonElement Body, IReadOnlyDictionary<string, string> Headers)> SentAsync(AlertNotice notice, TimeProvider? clock = null)
    {
        var (body, headers) = await Sending.PostedAsync(http => new WebhookSender(http, clock ?? TimeProvider.System), url => new WebhookAddress(url, Secret), notice);
        return (JsonSerializer.Deserialize<JsonElement>(body), headers);
    }
}
