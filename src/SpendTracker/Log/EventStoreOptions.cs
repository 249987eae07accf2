using System.ComponentModel.DataAnnotations;

namespace SpendTracker.Log;

/// <summary>Limits and timings of the event store. Every queue has an end and every wait a limit.</summary>
public sealed record EventStoreOptions
{
    /// <summary>Writers, each with its own share of the streams. Two gave 1.6 to 1.9 times what one gives.</summary>
    [Range(1, 32)]
    public int Writers { get; init; } = 2;

    /// <summary>Most events in one transaction. Beyond some thousands the cost of an event no longer falls.</summary>
    [Range(1, 50_000)]
    public int BatchEvents { get; init; } = 5_000;

    /// <summary>Most events waiting for one writer; more are turned away, so that memory stays bounded.</summary>
    [Range(10_000, 1_000_000)]
    public int QueuedEvents { get; init; } = 50_000;

    /// <summary>
    /// Most bytes of request bodies that are being read or wait to be stored, together; a larger request is taken alone.
    /// Parsed, encoded anew and with what is not yet collected, an event takes some twelve times its bytes: this keeps a host
    /// under 300 MiB. It is four times what 16 callers with 500 events each send at once.
    /// </summary>
    [Range(1, 1L << 40)]
    public long RequestBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most events that a projection folds before it writes, with gaps counted. Its cost is by the key, so large pages pay, at the price of memory.</summary>
    [Range(1, 200_000)]
    public int PageEvents { get; init; } = 50_000;

    /// <summary>Least time between two pages while events keep coming. Numbers are behind by about as much.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan PageInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a gap that no live transaction can fill is left open all the same, for programs that draw sequence numbers
    /// in one transaction and insert in another.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan GapGrace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for a notification before looking anyway.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>More is waiting to be appended than there is room for. Send the same ids again later.</summary>
public sealed class EventStoreBusyException(int limit)
    : Exception($"More than {limit} events are waiting to be appended. Send the same ids again in a second.");
