using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>A channel as it is now; nothing of it is secret.</summary>
/// <param name="Target">Where it leads: a host, or e-mail addresses.</param>
/// <param name="SetAt">When its terms were set last.</param>
/// <param name="PausedAt">Since when nothing is sent over it; null where it is not paused.</param>
/// <param name="Failures">How many attempts in a row failed; if it is paused, before that.</param>
public sealed record Channel(
    string Id, string Name, ChannelKind Kind, string Target, ChannelSchedule Schedule, DateTimeOffset SetAt, string SetBy,
    DateTimeOffset? PausedAt = null, string? PausedBecause = null, int Failures = 0)
{
    /// <summary>Names its protected address and secrets.</summary>
    [JsonIgnore]
    public Guid Address { get; init; }
}

/// <summary>What somebody wants a channel to be.</summary>
/// <param name="Name">What people call it; at most 200 characters.</param>
/// <param name="Address">Where it leads, with its secrets; null to keep what it has.</param>
/// <param name="Schedule">When it tells; the defaults where null.</param>
public sealed record ChannelTerms(string Name, ChannelAddress? Address = null, ChannelSchedule? Schedule = null);
