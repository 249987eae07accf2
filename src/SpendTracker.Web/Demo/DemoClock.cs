namespace SpendTracker.Web.Demo;

/// <summary>
/// The clock of a host while the demo's year is recorded: it goes through the year with it. So every event is recorded on
/// the day on which it would have been, and what was known on a day can be asked for. Otherwise it is the real one.
/// </summary>
internal sealed class DemoClock(TimeProvider real) : TimeProvider
{
    private long _played;

    /// <summary>The time as it is, whatever is being played.</summary>
    public DateTimeOffset Real => real.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Interlocked.Read(ref _played) is var ticks and not 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : real.GetUtcNow();

    /// <summary>Stands at an instant from now on.</summary>
    public void Play(DateTimeOffset instant) => Interlocked.Exchange(ref _played, instant.UtcTicks);

    /// <summary>Is the real one again.</summary>
    public void GoLive() => Interlocked.Exchange(ref _played, 0);
}
