using System.ComponentModel.DataAnnotations;

namespace SpendTracker.Web.Requests;

/// <summary>How much of a host one caller may take. Who asks for more is told to come back: 429 with Retry-After.</summary>
internal sealed record LimitOptions
{
    /// <summary>Requests of one API key in a second. A host on two cores takes some 14,000 of one event each.</summary>
    [Range(1, 1_000_000)]
    public int KeyRequestsPerSecond { get; init; } = 50_000;

    /// <summary>
    /// Requests from one address in a second that have no valid key: pages, files, sign-ins, and guesses of keys. Behind a proxy that
    /// is not believed, all callers have one address.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AddressRequestsPerSecond { get; init; } = 1_000;

    /// <summary>Expensive queries of one key or person at a time.</summary>
    [Range(1, 1_000)]
    public int QueriesPerCaller { get; init; } = 2;

    /// <summary>Expensive queries of all callers at a time.</summary>
    [Range(1, 1_000)]
    public int QueriesPerHost { get; init; } = 4;

    /// <summary>How long an expensive query waits for its turn.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan QueryWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an expensive query may take; then it is cancelled.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan QueryTime { get; init; } = TimeSpan.FromSeconds(30);
}
