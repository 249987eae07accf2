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
        string id, ChannelTerms wanted, Recorder recorder, CancellationToken cancellationToken) =>
        await SetAsync(id, wanted, null, recorder, cancellationToken) is (_, { Count: > 0 } reasons) ? (null, reasons) : (await FindAsync(id, cancellationToken), []);

    /// <summary>The same, if the channel is at a version.</summary>
    /// <param name="expected">See <see cref="StreamVersion"/>.</param>
    /// <returns>The version that it was at, 0 for none; null if it was another than expected, or for reasons.</returns>
    public async Task<(int? Before, IReadOnlyList<FieldReason> Reasons)> SetAsync(
        string id, ChannelTerms wanted, int? expected, Recorder recorder, CancellationToken cancellationToken)
    {
        if (ChannelRules.Check(id, wanted) is { Count: > 0 } reasons)
        {
            return (null, reasons);
        }

        var schedule = wanted.Schedule ?? new();
        var saved = wanted.Address is { } given ? await addresses.SaveAsync(id, given, cancellationToken) : (Guid?)null;
        var (before, replaced, refusals) = await store.Streams.DecideAsync<ChannelState, (int? Before, ChannelState? Replaced, IReadOnlyList<FieldReason> Refusals)>(
            StreamOf(id),
            async (state, cancel) =>
            {
                var version = state?.Channel is null ? 0 : state.Version;
                return await RefusalsAsync(state?.Channel, wanted, cancel) is { Count: > 0 } refusals ? new((null, null, refusals))
                    : !StreamVersion.Is(expected, version) ? new((null, null, []))
                    : saved is null && state!.Channel!.Name == wanted.Name && state.Channel.Schedule == schedule ? new((version, null, []))
                    : new((version, state ?? new(null, []), []), Set(id, wanted, schedule, saved, state?.Channel));
            },
            recorder, cancellationToken);

        // Not after a fault: the event may be stored all the same, and then it names the address. What no event names goes in time.
        if (replaced is not null)
        {
            await addresses.DeleteAsync(id, replaced.Addresses, saved ?? replaced.Channel!.Address, cancellationToken);
        }
        else if (saved is { } unused)
        {
            await addresses.DeleteAsync(unused, CancellationToken.None);
        }

        return (before, refusals);
    }

    /// <param name="address">A new one; null where the present one stays.</param>
    private static ChannelSet Set(string id, ChannelTerms wanted, ChannelSchedule schedule, Guid? address, Channel? now) => new(
        id, wanted.Name, wanted.Address?.Kind ?? now!.Kind, wanted.Address?.Target ?? now!.Target, address ?? now!.Address, schedule);

    /// <summary>Removes a channel, and deletes its address and secrets.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> RemoveAsync(string id, string reason, Recorder recorder, CancellationToken cancellationToken)
    {
        var removed = await store.Streams.DecideAsync<ChannelState, ChannelState?>(
            StreamOf(id), state => state?.Channel is null ? new(null) : new(state, new ChannelRemoved(id, reason)), recorder, cancellationToken);
        if (removed is null)
        {
            return false;
        }

        await addresses.DeleteAsync(id, removed.Addresses, null, cancellationToken);
        return true;
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
        EventStreams.Fold<ChannelState>(await store.ReadStreamAsync(StreamOf(id), cancellationToken))?.Channel;

    /// <summary>The same, with the version that it is at.</summary>
    public async Task<(Channel Channel, int Version)?> FindWithVersionAsync(string id, CancellationToken cancellationToken) =>
        EventStreams.Fold<ChannelState>(await store.ReadStreamAsync(StreamOf(id), cancellationToken)) is { Channel: { } channel, Version: var version } ? (channel, version) : null;

    /// <summary>Several channels as the log has them, by id; null for one that does not exist.</summary>
    internal static async Task<IReadOnlyDictionary<string, Channel?>> FindAsync(EventStore store, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync([.. ids.Select(StreamOf)], cancellationToken);
        return ids.ToDictionary(id => id, id => EventStreams.Fold<ChannelState>(streams.GetValueOrDefault(StreamOf(id), []))?.Channel);
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
        await store.Streams.DecideAsync<ChannelState, bool>(
            StreamOf(id), state => state?.Channel is { } channel && decide(channel) is { } decided ? new(true, decided) : new(false), recorder, cancellationToken);
        return await FindAsync(id, cancellationToken);
    }
}
