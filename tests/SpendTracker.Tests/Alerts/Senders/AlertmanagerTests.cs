using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Alerts;
using SpendTracker.Benchmarks;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>The real Alertmanager, which tells a receiver in turn.</summary>
public sealed class AlertmanagerTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("spend-alertmanager").FullName;
    private readonly ConcurrentQueue<JsonElement> _told = [];
    private readonly HttpClient _client = new();
    private HttpReceiver? _receiver;
    private ServerProgram? _server;

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_receiver?.DisposeAsync() ?? ValueTask.CompletedTask);
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_alert_fires_in_Alertmanager_until_it_is_resolved_and_is_one_alert_there()
    {
        var url = await StartAsync();
        using var http = Sending.Http(Sending.Connection(url.Authority));
        var sender = new AlertmanagerSender(http);
        var now = DateTimeOffset.UtcNow;
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var alert = Sending.Alert() with { CrossedAt = now.AddMinutes(-10) };
        alert = alert with { Raised = (BudgetThresholdCrossed)alert.Raised with { PeriodStart = day, PeriodEnd = day.AddMonths(1) } };

        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Crossed, alert)));
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Reminder, alert)));

        var fires = Assert.Single((await AlertsAsync(url)).EnumerateArray());
        var labels = fires.GetProperty("labels");
        Assert.Equal("SpendTrackerBudget marketing actual 80% warning", string.Join(' ', new[] { "alertname", "budget", "threshold", "severity" }.Select(label => labels.GetProperty(label).GetString())));
        Assert.Equal($"{day:yyyy-MM-dd}/{day.AddMonths(1):yyyy-MM-dd}", labels.GetProperty("period").GetString());
        Assert.Equal("active", fires.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal("Reminder: Marketing reached 80 % of its budget", fires.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal(alert.Page!.AbsoluteUri, fires.GetProperty("generatorURL").GetString());
        Assert.True(fires.GetProperty("endsAt").GetDateTimeOffset() > now.AddDays(28)); // And not after five minutes.
        await Eventually.Async(() => _told.Any(told => told.GetProperty("status").GetString() == "firing"));

        var over = alert with { Resolved = new BudgetThresholdResolved("marketing", alert.Id, ResolvedBecause.Below, 700m, 4800), ResolvedAt = DateTimeOffset.UtcNow.AddSeconds(-1), Acknowledge = null };
        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Resolved, over)));

        await Eventually.Async(() => _told.Any(told => told.GetProperty("status").GetString() == "resolved"));
        Assert.Equal(0, (await AlertsAsync(url)).GetArrayLength());
        var fingerprints = _told.SelectMany(told => told.GetProperty("alerts").EnumerateArray()).Select(told => told.GetProperty("fingerprint").GetString()).Distinct();
        Assert.Equal([fires.GetProperty("fingerprint").GetString()], fingerprints);
    }

    [Fact]
    public async Task A_test_fires_under_another_name_and_what_Alertmanager_refuses_is_told()
    {
        var url = await StartAsync();
        using var http = Sending.Http(Sending.Connection(url.Authority));
        var sender = new AlertmanagerSender(http);

        Assert.Equal(SendOutcome.Sent, await sender.SendAsync(new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Test) with { At = DateTimeOffset.UtcNow }));
        Assert.Equal("SpendTrackerTest", Assert.Single((await AlertsAsync(url)).EnumerateArray()).GetProperty("labels").GetProperty("alertname").GetString());

        var reversed = Sending.Alert(resolved: ResolvedBecause.Below) with { ResolvedAt = Sending.Noticed.AddDays(-1) };
        var outcome = await sender.SendAsync(new AlertmanagerAddress(url), Sending.Notice(NoticeKind.Resolved, reversed));
        Assert.Equal($"{url.Authority} answered 400: \"start time must be before end time\"", outcome.Reason);
    }

    [Fact]
    public async Task Basic_authentication_is_sent_only_encrypted()
    {
        using var http = Sending.Http(Sending.Connection("127.0.0.1"));

        var outcome = await new AlertmanagerSender(http).SendAsync(new AlertmanagerAddress(new("http://127.0.0.1:9093"), "me", "secret"), Sending.Notice());

        Assert.Equal("The channel's password cannot be used. A password is sent only encrypted: use https, or leave user and password out.", outcome.Reason);
    }

    private async Task<JsonElement> AlertsAsync(Uri url) => await _client.GetFromJsonAsync<JsonElement>(new Uri(url, "/api/v2/alerts"), TestContext.Current.CancellationToken);

    private async Task<Uri> StartAsync()
    {
        const string Program = "/usr/bin/prometheus-alertmanager";
        Assert.SkipUnless(File.Exists(Program), "Alertmanager (Debian: prometheus-alertmanager) is not installed.");
        _receiver = await HttpReceiver.StartAsync(async context => _told.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted)));
        var settings = Path.Combine(_folder, "alertmanager.yml");
        await File.WriteAllTextAsync(
            settings,
            $$"""
            route: { receiver: told, group_by: [alertname, budget], group_wait: 0s, group_interval: 1s }
            receivers: [{ name: told, webhook_configs: [{ url: "{{_receiver.Address}}", send_resolved: true }] }]
            """,
            TestContext.Current.CancellationToken);
        var url = new Uri($"http://127.0.0.1:{Ports.Free()}");
        _server = ServerProgram.Start(
            Program, $"--config.file={settings}", $"--storage.path={_folder}", $"--web.listen-address={url.Authority}", "--cluster.listen-address=");
        await Eventually.Async(async () =>
        {
            try
            {
                using var ready = await _client.GetAsync(new Uri(url, "/-/ready"), TestContext.Current.CancellationToken);
                return ready.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return url;
    }
}
