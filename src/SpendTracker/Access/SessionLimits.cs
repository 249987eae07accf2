using System.ComponentModel.DataAnnotations;

namespace SpendTracker.Access;

/// <summary>How long a session lasts.</summary>
public sealed record SessionLimits
{
    /// <summary>After this time without a request or a click, a session has ended. More than the lifetime: never by that.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(2);

    /// <summary>After this time a session has ended, used or not.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(12);
}
