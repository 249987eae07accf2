using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Alerts;

/// <summary>What the outbox takes from the log, without a host that sends it.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly Recorder Recorder = new("test");

    private readonly FixedClock _clock = new(Alerting.Noon);
    private TestDatabase _database = null!;
    private int _crossings;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync("Europe/Berlin", _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_crossing_is_sent_when_it_is_six_hours_old_and_not_when_it_is_older()
    {
        await SetAsync("ops");
        await CrossAsync(null);
        _clock.Now += TimeSpan.FromMilliseconds(1);
        await CrossAsync(null);
        _clock.Now += AlertOutbox.TooOld;
        await _database.ProjectAsync();

        Assert.Equal(["dropped", "pending"], await _database.TextsAsync("select state from spend.alert_message order by due_at"));
    }

    [Fact]
    public async Task An_unusual_day_is_told_reminded_of_acknowledged_and_over_as_a_crossing_is()
    {
        await SetAsync("ops", new(RemindMinutes: 30));
        var (told, shown) = (Guid.NewGuid(), Guid.NewGuid());
        var detected = new AnomalyDetected("chat", new(2026, 6, 19), AnomalyKind.Silence, "USD", 0, 10, 1, Channels: ["ops"]);
        await _database.Store.AppendAsync(
            [
                new EventToAppend($"anomaly/{told}", told, detected, Recorder), new EventToAppend($"anomaly/{shown}", shown, detected with { Workload = "mail", Channels = null }, Recorder),
                new EventToAppend($"anomaly/{told}", Guid.NewGuid(), new AnomalyCleared(told, AnomalyClearedBecause.ReportsAgain, 3, 2), Recorder),
            ], Cancel);
        await _database.ProjectAsync();

        Assert.Equal([$"{told} crossed dropped"], await _database.TextsAsync("select alert || ' ' || kind || ' ' || state from spend.alert_message")); // Over before it was told.
        Assert.Equal(["reports-again"], await _database.TextsAsync("select ended_because from spend.alert_duty where ended_at is not null"));
        Assert.NotNull(await _database.Get<Acknowledgements>().AcknowledgeAsync(shown, null, Recorder, Cancel));
    }

    [Fact]
    public async Task An_alert_is_reminded_of_until_its_period_is_over_in_the_reporting_time_zone()
    {
        await SetAsync("ops");
        await CrossAsync(null);
        await _database.ProjectAsync();

        Assert.Equal(new DateTime(2026, 6, 30, 22, 0, 0, DateTimeKind.Utc), await _database.ScalarAsync<DateTime>("select until from spend.alert_duty"));
    }

    [Fact]
    public async Task An_alert_is_escalated_once_over_the_versions_of_its_budget_and_not_when_an_earlier_one_was_acknowledged()
    {
        await SetAsync("boss");
        await SetAsync("ops", new(EscalateMinutes: 30, EscalateTo: "boss"));
        var first = await CrossAsync(null);
        var second = await CrossAsync(first);
        await _database.ProjectAsync();
        Assert.Equal([$"{second} pending"], await EscalationsAsync());

        await AcknowledgeAsync(second);
        await _database.ProjectAsync();
        await CrossAsync(second);
        await _database.ProjectAsync();
        Assert.Equal([$"{second} dropped"], await EscalationsAsync());
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from spend.alert_duty where acknowledged_at is null")); // The first.

        Task<IReadOnlyList<string>> EscalationsAsync() => _database.TextsAsync("select alert || ' ' || state from spend.alert_message where kind = 'escalation'");
    }

    [Fact]
    public async Task What_was_acknowledged_is_not_escalated_when_the_budget_changes_after_the_channel()
    {
        await SetAsync("boss");
        await SetAsync("ops");
        var first = await CrossAsync(null);
        await AcknowledgeAsync(first);
        await _database.ProjectAsync();
        await SetAsync("ops", new(EscalateMinutes: 30, EscalateTo: "boss"));
        await CrossAsync(first);
        await _database.ProjectAsync();

        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.alert_message where kind = 'escalation'"));
    }

    [Fact]
    public async Task Whoever_was_told_of_the_first_version_is_told_anew_of_no_later_one()
    {
        await SetAsync("ops");
        var alert = await CrossAsync(null);
        await _database.ProjectAsync();
        await _database.ExecuteAsync("update spend.alert_message set state = 'sent'");
        for (var version = 2; version <= 3; version++)
        {
            alert = await CrossAsync(alert);
            await _database.ProjectAsync();
        }

        Assert.Equal(["sent", "carried", "carried"], await _database.TextsAsync("select state from spend.alert_message order by due_at"));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("acknowledged", 0)]
    [InlineData("over", 0)]
    public async Task What_is_acknowledged_or_over_while_it_is_sent_is_not_reminded_of(string meanwhile, int reminders)
    {
        var channel = new Channel("ops", "Ops", ChannelKind.Webhook, "example.com", new(RemindMinutes: 60), _clock.Now, "test");
        await SetAsync("ops", channel.Schedule);
        var alert = await CrossAsync(null);
        await _database.ProjectAsync();
        var sent = Assert.Single((await _database.Get<AlertQueue>().ClaimAsync(channel, _clock.Now, _clock.Now.AddMinutes(1), 1, Cancel)).Units);
        await (meanwhile switch
        {
            "acknowledged" => AcknowledgeAsync(alert),
            "over" => AppendAsync("budget/b1", new BudgetThresholdResolved("b1", alert, ResolvedBecause.Below, 1, 1)),
            _ => Task.CompletedTask,
        });
        await _database.ProjectAsync();
        await Ledger.CountFailureAsync(channel, "It fails.", Cancel);
        await Ledger.SentAsync(channel, sent, Cancel);

        Assert.Equal(reminders, await _database.ScalarAsync<long>("select count(*) from spend.alert_message where kind = 'reminder'"));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.channel_health")); // Failures are counted in a row.
    }

    [Fact]
    public async Task What_a_channel_that_cannot_be_used_has_is_given_up_a_day_after_the_first_attempt()
    {
        await SetAsync("ops");
        await CrossAsync(null);
        await _database.ProjectAsync();
        await Ledger.PutOffAsync("ops", "It cannot be read.", Cancel);
        _clock.Now += TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1);
        await Ledger.PutOffAsync("ops", "It cannot be read.", Cancel);
        Assert.Equal(["pending"], await _database.TextsAsync("select state from spend.alert_message"));

        await _database.ExecuteAsync("update spend.alert_message set next_attempt_at = due_at");
        _clock.Now += TimeSpan.FromMilliseconds(1);
        await Ledger.PutOffAsync("ops", "It cannot be read.", Cancel);
        Assert.Equal(["failed"], await _database.TextsAsync("select state from spend.alert_message"));
    }

    private AlertLedger Ledger => _database.Make<AlertLedger>(_database.Make<Channels>(_database.Make<ChannelAddresses>(new AddressProtection((_, text) => text, (_, text) => text))));

    private Task SetAsync(string channel, ChannelSchedule? schedule = null) =>
        AppendAsync($"channel/{channel}", new ChannelSet(channel, channel, ChannelKind.Webhook, "example.com", Guid.NewGuid(), schedule ?? new()));

    private Task AcknowledgeAsync(Guid alert) => AppendAsync($"alert/{alert}", new AlertAcknowledged(alert, null));

    private async Task AppendAsync(string stream, IEvent data) => await _database.Store.AppendAsync([new EventToAppend(stream, Guid.CreateVersion7(), data, Recorder)], Cancel);

    /// <summary>A second later than the one before.</summary>
    private async Task<Guid> CrossAsync(Guid? replaces)
    {
        var alert = (await Alerting.CrossAsync(_database, 1, ["ops"], $"b{++_crossings}", replaces))[0];
        _clock.Now += replaces is null ? TimeSpan.Zero : TimeSpan.FromSeconds(1);
        return alert;
    }
}
