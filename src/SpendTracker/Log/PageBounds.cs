namespace SpendTracker.Log;

/// <summary>What of the log is in a projection's rows once a page is written.</summary>
/// <param name="After">The page has what comes after this place.</param>
/// <param name="Last">It ends here.</param>
/// <param name="Position">Up to here all was applied before, apart from what is in <c>event_set_aside</c>.</param>
/// <param name="Unread">Places in the page of what could not be read.</param>
public sealed record PageBounds(long After, long Last, long Position, IReadOnlyCollection<long> Unread)
{
    public bool Contains(long seqId) => seqId > After && seqId <= Last;

    /// <param name="setAside">Whether it is in <c>event_set_aside</c>, where also an event is that this page tries again.</param>
    public bool Applies(long seqId, bool setAside) => Contains(seqId) ? !Unread.Contains(seqId) : seqId <= Position && !setAside;
}
