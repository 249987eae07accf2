using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>
/// Records what became of messages: the event first, then the row. A host that stops in between sends again what it had sent, under
/// the same id, and the event, whose id follows from the message's, is there already.
/// </summary>
public sealed class AlertLedger(NpgsqlDataSource dataSource, EventStore store, Channels channels, TimeProvider clock)
{
    private static readonly Recorder Recorder = new("host:delivery");

    /// <summary>The other side took a unit.</summary>
    public async Task SentAsync(Channel channel, IReadOnlyList<AlertMessage> unit, CancellationToken cancellationToken)
    {
        await RecordAsync(unit, "delivered", m => new AlertDelivered(m.Alert, m.Channel, m.Kind, m.Digest ?? m.Message, m.Attempts), cancellationToken);
        await SettleAsync(channel.Schedule, unit, "sent", null, cancellationToken);
        await using var command = dataSource.CreateCommand("delete from spend.channel_health where channel = $1 and tenant_id = $2");
        command.Parameters.Add(new() { Value = channel.Id });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Messages are given up.</summary>
    public Task FailedAsync(Channel channel, IReadOnlyList<AlertMessage> messages, string reason, CancellationToken cancellationToken) =>
        FailedAsync(channel.Schedule, messages, reason, cancellationToken);

    private async Task FailedAsync(ChannelSchedule schedule, IReadOnlyList<AlertMessage> messages, string reason, CancellationToken cancellationToken)
    {
        await RecordAsync(messages, "failed", m => new AlertDeliveryFailed(m.Alert, m.Channel, m.Kind, m.Digest ?? m.Message, m.Attempts, reason), cancellationToken);
        await SettleAsync(schedule, messages, "failed", reason, cancellationToken);
    }

    /// <summary>An attempt failed, and there will be another.</summary>
    public async Task RetryAsync(IReadOnlyList<AlertMessage> unit, string reason, DateTimeOffset next, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "update spend.alert_message set next_attempt_at = $2, leased_until = null, last_reason = $3 where message = any($1) and state = 'pending'");
        command.Parameters.Add(new() { Value = Ids(unit) });
        command.Parameters.Add(new() { Value = next });
        command.Parameters.Add(new() { Value = reason });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// A channel that cannot be used here fails for all messages that are due: they are looked at again later, with the reason,
    /// and given up after a day. Nothing of the channel is needed for that.
    /// </summary>
    public async Task PutOffAsync(string channel, string reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            $"""
            update spend.alert_message set attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, $3), next_attempt_at = $4, last_reason = $5
            where channel = $1 and tenant_id = $2 and state = 'pending' and next_attempt_at <= $3 and (leased_until is null or leased_until <= $3)
            returning {MessageRow.Columns}
            """);
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now + AlertPause.LookAgain });
        command.Parameters.Add(new() { Value = reason });
        List<AlertMessage> outdated = [];
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (MessageRow.Read(reader) is var message && now >= message.FirstAttemptAt + DeliverySchedule.LongestTry)
                {
                    outdated.Add(message);
                }
            }
        }

        await AddFailureAsync(channel, now, cancellationToken);
        if (outdated.Count > 0)
        {
            await FailedAsync(new ChannelSchedule(), outdated, reason, cancellationToken);
        }
    }

    /// <summary>Channels with how many attempts in a row have failed by now.</summary>
    public async Task<IReadOnlyList<Channel>> WithFailuresAsync(IReadOnlyList<Channel> channels, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select channel, failures from spend.channel_health where tenant_id = $1");
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, int> failures = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            failures.Add(reader.GetString(0), reader.GetInt32(1));
        }

        return [.. channels.Select(channel => channel.PausedAt is null ? channel with { Failures = failures.GetValueOrDefault(channel.Id) } : channel)];
    }

    /// <summary>Messages to a channel that is not there.</summary>
    public async Task DropAsync(string channel, string reason, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            update spend.alert_message set state = 'dropped', last_reason = $1, settled_at = $2
            where channel = $3 and tenant_id = $4 and state = 'pending' and (leased_until is null or leased_until <= $2)
            """);
        command.Parameters.Add(new() { Value = reason });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Counts a failed attempt; pauses the channel where it was one too many.</summary>
    /// <returns>Whether it is paused now.</returns>
    public async Task<bool> CountFailureAsync(Channel channel, string reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (failures, since) = await AddFailureAsync(channel.Id, now, cancellationToken);
        if (!AlertPause.IsDue(failures, since, now))
        {
            return false;
        }

        await channels.PauseAsync(channel.Id, reason, failures, Recorder, cancellationToken);
        return true;
    }

    /// <summary>A test went through: a paused channel works again.</summary>
    public Task<Channel?> TestedAsync(Channel channel, CancellationToken cancellationToken) => channels.ResumeAsync(channel.Id, Recorder, cancellationToken);

    /// <returns>How many attempts have failed in a row, and since when.</returns>
    private async Task<(int Failures, DateTimeOffset Since)> AddFailureAsync(string channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            insert into spend.channel_health as h (tenant_id, channel, failures, failing_since) values ($1, $2, 1, $3)
            on conflict (tenant_id, channel) do update set failures = h.failures + 1 returning failures, failing_since
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = channel });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1));
    }

    /// <summary>Whether an event of that id is stored already does not matter: it says the same.</summary>
    private Task RecordAsync(IReadOnlyList<AlertMessage> messages, string what, Func<AlertMessage, IEvent> data, CancellationToken cancellationToken) => store.Streams.RecordOnceAsync(
        [.. messages.Select(m => new EventToAppend(Acknowledgements.StreamOf(m.Alert), EventId.Version5(m.Message, what), data(m), Recorder, m.Alert))], cancellationToken);

    /// <summary>
    /// Settles rows, and says when to remind of what they told. The duties are locked before the rows, as the outbox does it: who
    /// acknowledges an alert at the same time finds the reminder and takes it back, or there is none.
    /// </summary>
    private async Task SettleAsync(ChannelSchedule schedule, IReadOnlyList<AlertMessage> messages, string state, string? reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var open = await OpenDutiesAsync(connection, messages, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new(
            "update spend.alert_message set state = $2, settled_at = $3, leased_until = null, last_reason = $4::text where message = any($1) and state = 'pending'")
        {
            Parameters = { new() { Value = Ids(messages) }, new() { Value = state }, new() { Value = now }, new() { Value = (object?)reason ?? DBNull.Value } },
        });
        foreach (var message in messages.Where(m => m.Kind is NoticeKind.Crossed or NoticeKind.Reminder && open.ContainsKey(m.Alert)))
        {
            if (DeliverySchedule.RemindAt(schedule, now, open[message.Alert]) is { } at)
            {
                batch.BatchCommands.Add(Reminder(message, at));
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Reminder(AlertMessage told, DateTimeOffset at) => new(
        """
        insert into spend.alert_message (message, tenant_id, alert, channel, channel_kind, kind, n, due_at, next_attempt_at, state)
        select $1, tenant_id, alert, channel, channel_kind, 'reminder', $2, $3, $3, 'pending' from spend.alert_message where message = $4
        on conflict (message) do nothing
        """)
    {
        Parameters =
        {
            new() { Value = AlertOutbox.MessageId(told.Alert, told.Channel, NoticeKind.Reminder, told.N + 1) }, new() { Value = told.N + 1 }, new() { Value = at },
            new() { Value = told.Message },
        },
    };

    /// <summary>Of alerts that hold and that nobody acknowledged: when their budget's period is over.</summary>
    private static async Task<Dictionary<Guid, DateTimeOffset>> OpenDutiesAsync(NpgsqlConnection connection, IReadOnlyList<AlertMessage> messages, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select alert, until from spend.alert_duty where alert = any($1) and ended_at is null and acknowledged_at is null order by alert for share", connection);
        command.Parameters.Add(new() { Value = messages.Select(m => m.Alert).Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<Guid, DateTimeOffset> open = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1));
        }

        return open;
    }

    private static Guid[] Ids(IReadOnlyList<AlertMessage> messages) => [.. messages.Select(m => m.Message)];
}
