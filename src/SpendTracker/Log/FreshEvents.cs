using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>The events of a batch that are not known to be stored, by the streams they go to, and the numbers that they are given.</summary>
internal sealed class FreshEvents
{
    private readonly PendingAppend[] _appends;
    private readonly Dictionary<(string Tenant, string Id), StreamPart> _parts = [];
    private readonly StreamPart[] _partOf;

    public FreshEvents(PendingAppend[] appends)
    {
        _appends = appends;
        _partOf = new StreamPart[appends.Length];
        for (var i = 0; i < appends.Length; i++)
        {
            var key = (appends[i].Event.TenantId, appends[i].Event.Stream);
            if (!_parts.TryGetValue(key, out var part))
            {
                _parts.Add(key, part = new StreamPart(key.TenantId, key.Stream));
            }

            part.Events++;
            _partOf[i] = part;
        }

        Ids = Array.ConvertAll(appends, append => append.Event.Id);
        Streams = [.. _parts.Values];
        Array.Sort(Streams);
    }

    public int Count => _appends.Length;

    public Guid[] Ids { get; }

    /// <summary>In one order, whoever appends: that in which their heads are locked.</summary>
    public StreamPart[] Streams { get; }

    /// <summary>By event, in the order of the batch.</summary>
    public long[] Sequence { get; private set; } = [];

    /// <summary>By event.</summary>
    public long[] Versions { get; private set; } = [];

    public EventToAppend this[int i] => _appends[i].Event;

    /// <summary>Gives each event its numbers.</summary>
    /// <param name="tenants">Of the streams, and so with the next two; in any order.</param>
    /// <param name="heads">The stream's version after all these events, so that the last one has it and each before it one less.</param>
    public void Number(string[] tenants, string[] streams, long[] heads, long[] sequence)
    {
        for (var i = 0; i < heads.Length; i++)
        {
            _parts[(tenants[i], streams[i])].Head = heads[i];
        }

        Sequence = sequence;
        Versions = new long[Count];
        for (var i = Count - 1; i >= 0; i--)
        {
            Versions[i] = _partOf[i].Head--;
        }
    }
}

/// <summary>What of a batch goes to one stream.</summary>
internal sealed class StreamPart(string tenant, string id) : IComparable<StreamPart>
{
    public string Tenant { get; } = tenant;

    public string Id { get; } = id;

    public int Events { get; set; }

    public long Head { get; set; }

    public int CompareTo(StreamPart? other) =>
        string.CompareOrdinal(Tenant, other?.Tenant) is var order and not 0 ? order : string.CompareOrdinal(Id, other?.Id);
}
