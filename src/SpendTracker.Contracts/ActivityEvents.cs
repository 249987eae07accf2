namespace SpendTracker.Contracts;

/// <summary>Somebody downloaded a list as a file. Recorded before the first byte is sent.</summary>
/// <param name="What">What was read: <c>costs</c>, <c>activity</c>.</param>
/// <param name="Format">Of the file: <c>csv</c>, <c>ndjson</c>.</param>
/// <param name="Query">What was asked for, as in the address; at most 1,000 characters of it.</param>
public sealed record ExportRead(string What, string Format, string Query) : IEvent;

/// <summary>Somebody tried whether a channel works.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Sent">Whether the other side took the message.</param>
/// <param name="Reason">What went wrong; null if nothing did.</param>
public sealed record ChannelTested(string Channel, bool Sent, string? Reason = null) : IEvent;

/// <summary>Events that a read model could not take were tried again.</summary>
/// <param name="Tried">How many.</param>
/// <param name="Applied">How many of them are in the read models now.</param>
/// <param name="Projection">The read model that was asked for; null for all.</param>
/// <param name="SeqId">The event that was asked for; null for all.</param>
public sealed record SetAsideRetried(long Tried, long Applied, string? Projection = null, long? SeqId = null) : IEvent;

/// <summary>Read models were replaced by what a replay of the log gave.</summary>
/// <param name="Projections">Their names.</param>
public sealed record ReadModelsRebuilt(IReadOnlyList<string> Projections) : IEvent;
