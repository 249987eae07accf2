namespace SpendTracker.Contracts;

/// <summary>How the host and its database are.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="EventsPerSecond">That this host appended, over the last five minutes; null in its first half minute.</param>
/// <param name="LagSeconds">How long the projections have not all been caught up; 0 if they are.</param>
/// <param name="AppendP99Seconds">Of this host's append transactions of the last five minutes, in the half minute in which it was worst; null if there were none.</param>
/// <param name="Position">The place in the log up to which it is whole.</param>
/// <param name="Projections">How far each is, by name.</param>
/// <param name="Replays">Rebuilds and verifications that go on.</param>
/// <param name="Programs">Hosts and commands that are connected to the database, the oldest first, each with the locks that it had at that moment.</param>
/// <param name="DatabaseBytes">Of the whole database.</param>
/// <param name="GrownBytes">Since <paramref name="GrownSince"/>; null while there is nothing to compare with.</param>
/// <param name="GrownSince">When the size was first seen: within the last day, and since this host started.</param>
/// <param name="Tables">The largest first.</param>
/// <param name="Channels">How channels failed last; null for a caller who may not see channels.</param>
/// <param name="LastHour">What this host measured, in steps of half a minute, the oldest first.</param>
public sealed record HealthResponse(
    DateTimeOffset At, double? EventsPerSecond, double LagSeconds, double? AppendP99Seconds, long Position, IReadOnlyList<ProjectionHealth> Projections,
    IReadOnlyList<RunningReplay> Replays, IReadOnlyList<ConnectedProgram> Programs, long DatabaseBytes, long? GrownBytes, DateTimeOffset GrownSince,
    IReadOnlyList<TableHealth> Tables, IReadOnlyList<ChannelFailure>? Channels, IReadOnlyList<HostMeasure> LastHour);

/// <summary>How far a projection is.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Position">How far it is.</param>
/// <param name="Behind">Places of the log that it has not come to yet.</param>
/// <param name="SetAside">Events that it could not apply.</param>
public sealed record ProjectionHealth(string Projection, long Position, long Behind, long SetAside);

/// <summary>How large a table is.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Bytes">On disk, its indexes included.</param>
/// <param name="Rows">As PostgreSQL estimates them; null if it never has.</param>
/// <param name="GrownBytes">As of the database.</param>
public sealed record TableHealth(string Table, long Bytes, long? Rows, long? GrownBytes);

/// <summary>What a host measured in half a minute.</summary>
/// <param name="At">When it began.</param>
/// <param name="EventsPerSecond">Events that this host appended.</param>
/// <param name="AppendP99">Seconds that 99 of 100 of its append transactions took at most, to 10 %; null if there was none.</param>
/// <param name="LagSeconds">The most that the projections were behind.</param>
public sealed record HostMeasure(DateTimeOffset At, double EventsPerSecond, double? AppendP99, double LagSeconds);

/// <summary>A program of ours that is connected to the database: a host, or a command.</summary>
/// <param name="Name">The name of its machine and its process, unless the connection string gives another.</param>
/// <param name="Address">Where it connects from; null through a socket of the same machine.</param>
/// <param name="Since">Of its oldest connection.</param>
/// <param name="Connections">How many it has.</param>
/// <param name="Busy">How many of its connections work at this moment.</param>
/// <param name="Locks">The names of the locks that it has at this moment: what it projects, rebuilds or sends over.</param>
public sealed record ConnectedProgram(string Name, string? Address, DateTimeOffset Since, int Connections, int Busy, IReadOnlyList<string> Locks);

/// <summary>A rebuild or a verification that goes on.</summary>
/// <param name="What"><c>rebuild</c> or <c>verify</c>.</param>
/// <param name="Projection">The read model.</param>
/// <param name="Position">How far its replay is; null before it has begun.</param>
public sealed record RunningReplay(string What, string? Projection, long? Position);
