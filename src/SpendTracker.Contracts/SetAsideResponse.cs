namespace SpendTracker.Contracts;

/// <summary>Which events to try again; all where neither is given.</summary>
/// <param name="Projection">The read model.</param>
/// <param name="SeqId">Its place in the log.</param>
public sealed record RetryRequest(string? Projection = null, long? SeqId = null);

/// <summary>Events that were set aside.</summary>
/// <param name="Total">How many there are in all.</param>
/// <param name="Items">The latest first, at most 200 a page.</param>
/// <param name="Next">The <c>cursor</c> of the next page; none on the last one.</param>
public sealed record SetAsideResponse(long Total, IReadOnlyList<SetAsideEvent> Items, string? Next);

/// <summary>An event that a projection could not apply. Its row in the log is as another program, or a newer version, wrote it.</summary>
/// <param name="Projection">The read model.</param>
/// <param name="SeqId">Its place in the log.</param>
/// <param name="Reason">Why.</param>
/// <param name="SetAsideAt">When it was set aside, UTC.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastTriedAt">When it was tried last, UTC.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">The stored name of the event's type.</param>
/// <param name="Stream">The stream that it is in.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Data">The beginning of its JSON; the whole of it where it is not long.</param>
/// <param name="Headers">The same of its headers; null where it has none.</param>
public sealed record SetAsideEvent(
    string Projection, long SeqId, string Reason, DateTimeOffset SetAsideAt, int Attempts, DateTimeOffset LastTriedAt,
    Guid? Id, string? Type, string? Stream, long? Version, string? Data, string? Headers);

/// <param name="Tried">Events that were tried again.</param>
/// <param name="Applied">How many of them are in the numbers now.</param>
/// <param name="Left">How many are set aside still, in all.</param>
public sealed record RetryResult(int Tried, int Applied, long Left);
