using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Settings;

namespace SpendTracker.Alerts;

/// <summary>What a host has taken on to send.</summary>
/// <param name="Units">Each is one message to the receiver: one of ours, or several as a digest.</param>
/// <param name="Outdated">What is not sent any more, since it waited too long.</param>
/// <param name="Dropped">How many turned out not to be needed.</param>
public sealed record ClaimedMessages(IReadOnlyList<IReadOnlyList<AlertMessage>> Units, IReadOnlyList<AlertMessage> Outdated, int Dropped)
{
    public static ClaimedMessages None { get; } = new([], [], 0);

    public bool IsEmpty => Units.Count + Outdated.Count + Dropped == 0;
}

/// <summary>
/// Messages that wait, shared by all hosts: who takes one has it for a while, and when nothing is heard of it until then, another
/// host takes it over. What one channel sends is planned by one host at a time, so that its limits hold for all hosts together.
/// </summary>
public sealed class AlertQueue(NpgsqlDataSource dataSource, OrganisationSettings settings)
{
    private const int MostLookedAt = 1_000;

    /// <summary>The channels that something waits for now.</summary>
    public async Task<IReadOnlyList<string>> DueChannelsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select distinct channel from spend.alert_message
            where tenant_id = $1 and state = 'pending' and next_attempt_at <= $2 and (leased_until is null or leased_until <= $2) order by channel
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> channels = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            channels.Add(reader.GetString(0));
        }

        return channels;
    }

    /// <summary>How many messages wait, by the kind of their channel.</summary>
    public async Task<IReadOnlyDictionary<string, long>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select channel_kind, count(*) from spend.alert_message where state = 'pending' and channel_kind is not null group by channel_kind");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, long> pending = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            pending.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return pending;
    }

    /// <summary>What each channel met when it failed last, of what is kept: messages that wait to be tried again, and those given up.</summary>
    public async Task<IReadOnlyList<ChannelFailure>> FailuresAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select distinct on (m.channel) m.channel, coalesce(m.settled_at, m.first_attempt_at, m.due_at), m.last_reason, m.state = 'failed', coalesce(h.failures, 0), c.paused_at
            from spend.alert_message as m left join spend.channel_health as h on (h.tenant_id, h.channel) = (m.tenant_id, m.channel)
                left join spend.channel as c on (c.tenant_id, c.channel) = (m.tenant_id, m.channel)
            where m.tenant_id = $1 and m.last_reason is not null and m.state in ('pending', 'failed') and m.attempts > 0
            order by m.channel, 2 desc
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ChannelFailure> failures = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            failures.Add(new(
                reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2), reader.GetBoolean(3), reader.GetInt32(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return failures;
    }

    /// <summary>Takes on what may be sent over a channel now, and puts off the rest.</summary>
    /// <param name="until">Until when this host has it.</param>
    /// <param name="most">How many units.</param>
    public async Task<ClaimedMessages> ClaimAsync(Channel channel, DateTimeOffset now, DateTimeOffset until, int most, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var turn = Command(connection, "select pg_try_advisory_xact_lock(hashtextextended('spend.alert-channel.' || $1, 0))", channel.Id))
        {
            if (await turn.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return ClaimedMessages.None; // Another host is at it.
            }
        }

        var (waiting, untold) = await WaitingAsync(connection, channel.Id, now, cancellationToken);
        var outdated = waiting.Where(m => DeliverySchedule.IsOutdated(channel.Schedule, settings.ReportingTimeZone, m.DueAt, m.FirstAttemptAt, now)).ToArray();
        var plan = channel.PausedAt is null
            ? DeliverySchedule.Plan(
                channel.Schedule, settings.ReportingTimeZone, now, [.. waiting.Except(outdated).Select(m => new WaitingMessage(m.Message, m.Kind, m.DueAt, m.Attempts, m.Digest))],
                await SentAsync(connection, channel.Id, now, cancellationToken))
            : new DeliveryPlan([], [.. waiting.Except(outdated).Select(m => (new WaitingMessage(m.Message, m.Kind, m.DueAt), now + AlertPause.LookAgain))]);
        var units = await WriteAsync(connection, plan, untold, outdated, waiting.ToDictionary(m => m.Message), (now, until, most), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ClaimedMessages(units, outdated, untold.Count);
    }

    /// <summary>
    /// What waits, digests whole, and also what was put off and not tried yet: it may belong together with what has come since. And what tells that something is over that was never told of. Such a message waits for what it
    /// resolves, so that the two do not arrive the other way round.
    /// </summary>
    private static async Task<(IReadOnlyList<AlertMessage> Waiting, IReadOnlyList<Guid> Untold)> WaitingAsync(
        NpgsqlConnection connection, string channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string Others = "select from spend.alert_message as o where o.alert = m.alert and o.channel = m.channel and o.kind in ('crossed', 'escalation') and o.state";
        await using var command = Command(
            connection,
            $"""
            select {MessageRow.Columns}, kind <> 'resolved' or exists ({Others} in ('sent', 'carried')) from spend.alert_message as m
            where channel = $1 and tenant_id = $2 and state = 'pending' and (next_attempt_at <= $3 or attempts = 0 and digest is null and due_at <= $3)
                and (leased_until is null or leased_until <= $3) and not (kind = 'resolved' and exists ({Others} = 'pending'))
            order by digest, due_at, message limit {MostLookedAt} for update skip locked
            """,
            channel, Tenant.Default, now);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<AlertMessage> waiting = [];
        List<Guid> untold = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var message = MessageRow.Read(reader);
            if (reader.GetBoolean(MessageRow.ColumnCount))
            {
                waiting.Add(message);
            }
            else
            {
                untold.Add(message.Message);
            }
        }

        return (waiting, untold);
    }

    /// <summary>When each message of the last hour was sent; now, where it is being sent.</summary>
    private static async Task<IReadOnlyList<DateTimeOffset>> SentAsync(NpgsqlConnection connection, string channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            """
            select max(case when state = 'sent' then settled_at else $3 end) as at from spend.alert_message
            where channel = $1 and tenant_id = $2 and (state = 'sent' and settled_at > $3 - interval '1 hour' or state = 'pending' and leased_until > $3)
            group by coalesce(digest, message) order by at
            """,
            channel, Tenant.Default, now);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<DateTimeOffset> sent = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            sent.Add(reader.GetFieldValue<DateTimeOffset>(0));
        }

        return sent;
    }

    /// <summary>Writes a plan down before anything is sent: a digest that is tried again must be the same one.</summary>
    private static async Task<IReadOnlyList<IReadOnlyList<AlertMessage>>> WriteAsync(
        NpgsqlConnection connection, DeliveryPlan plan, IReadOnlyList<Guid> untold, IReadOnlyList<AlertMessage> outdated, Dictionary<Guid, AlertMessage> waiting,
        (DateTimeOffset Now, DateTimeOffset Until, int Most) lease, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        void Add(string sql, params object[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
            batch.BatchCommands.Add(command);
        }

        Add("update spend.alert_message set state = 'dropped', last_reason = 'What it resolves was never told here.', settled_at = $2 where message = any($1)", untold.ToArray(), lease.Now);
        Add("update spend.alert_message set leased_until = $2 where message = any($1)", outdated.Select(m => m.Message).ToArray(), lease.Until);
        foreach (var later in plan.Later.GroupBy(later => later.Until))
        {
            Add("update spend.alert_message set next_attempt_at = $2 where message = any($1)", later.Select(l => l.Message.Message).ToArray(), later.Key);
        }

        List<IReadOnlyList<AlertMessage>> units = [];
        foreach (var (i, unit) in plan.Now.Index())
        {
            var ids = unit.Select(m => m.Message).ToArray();
            var digest = unit.Count == 1 ? unit[0].Digest : unit[0].Digest ?? Guid.CreateVersion7();
            if (digest is { } id && unit[0].Digest is null)
            {
                Add("update spend.alert_message set digest = $2 where message = any($1)", ids, id);
            }

            if (i < lease.Most)
            {
                Add(
                    "update spend.alert_message set attempts = attempts + 1, first_attempt_at = coalesce(first_attempt_at, $2), leased_until = $3 where message = any($1)",
                    ids, lease.Now, lease.Until);
                units.Add([.. ids.Select(message => waiting[message] with { Digest = digest, Attempts = waiting[message].Attempts + 1, FirstAttemptAt = waiting[message].FirstAttemptAt ?? lease.Now })]);
            }
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        return units;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return command;
    }
}
