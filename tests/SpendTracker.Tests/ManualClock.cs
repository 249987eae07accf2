namespace SpendTracker.Tests;

/// <summary>A clock that a test sets.</summary>
internal sealed class ManualClock(DateTimeOffset? start = null) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start ?? DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => Now;
}
