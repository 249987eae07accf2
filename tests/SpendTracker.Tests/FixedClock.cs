namespace SpendTracker.Tests;

/// <summary>A clock that stands still, so that what is too old or in the future is the same in every year.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
