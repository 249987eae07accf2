using System.Collections.Concurrent;
using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Web.Alerts;

/// <summary>
/// Sends what waits, on every host. A channel has a task of its own while it has something to send, and few sendings at once: one
/// that hangs keeps no other waiting. A host that dies has its messages taken over when its time with them is up.
/// </summary>
internal sealed class AlertDelivery : BackgroundService
{
    /// <summary>Sendings at once over one channel, of one host.</summary>
    private const int MostPerChannel = 2;

    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly AlertQueue _queue;
    private readonly AlertLedger _ledger;
    private readonly Channels _channels;
    private readonly ChannelSending _sending;
    private readonly AlertNotices _notices;
    private readonly AlertOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<AlertDelivery> _logger;
    private readonly SemaphoreSlim _places;
    private readonly Bell _awake = new();
    private readonly ConcurrentDictionary<string, Task> _running = [];
    private IReadOnlyDictionary<string, long> _pending = new Dictionary<string, long>();

    public AlertDelivery(
        AlertQueue queue, AlertLedger ledger, Channels channels, ChannelSending sending, AlertNotices notices, ProjectionDaemon daemon, AlertOptions options,
        TimeProvider clock, ILogger<AlertDelivery> logger)
    {
        (_queue, _ledger, _channels, _sending, _notices, _options, _clock, _logger) = (queue, ledger, channels, sending, notices, options, clock, logger);
        _places = new SemaphoreSlim(options.MostAtOnce);
        daemon.Projected += name =>
        {
            if (name == AlertOutbox.OutboxName)
            {
                Wake();
            }
        };
        AlertMetrics.ObservePending(() => _pending);
    }

    /// <summary>Looks at once for what is due.</summary>
    public void Wake() => _awake.Ring();

    public override void Dispose()
    {
        _places.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var awake = _awake.Next;
                await GuardAsync("looking for messages", LookAsync, stoppingToken);
                await Bell.WaitAsync(awake, PollInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values); // What is being sent is recorded, or it would be sent again.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        foreach (var channel in await _queue.DueChannelsAsync(_clock.GetUtcNow(), stoppingToken))
        {
            var turn = new TaskCompletionSource();
            if (_running.TryAdd(channel, turn.Task))
            {
                _ = RunAsync(channel, turn, stoppingToken);
            }
        }

        _pending = await _queue.PendingAsync(stoppingToken);
    }

    private async Task RunAsync(string channel, TaskCompletionSource turn, CancellationToken stoppingToken)
    {
        var sent = false;
        await GuardAsync($"sending over {channel}", async token => sent = await SendOrPutOffAsync(channel, token), stoppingToken);
        _running.TryRemove(channel, out _);
        turn.SetResult();
        if (sent)
        {
            Wake(); // Something may have come since the last look, and was passed over as being seen to.
        }
    }

    /// <summary>
    /// A channel that cannot be read or planned for here fails for all of its messages. Without an attempt that is counted, they
    /// would be looked at every second, for ever.
    /// </summary>
    private async Task<bool> SendOrPutOffAsync(string id, CancellationToken stoppingToken)
    {
        try
        {
            return await SendAllAsync(id, stoppingToken);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or NpgsqlException or EventStoreBusyException or StreamBusyException) && !PassingFault.Is(fault))
        {
            var reason = fault is UnreadableEventException ? fault.Message : $"This host failed with {fault.GetType().Name} before it sent.";
            _logger.LogError("Channel {Channel} cannot be used here: {Reason}", id, reason);
            await _ledger.PutOffAsync(id, reason, CancellationToken.None);
            return false;
        }
    }

    /// <summary>Takes on one after the other until nothing may be sent over the channel now.</summary>
    /// <returns>Whether there was anything.</returns>
    private async Task<bool> SendAllAsync(string id, CancellationToken stoppingToken)
    {
        for (var any = false; ; any = true)
        {
            if (await _channels.FindAsync(id, stoppingToken) is not { } channel)
            {
                await _ledger.DropAsync(id, DroppedBecause.Removed, stoppingToken);
                return false;
            }

            // A place first: who waited for one with a message in hand might lose it again.
            await _places.WaitAsync(stoppingToken);
            try
            {
                var now = _clock.GetUtcNow();
                var claimed = await _queue.ClaimAsync(channel, now, now + 2 * _options.SendTimeout, MostPerChannel, stoppingToken);
                if (claimed.IsEmpty)
                {
                    return any;
                }

                if (claimed.Outdated.Count > 0)
                {
                    await _ledger.FailedAsync(channel, claimed.Outdated, channel.PausedBecause ?? "It waited for more than a day.", CancellationToken.None);
                }

                await Task.WhenAll(claimed.Units.Select(unit => SendAsync(channel, unit)));
            }
            finally
            {
                _places.Release();
            }
        }
    }

    /// <summary>One attempt, and what came of it. Not cancelled when the host stops: it has a time limit of its own.</summary>
    private async Task SendAsync(Channel channel, IReadOnlyList<AlertMessage> unit)
    {
        var outcome = await TryAsync(channel, unit);
        if (outcome.IsSent)
        {
            await _ledger.SentAsync(channel, unit, CancellationToken.None);
            AlertMetrics.Sent(channel.Kind);
            if (unit[0].Kind == NoticeKind.Crossed)
            {
                AlertMetrics.Delay(channel.Kind, _clock.GetUtcNow() - unit[0].DueAt);
            }

            return;
        }

        AlertMetrics.Failed(channel.Kind);
        await RecordFailureAsync(channel, unit, outcome);
    }

    /// <returns>Never throws: whatever goes wrong before or while sending is a failed attempt, with its reason.</returns>
    private async Task<SendOutcome> TryAsync(Channel channel, IReadOnlyList<AlertMessage> unit)
    {
        try
        {
            return await _notices.OfAsync(unit, CancellationToken.None) is { } telling
                ? await _sending.TryAsync(channel, telling.Notice, telling.Crossing.TraceParent, CancellationToken.None)
                : new SendOutcome("The alert's event cannot be read here.");
        }
        catch (Exception fault)
        {
            // Its text may have a secret in it.
            _logger.LogError("Message {Message} to channel {Channel} failed with {Fault}", unit[0].Digest ?? unit[0].Message, channel.Id, fault.GetType().Name);
            return new SendOutcome($"This host failed with {fault.GetType().Name} before it sent.");
        }
    }

    private async Task RecordFailureAsync(Channel channel, IReadOnlyList<AlertMessage> unit, SendOutcome outcome)
    {
        var (reason, now) = (outcome.Reason!, _clock.GetUtcNow());
        _logger.LogInformation("Channel {Channel} did not take message {Message} at attempt {Attempt}: {Reason}", channel.Id, unit[0].Digest ?? unit[0].Message, unit[0].Attempts, reason);
#pragma warning disable CA5394 // It spreads retries, and protects nothing.
        var next = DeliverySchedule.NextAttempt(unit[0].FirstAttemptAt ?? now, unit[0].Attempts, now, outcome.RetryAfter, Random.Shared.NextDouble());
#pragma warning restore CA5394
        await (next is { } at ? _ledger.RetryAsync(unit, reason, at, CancellationToken.None) : _ledger.FailedAsync(channel, unit, reason, CancellationToken.None));
        if (await _ledger.CountFailureAsync(channel, reason, CancellationToken.None))
        {
            _logger.LogWarning("Channel {Channel} keeps failing and is paused: {Reason}", channel.Id, reason);
        }
    }

    /// <summary>Whatever goes wrong is logged and tried again: alerts that stand still help nobody.</summary>
    private async Task GuardAsync(string what, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        try
        {
            await run(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            _logger.LogWarning("Delivery stopped {What} and tries again: {Fault}", what, fault is NpgsqlException ? fault.Message : fault);
        }
    }
}
