using System.Text.Json;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>The registry of channels. Each has a stream, which everything is decided on.</summary>
public sealed class Channels(NpgsqlDataSource dataSource, EventStore store, ChannelAddresses addresses)
{
    /// <summary>Makes a channel as wanted. The same terms again, without an address, change nothing.</summary>
    /// <returns>The channel; or null, and why it cannot be so.</returns>
    public async Task<(Channel? Channel, IReadOnlyList<FieldReason> Reasons)> SetAsync(
        string id, ChannelTerms wanted, Recorder recorder, CancellationToken cancellationToken)
    {
        if (ChannelRules.Check(id, wanted) is { Count: > 0 } reasons)
        {
            return (null, reasons);
        }

        while (true)
        {
            var history = await store.ReadStreamAsync(StreamOf(id), cancellationToken);
            var now = Fold(history);
            if (await RefusalsAsync(now, wanted, cancellationToken) is { Count: > 0 } refusals)
            {
                return (null, refusals);
            }

            var schedule = wanted.Schedule ?? new();
            if (wanted.Address is null && now!.Name == wanted.Name && now.Schedule == schedule)
            {
                return (now, []);
            }

            var address = wanted.Address is { } given ? await addresses.SaveAsync(id, given, cancellationToken) : now!.Address;
            var set = new ChannelSet(id, wanted.Name, wanted.Address?.Kind ?? now!.Kind, wanted.Address?.Target ?? now!.Target, address, schedule);
            if (await store.AppendAsync(StreamOf(id), history.Count, [set], recorder, cancellationToken))
            {
                await addresses.DeleteAsync(id, NamedIn(history), address, cancellationToken);
                return (await FindAsync(id, cancellationToken), []);
            }

            if (wanted.Address is not null)
            {
                await addresses.DeleteAsync(address, cancellationToken); // Somebody else was faster.
            }
        }
    }

    /// <summary>Removes a channel, and deletes its address and secrets.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> RemoveAsync(string id, string reason, Recorder recorder, CancellationToken cancellationToken)
    {
        while (true)
        {
            var history = await store.ReadStreamAsync(StreamOf(id), cancellationToken);
            if (Fold(history) is null)
            {
                return false;
            }

            if (await store.AppendAsync(StreamOf(id), history.Count, [new ChannelRemoved(id, reason)], recorder, cancellationToken))
            {
                await addresses.DeleteAsync(id, NamedIn(history), null, cancellationToken);
                return true;
            }
        }
    }

    /// <summary>Lets a paused channel be tried again; one that is not paused stays as it is.</summary>
    /// <returns>The channel; null where there is none.</returns>
    public Task<Channel?> ResumeAsync(string id, Recorder recorder, CancellationToken cancellationToken) =>
        ChangeAsync(id, channel => channel.PausedAt is null ? null : new ChannelResumed(id), recorder, cancellationToken);

    /// <summary>Has nothing sent over a channel until somebody resumes it.</summary>
    /// <param name="failures">How many attempts failed in a row.</param>
    /// <returns>The channel; null where there is none.</returns>
    public Task<Channel?> PauseAsync(string id, string reason, int failures, Recorder recorder, CancellationToken cancellationToken) =>
        ChangeAsync(id, channel => channel.PausedAt is null ? new ChannelPaused(id, reason, failures) : null, recorder, cancellationToken);

    /// <summary>A channel as the log has it; null where there is none.</summary>
    public async Task<Channel?> FindAsync(string id, CancellationToken cancellationToken) =>
        Fold(await store.ReadStreamAsync(StreamOf(id), cancellationToken));

    /// <summary>Several channels as the log has them, by id; null for one that does not exist.</summary>
    internal static async Task<IReadOnlyDictionary<string, Channel?>> FindAsync(EventStore store, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync([.. ids.Select(StreamOf)], cancellationToken);
        return ids.ToDictionary(id => id, id => Fold(streams.GetValueOrDefault(StreamOf(id), [])));
    }

    /// <summary>All channels, by id; a moment behind the log.</summary>
    public async Task<IReadOnlyList<Channel>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select channel, name, kind, target, schedule::text, set_at, set_by, paused_at, paused_because, failures from spend.channel
            where tenant_id = $1 order by channel
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Channel> channels = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            channels.Add(new Channel(
                reader.GetString(0), reader.GetString(1), EnumName.Parse<ChannelKind>(reader.GetString(2)), reader.GetString(3),
                JsonSerializer.Deserialize(reader.GetString(4), ContractsJson.Default.ChannelSchedule)!, reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetInt32(9)));
        }

        return channels;
    }

    internal static string StreamOf(string id) => $"channel/{id}";

    /// <summary>A channel after some events of its stream; null where there is none, or none any more.</summary>
    internal static Channel? Fold(IEnumerable<StoredEvent> history) => history.Aggregate((Channel?)null, (channel, stored) => stored.Data switch
    {
        ChannelSet set => new Channel(
            set.Channel, set.Name, set.Kind, set.Target, set.Schedule, stored.RecordedAt, stored.RecordedBy, channel?.PausedAt, channel?.PausedBecause, channel?.Failures ?? 0)
        {
            Address = set.Address,
        },
        ChannelRemoved => null,
        ChannelPaused paused when channel is not null => channel with { PausedAt = stored.RecordedAt, PausedBecause = paused.Reason, Failures = paused.Failures },
        ChannelResumed when channel is not null => channel with { PausedAt = null, PausedBecause = null, Failures = 0 },
        _ => channel,
    });

    private static IEnumerable<Guid> NamedIn(IEnumerable<StoredEvent> history) => history.Select(stored => stored.Data).OfType<ChannelSet>().Select(set => set.Address);

    /// <summary>What is wrong with terms beside what there is.</summary>
    private async Task<IReadOnlyList<FieldReason>> RefusalsAsync(Channel? now, ChannelTerms wanted, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.That("address", wanted.Address is not null || now is not null, "A new channel needs one.");
        if (wanted.Schedule?.EscalateTo is { } other)
        {
            check.That("schedule.escalateTo", await FindAsync(other, cancellationToken) is not null, "There is no such channel.");
        }

        return check.Reasons;
    }

    private async Task<Channel?> ChangeAsync(string id, Func<Channel, IEvent?> decide, Recorder recorder, CancellationToken cancellationToken)
    {
        while (true)
        {
            var history = await store.ReadStreamAsync(StreamOf(id), cancellationToken);
            if (Fold(history) is not { } channel || decide(channel) is not { } decided)
            {
                return Fold(history);
            }

            if (await store.AppendAsync(StreamOf(id), history.Count, [decided], recorder, cancellationToken))
            {
                return await FindAsync(id, cancellationToken);
            }
        }
    }
}
