using System.Text.Json;
using Marten;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>
/// Appends to and reads from the log. Usage has its own way in: many callers share a transaction (<see cref="EventWriter"/>).
/// Streams of few events, whose decisions depend on what they hold, go through Marten's sessions (<see cref="EventStreams"/>).
/// </summary>
public sealed class EventStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _reading;
    private readonly EventWriter[] _writers;

    /// <param name="appending">For writers, and for nobody who could keep them waiting.</param>
    /// <param name="reading">For the rest.</param>
    /// <param name="marten">For streams of few events.</param>
    public EventStore(NpgsqlDataSource appending, NpgsqlDataSource reading, IDocumentStore marten, EventStoreOptions options, TimeProvider clock)
    {
        _reading = reading;
        Streams = new EventStreams(marten, ReadStreamAsync, () => Appended?.Invoke());
        _writers = [.. Enumerable.Range(0, options.Writers).Select(_ => new EventWriter(appending, options, clock, Recent, () => Appended?.Invoke()))];
    }

    /// <summary>Streams of few events: everything but usage.</summary>
    public EventStreams Streams { get; }

    /// <summary>What was committed here last.</summary>
    public RecentEvents Recent { get; } = new();

    /// <summary>How long a writer has appended, on average of the writers. Between two looks, its share of the time says how busy ingestion is.</summary>
    public TimeSpan Worked => _writers.Aggregate(TimeSpan.Zero, (sum, writer) => sum + writer.Worked) / _writers.Length;

    /// <summary>Something was committed here. A hint to look, and nothing more: several commits may give one.</summary>
    public event Action? Appended;

    /// <summary>
    /// Appends events, each exactly once by its id. When this returns, what is <c>appended</c> is committed and flushed.
    /// Events of one stream keep their order. When it throws, or is cancelled, some may be stored: sending the same ids again settles it.
    /// </summary>
    /// <exception cref="EventStoreBusyException">Too much is waiting.</exception>
    /// <exception cref="NpgsqlException">The database is away, or refused.</exception>
    public Task<AppendResult[]> AppendAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        EventMetrics.IsTraced ? TracedAsync(Hand, events, cancellationToken) : Hand(events).WaitAsync(cancellationToken);

    /// <summary>
    /// Appends events of several streams in one transaction: where one of them conflicts with what is stored, none is appended.
    /// Otherwise as above; for few events, since they share their transaction with nobody.
    /// </summary>
    public Task<AppendResult[]> AppendTogetherAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken) =>
        EventMetrics.IsTraced ? TracedAsync(HandTogether, events, cancellationToken) : HandTogether(events).WaitAsync(cancellationToken);

    /// <summary>Within a span. Where nobody listens, nothing is awaited here: that alone cost single events a sixth of their rate.</summary>
    private static async Task<AppendResult[]> TracedAsync(
        Func<IReadOnlyList<EventToAppend>, Task<AppendResult[]>> hand, IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        using var activity = EventMetrics.StartAppend(events.Count);
        return await hand(events).WaitAsync(cancellationToken);
    }

    private Task<AppendResult[]> Hand(IReadOnlyList<EventToAppend> events)
    {
        if (events.Count == 0)
        {
            return Task.FromResult<AppendResult[]>([]);
        }

        var call = new AppendCall(events.Count);
        var shards = new List<PendingAppend>?[_writers.Length];
        for (var i = 0; i < events.Count; i++)
        {
            var shard = ShardOf(events[i]);
            (shards[shard] ??= []).Add(new PendingAppend(events[i], call, i));
        }

        for (var i = 0; i < shards.Length; i++)
        {
            if (shards[i] is { } shard)
            {
                _writers[i].Enqueue(shard);
            }
        }

        return call.Completion;
    }

    private Task<AppendResult[]> HandTogether(IReadOnlyList<EventToAppend> events)
    {
        var call = new AppendCall(events.Count, together: true);
        _writers[ShardOf(events[0])].Enqueue([.. events.Select((e, index) => new PendingAppend(e, call, index))]);
        return call.Completion;
    }

    /// <summary>All events of a low-volume stream, oldest first; none where the stream does not exist.</summary>
    /// <exception cref="UnreadableEventException">One of them cannot be read here, so that nothing can be decided on them.</exception>
    public async Task<IReadOnlyList<StoredEvent>> ReadStreamAsync(string stream, CancellationToken cancellationToken) =>
        (await ReadStreamsAsync([stream], cancellationToken)).GetValueOrDefault(stream, []);

    /// <summary>All events of many low-volume streams, by stream, each oldest first; without those that do not exist.</summary>
    /// <exception cref="UnreadableEventException">One of them cannot be read here, so that nothing can be decided on them.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<StoredEvent>>> ReadStreamsAsync(IReadOnlyCollection<string> streams, CancellationToken cancellationToken)
    {
        await using var command = _reading.CreateCommand(
            $"select {EventReader.Columns} from spend.mt_events where tenant_id = $1 and stream_id = any($2) order by stream_id, version");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = streams.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<StoredEvent> events = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            try
            {
                events.Add(EventReader.Read(reader));
            }
            catch (JsonException fault)
            {
                throw new UnreadableEventException(reader.GetString(3), reader.GetInt64(0), fault);
            }
        }

        return events.GroupBy(stored => stored.Stream).ToDictionary(stream => stream.Key, stream => (IReadOnlyList<StoredEvent>)[.. stream]);
    }

    /// <summary>Ids of the streams that begin with a prefix, in order.</summary>
    public async Task<IReadOnlyList<string>> StreamsAsync(string prefix, CancellationToken cancellationToken)
    {
        await using var command = _reading.CreateCommand(
            "select id from spend.mt_streams where tenant_id = $1 and starts_with(id, $2) order by id");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = prefix });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> streams = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            streams.Add(reader.GetString(0));
        }

        return streams;
    }

    /// <summary>Sharded by stream: two writers never wait for each other's stream heads, and a stream keeps its order.</summary>
    private long ShardOf(EventToAppend e) => (uint)string.GetHashCode(e.Stream, StringComparison.Ordinal) % _writers.Length;

    /// <summary>Lets the writers finish what is waiting, then stops them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers)
        {
            await writer.DisposeAsync();
        }
    }
}
