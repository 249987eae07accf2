using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Alerts;

namespace SpendTracker.Tests.Alerts;

/// <summary>A host that sends, a receiver, and a clock that the test moves. Crossings are appended as if they had been decided.</summary>
internal sealed class Alerting : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 6, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly Recorder Recorder = new("test");

    private int _crossings;

    private Alerting(AlertReceiver receiver, FixedClock clock) => (Receiver, Clock) = (receiver, clock);

    public AlertReceiver Receiver { get; }

    public FixedClock Clock { get; }

    public TestHost Host { get; private set; } = null!;

    public TestDatabase Database => Host.Database;

    public Channels Channels => Host.Services.GetRequiredService<Channels>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="database">On which another host may run.</param>
    public static async Task<Alerting> StartAsync(TestDatabase? database = null, Action<WebApplicationBuilder>? configure = null)
    {
        var alerting = new Alerting(await AlertReceiver.StartAsync(), new FixedClock(Noon));
        database ??= await TestDatabase.CreateAsync(clock: alerting.Clock);
        alerting.Host = await TestHost.StartAsync(database, builder =>
        {
            builder.Configuration["Alerts:AllowedHosts"] = alerting.Receiver.Authority;
            builder.Configuration["PublicUrl"] = "https://spend.example.com";
            configure?.Invoke(builder);
        });
        return alerting;
    }

    /// <summary>A channel that leads to the receiver.</summary>
    public async Task<Channel> SetAsync(string channel, ChannelSchedule? schedule = null)
    {
        var (set, reasons) = await Channels.SetAsync(channel, new ChannelTerms(channel, Receiver.AddressOf(channel), schedule), Recorder, Cancel);
        Assert.Empty(reasons);
        return set!;
    }

    /// <returns>The alert.</returns>
    public Task<Guid> CrossAsync(params string[] channels) => CrossAsync(null, channels);

    /// <param name="replaces">The alert that it goes on from.</param>
    public async Task<Guid> CrossAsync(Guid? replaces, string[] channels) => (await CrossAsync(Database, 1, channels, $"b{Interlocked.Increment(ref _crossings)}", replaces))[0];

    /// <summary>Crossings of budgets that nobody set: their watch leaves them alone.</summary>
    public static async Task<IReadOnlyList<Guid>> CrossAsync(TestDatabase database, int count, string[] channels, string prefix, Guid? replaces = null)
    {
        var day = DateOnly.FromDateTime(database.Spend.Options.Clock.GetUtcNow().UtcDateTime);
        var month = BillingPeriod.Of(day);
        List<EventToAppend> crossings = [];
        for (var i = 0; i < count; i++)
        {
            var budget = $"{prefix}-{i}";
            crossings.Add(new EventToAppend(
                $"budget/{budget}", Guid.CreateVersion7(),
                new BudgetThresholdCrossed(
                    budget, 1, "Marketing", month.Start, month.End, new BudgetThreshold(ThresholdOn.Actual, Percent: 80, Channels: channels), 1, "USD", 1_000, 800, 812.5m, 812.5m,
                    null, 1, [], replaces),
                Recorder));
        }

        await database.Store.AppendTogetherAsync(crossings, Cancel); // Or the host might see some of them first.
        return [.. crossings.Select(crossing => crossing.Id)];
    }

    public Task ResolveAsync(Guid alert, ResolvedBecause because = ResolvedBecause.Below) => Database.Store.AppendAsync(
        [new EventToAppend("budget/any", Guid.CreateVersion7(), new BudgetThresholdResolved("any", alert, because, 1, 1), Recorder)], Cancel);

    public Task AcknowledgeAsync(Guid alert) => Host.Services.GetRequiredService<Acknowledgements>().AcknowledgeAsync(alert, null, Recorder, Cancel);

    /// <summary>Time goes by, and the host looks.</summary>
    public void Pass(TimeSpan time)
    {
        Clock.Now += time;
        Host.Services.GetRequiredService<AlertDelivery>().Wake();
    }

    /// <summary>Waits until a channel's receiver got so many messages, and what came of them is recorded.</summary>
    public async Task ToldAsync(string channel, int count)
    {
        await Receiver.UntilAsync(channel, count);
        await SettledAsync();
    }

    /// <summary>Waits until the outbox has taken everything from the log, and nothing that is due is left.</summary>
    public async Task SettledAsync()
    {
        var last = await Database.ScalarAsync<long>("select max(seq_id) from spend.mt_events where type <> 'alert_delivered'");
        await Eventually.Async(() => Database.ScalarAsync<bool>($"select coalesce((select last_seq_id from spend.mt_event_progression where name = 'SpendTracker.AlertOutbox:All'), 0) >= {last}"));
        await Eventually.Async(async () =>
        {
            Host.Services.GetRequiredService<AlertDelivery>().Wake();
            return await Database.ScalarAsync<long>($"select count(*) from spend.alert_message where state = 'pending' and next_attempt_at <= '{Clock.Now:o}'") == 0;
        });
    }

    /// <summary>An alert's messages as <c>channel kind state</c>, in the order in which they are due.</summary>
    public Task<IReadOnlyList<string>> MessagesAsync(Guid alert) => Database.TextsAsync(
        $"select channel || ' ' || kind || ' ' || state from spend.alert_message where alert = '{alert}' order by due_at, channel, n");

    /// <summary>What of an alert is in the log.</summary>
    public async Task<IReadOnlyList<IEvent>> LoggedAsync(Guid alert) => [.. (await Database.Store.ReadStreamAsync($"alert/{alert}", Cancel)).Select(stored => stored.Data)];

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
