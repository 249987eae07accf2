using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Tests.Alerts;

/// <summary>From the log to a receiver: once for the receiver, whatever it answers.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task A_message_is_tried_again_under_the_same_id_until_it_is_taken_and_the_log_says_so_once()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        var answers = new ConcurrentQueue<int>([500, 429]);
        alerting.Receiver.Answer = (received, context) => AlertReceiver.Status(answers.TryDequeue(out var status) ? status : 200)(received, context);

        var alert = await alerting.CrossAsync("ops");
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await alerting.ToldAsync("ops", attempt);
            alerting.Pass(TimeSpan.FromMinutes(1)); // Far more than the first retries wait.
        }

        Assert.Single(alerting.Receiver.All.Select(received => received.Id).Distinct());
        Assert.All(alerting.Receiver.All, received => Assert.Equal(("crossed", alert), (received.Kind, Assert.Single(received.Alerts))));
        var delivered = Assert.IsType<AlertDelivered>(Assert.Single(await alerting.LoggedAsync(alert)));
        Assert.Equal((alert, "ops", NoticeKind.Crossed, alerting.Receiver.All[0].Id, 3), (delivered.Alert, delivered.Channel, delivered.Kind, delivered.Message, delivered.Attempts));
        Assert.Equal(["ops crossed sent"], await alerting.MessagesAsync(alert));
    }

    [Fact]
    public async Task A_channel_that_keeps_failing_is_paused_and_says_why_and_what_waits_for_a_day_is_given_up_and_shown()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        alerting.Receiver.Answer = AlertReceiver.Status(500);
        var alert = await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        var first = alerting.Clock.Now;
        while (await alerting.Channels.FindAsync("ops", TestContext.Current.CancellationToken) is { PausedAt: null })
        {
            alerting.Pass(TimeSpan.FromTicks((await NextAsync(alerting) - alerting.Clock.Now).Ticks + 1));
            await alerting.SettledAsync();
        }

        var paused = await alerting.Host.GetUntilAsync("/api/v1/channels/ops", channel => channel.TryGetProperty("pausedAt", out _));
        Assert.Contains("500", paused.GetProperty("pausedBecause").GetString(), StringComparison.Ordinal);
        Assert.Equal(AlertPause.Failures, paused.GetProperty("failures").GetInt32());
        Assert.Equal(AlertPause.Failures, alerting.Receiver.All.Count);
        Assert.True(alerting.Clock.Now - first >= AlertPause.Over);

        alerting.Clock.Now = first + DeliverySchedule.LongestTry;
        await alerting.SettledAsync();
        Assert.Equal(["ops crossed pending"], await alerting.MessagesAsync(alert));
        alerting.Pass(TimeSpan.FromMinutes(2));
        await Eventually.Async(async () => (await alerting.MessagesAsync(alert))[0] == "ops crossed failed");
        var failed = Assert.IsType<AlertDeliveryFailed>(Assert.Single(await alerting.LoggedAsync(alert)));
        Assert.Equal((AlertPause.Failures, alerting.Receiver.All[0].Id), (failed.Attempts, failed.Message));
        var shown = (await alerting.Host.GetAsync($"/api/v1/alerts/{alert}")).GetProperty("deliveries")[0];
        Assert.Equal("failed", shown.GetProperty("state").GetString());
        Assert.Contains("500", shown.GetProperty("lastReason").GetString(), StringComparison.Ordinal);
        Assert.Equal(AlertPause.Failures, alerting.Receiver.All.Count);
    }

    [Fact]
    public async Task Pausing_a_channel_leaves_alone_what_others_are_reading()
    {
        await using var alerting = await Alerting.StartAsync();
        var channel = await alerting.SetAsync("ops");
        var ledger = alerting.Host.Services.GetRequiredService<AlertLedger>();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.Equal(1_000, (await alerting.Database.TextsAsync("select n::text from generate_series(1, 1000) as n")).Count);
            }
        }).ToArray();
        await alerting.Database.ExecuteAsync(
            $"""
            insert into spend.channel_health (tenant_id, channel, failures, failing_since)
            values ('{Tenant.Default}', 'ops', {AlertPause.Failures}, '{Alerting.Noon - AlertPause.Over:o}')
            """);
        for (var i = 0; i < 200; i++)
        {
            Assert.True(await ledger.CountFailureAsync(channel, "It fails.", TestContext.Current.CancellationToken));
        }

        await done.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_waits_for_a_paused_channel_goes_out_when_it_is_resumed_or_a_test_goes_through()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        foreach (var resume in (string[])["resume", "test"])
        {
            await alerting.Channels.PauseAsync("ops", "It fails.", 20, new("test"), TestContext.Current.CancellationToken);
            var before = alerting.Receiver.All.Count;
            var alert = await alerting.CrossAsync("ops");
            await alerting.SettledAsync();
            Assert.Equal(["ops crossed pending"], await alerting.MessagesAsync(alert));
            Assert.Equal(before, alerting.Receiver.All.Count);

            using var response = await alerting.Host.PostAsync($"/api/v1/channels/ops/{resume}", "{}");
            await Eventually.Async(async () => (await alerting.MessagesAsync(alert))[0] == "ops crossed sent");
            Assert.Null((await alerting.Channels.FindAsync("ops", TestContext.Current.CancellationToken))!.PausedAt);
        }
    }

    [Fact]
    public async Task A_channel_that_hangs_has_two_messages_in_hand_at_most_and_keeps_no_other_waiting()
    {
        var held = new TaskCompletionSource();
        var inHand = 0;
        ConcurrentBag<int> atOnce = [];
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("slow");
        await alerting.SetAsync("fine");
        alerting.Receiver.Answer = async (received, context) =>
        {
            if (received.Channel == "slow")
            {
                // On a busy machine the host may lose its patience before this test comes to its end, and begin with another one.
                atOnce.Add(Interlocked.Increment(ref inHand));
                await held.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Interlocked.Decrement(ref inHand);
            }
        };
        for (var i = 0; i < 5; i++)
        {
            await alerting.CrossAsync("slow");
        }

        await alerting.Receiver.UntilAsync("slow", 2);
        var alert = await alerting.CrossAsync("fine", "slow");
        await alerting.Receiver.UntilAsync("fine", 1);
        await Eventually.Async(async () => (await alerting.LoggedAsync(alert)).Count == 1);
        Assert.Equal(2, atOnce.Max());

        held.SetResult();
        alerting.Pass(TimeSpan.FromMinutes(10)); // What it lost patience with is due again.
        await Eventually.Async(() => alerting.Receiver.On("slow").Select(received => received.Id).Distinct().Count() == 6);
    }

    [Fact]
    public async Task Two_hosts_share_the_messages_and_send_each_once()
    {
        await using var alerting = await Alerting.StartAsync();
        await using var other = await TestHost.StartAsync(
            await TestDatabase.CreateAsync(Task.FromResult(alerting.Database.Spend.Options.ConnectionString), clock: alerting.Clock),
            builder => builder.Configuration["Alerts:AllowedHosts"] = alerting.Receiver.Authority);
        string[] channels = ["a", "b", "c", "d"];
        foreach (var channel in channels)
        {
            await alerting.SetAsync(channel);
        }

        for (var i = 0; i < 10; i++)
        {
            await Alerting.CrossAsync(alerting.Database, 1, channels, $"shared-{i}");
        }

        await Eventually.Async(() => alerting.Receiver.All.Count >= 40);
        await alerting.SettledAsync();
        Assert.Equal(40, alerting.Receiver.All.Count);
        Assert.Equal(40, alerting.Receiver.All.Select(received => received.Id).Distinct().Count());
        Assert.Equal(40, await alerting.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'alert_delivered'"));
    }

    [Fact]
    public async Task A_rebuild_and_a_verification_send_nothing_and_what_is_old_when_it_is_first_seen_is_not_sent()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        var rebuild = alerting.Database.Spend.CreateRebuild();
        foreach (var projection in alerting.Database.Spend.ReadModels())
        {
            await rebuild.RebuildAsync(projection, null, TestContext.Current.CancellationToken);
            Assert.Empty(await rebuild.VerifyAsync(projection, null, TestContext.Current.CancellationToken));
        }

        var outbox = Assert.Single(alerting.Database.Spend.Projections(), projection => !projection.IsReplayable);
        await Assert.ThrowsAsync<InvalidOperationException>(() => rebuild.RebuildAsync(outbox, null, TestContext.Current.CancellationToken));
        await alerting.SettledAsync();
        Assert.Single(alerting.Receiver.All);

        // As a database that is restored where alerts were never sent from: the log has all crossings, and the outbox is empty.
        alerting.Clock.Now += AlertOutbox.TooOld + TimeSpan.FromMinutes(1);
        var fresh = await alerting.CrossAsync("ops");
        await alerting.SettledAsync();
        await alerting.Database.ExecuteAsync(
            "begin; delete from spend.alert_message; delete from spend.alert_duty; delete from spend.mt_event_progression where name = 'SpendTracker.AlertOutbox:All'; commit");
        await Eventually.Async(async () => (await alerting.MessagesAsync(fresh)).Count > 0);
        await alerting.SettledAsync();
        Assert.Equal(["dropped hours old", "sent"], await alerting.Database.TextsAsync(
            "select state || case when last_reason like '%hours old%' then ' hours old' else '' end from spend.alert_message order by due_at"));
    }

    [Fact]
    public async Task What_a_removed_channel_had_to_tell_is_dropped_with_the_reason_and_so_is_what_no_channel_is_there_for()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(DigestMinutes: 10));
        var waiting = await alerting.CrossAsync("ops", "nobody");
        await alerting.SettledAsync();
        Assert.True(await alerting.Channels.RemoveAsync("ops", "moved", new("test"), TestContext.Current.CancellationToken));
        alerting.Pass(TimeSpan.FromMinutes(11));

        await Eventually.Async(async () => (await alerting.MessagesAsync(waiting)).All(message => message.EndsWith("dropped", StringComparison.Ordinal)));
        Assert.Equal(
            ["nobody There was no such channel.", "ops The channel was removed."],
            await alerting.Database.TextsAsync("select channel || ' ' || last_reason from spend.alert_message order by channel"));
        Assert.Empty(alerting.Receiver.All);
        Assert.Equal(0, await alerting.Database.ScalarAsync<long>("select count(*) from spend.channel_address"));
    }

    [Fact]
    public async Task The_senders_span_goes_on_from_the_trace_of_the_crossing()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EventMetrics.Name, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        string trace;
        using (var activity = EventMetrics.Activities.StartActivity("decide")!)
        {
            trace = activity.TraceId.ToHexString();
            await alerting.CrossAsync("ops");
        }

        await alerting.Receiver.UntilAsync("ops", 1);
        Assert.Contains(trace, alerting.Receiver.All[0].TraceParent, StringComparison.Ordinal);
    }


    [Fact]
    public async Task What_was_sent_and_what_failed_is_counted_by_the_kind_of_channel_with_the_delay_of_crossings()
    {
        ConcurrentDictionary<string, double> measured = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name.StartsWith("spendtracker.alerts.", StringComparison.Ordinal))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.AddOrUpdate($"{instrument.Name} {tags[0].Value}", value, (_, before) => before + value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured[$"{instrument.Name} {tags[0].Value}"] = value);
        listener.Start();
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        var fail = true;
        alerting.Receiver.Answer = (received, context) => AlertReceiver.Status(fail ? 500 : 200)(received, context);
        await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        fail = false;
        alerting.Pass(TimeSpan.FromSeconds(90));
        await alerting.Receiver.UntilAsync("ops", 2);

        await Eventually.Async(() => measured.GetValueOrDefault("spendtracker.alerts.delay webhook") >= 90);
        Assert.True(measured["spendtracker.alerts.sent webhook"] >= 1 && measured["spendtracker.alerts.failed webhook"] >= 1); // Other tests run beside.
    }

    private static async Task<DateTimeOffset> NextAsync(Alerting alerting) => new(await alerting.Database.ScalarAsync<DateTime>("select next_attempt_at from spend.alert_message"));
}
