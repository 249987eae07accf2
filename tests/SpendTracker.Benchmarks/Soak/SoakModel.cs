using SpendTracker.Contracts;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>Where an event comes among those of its caller.</summary>
internal readonly record struct SoakPlace(int Caller, int Call, int Index) : IComparable<SoakPlace>
{
    public int CompareTo(SoakPlace other) => (Call, Index).CompareTo((other.Call, other.Index));
}

/// <summary>What must be, may be and must not be in the log, by what the callers were told.</summary>
internal sealed class SoakModel
{
    private readonly Dictionary<string, Entry> _entries = [];

    private sealed class Entry
    {
        public HashSet<IEvent> Sent { get; } = [];
        public HashSet<IEvent> Denied { get; } = [];
        public IEvent? Stored { get; set; }
        public bool Exists { get; set; }
        public bool Appended { get; set; }
        public long? Version { get; set; }
        public SoakPlace? Place { get; set; }
    }

    /// <summary>How many events somebody was told are stored.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>From now on it may be stored.</summary>
    public void Sending(string key, IEvent content)
    {
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                _entries.Add(key, entry = new());
            }

            entry.Sent.Add(content);
        }
    }

    public void Sending(SoakCall call)
    {
        foreach (var e in call.Correction?.Replacement is { } replacement ? [replacement] : call.Events)
        {
            Sending(e.Key, e.Usage);
        }

        if (call.Correction is { } correction)
        {
            Sending(correction.Stream, correction.Content);
        }
    }

    /// <summary>Both are stored, or the correction is not, and never will be: it, or what would replace, has met another.</summary>
    public void Answered(SoakCorrection correction, AppendStatus status)
    {
        if (status == AppendStatus.Conflict)
        {
            Denied(correction.Stream, correction.Content);
            return;
        }

        Answered(correction.Stream, correction.Content, status);
        if (correction.Replacement is { } replacement)
        {
            Answered(replacement.Key, replacement.Usage, AppendStatus.Duplicate); // By whom it was appended is not told.
        }
    }

    /// <param name="place">Where the answer came at the first try, so that the event has its caller's order.</param>
    public void Answered(string key, IEvent content, AppendStatus status, SoakPlace? place = null, long? version = null)
    {
        lock (_entries)
        {
            var entry = _entries[key];
            entry.Exists = true;
            if (status == AppendStatus.Conflict)
            {
                Deny(key, entry, content);
                return;
            }

            Require(status is AppendStatus.Appended or AppendStatus.Duplicate, $"{key} was answered {status}.");
            Require(status != AppendStatus.Appended || !entry.Appended, $"{key} was appended twice.");
            Require(entry.Stored is null || entry.Stored.Equals(content), $"{key} was acknowledged as {entry.Stored} and as {content}.");
            Require(!entry.Denied.Contains(content), $"{key} was first a conflict and then acknowledged: {content}");
            Acknowledged += entry.Stored is null ? 1 : 0;
            entry.Stored = content;
            if (status == AppendStatus.Appended)
            {
                entry.Appended = true;
                entry.Place = place;
                entry.Version = version;
            }
        }
    }

    /// <summary>Somebody was told that this is not stored.</summary>
    public void Denied(string key, IEvent content)
    {
        lock (_entries)
        {
            Deny(key, _entries[key], content);
        }
    }

    /// <summary>Compares a quiet log with what it must be.</summary>
    public void Check(IReadOnlyList<SoakRow> rows)
    {
        lock (_entries)
        {
            HashSet<string> seen = [];
            Dictionary<(string Stream, int Caller), SoakPlace> last = [];
            foreach (var row in rows)
            {
                Require(seen.Add(row.Key), $"{row.Key} is stored twice.");
                Require(_entries.TryGetValue(row.Key, out var entry), $"{row.Key} is stored, and nobody sent it.");
                Require(entry!.Sent.Contains(row.Content), $"{row.Key} is stored as nobody sent it: {row.Content}");
                Require(!entry.Denied.Contains(row.Content), $"{row.Key} is stored as {row.Content}, which was turned away.");
                Require(entry.Stored?.Equals(row.Content) ?? true, $"{row.Key} is stored as {row.Content} and was acknowledged as {entry.Stored}.");
                Require(entry.Version is null || entry.Version == row.Version, $"{row.Key} is at version {row.Version} and not at {entry.Version}.");
                if (entry.Place is { } place)
                {
                    var before = last.GetValueOrDefault((row.Stream, place.Caller), new SoakPlace(place.Caller, -1, -1));
                    Require(place.CompareTo(before) > 0, $"In {row.Stream}, {place} comes after {before}.");
                    last[(row.Stream, place.Caller)] = place;
                }
            }

            var lost = _entries.Where(entry => entry.Value.Exists && !seen.Contains(entry.Key)).Select(entry => entry.Key).ToArray();
            Require(lost.Length == 0, $"{lost.Length} acknowledged events are lost: {string.Join(", ", lost.Take(10))}");
        }
    }

    private static void Deny(string key, Entry entry, IEvent content)
    {
        Require(entry.Stored is null || !entry.Stored.Equals(content), $"{key} was acknowledged and then turned away: {content}");
        entry.Denied.Add(content);
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvariantBrokenException(otherwise);
        }
    }
}
