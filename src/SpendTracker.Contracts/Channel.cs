using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>A channel as it is now; nothing of it is secret.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">Which kind it is.</param>
/// <param name="Target">Where it leads: a host, or e-mail addresses.</param>
/// <param name="Schedule">When it tells.</param>
/// <param name="SetAt">When its terms were set last.</param>
/// <param name="SetBy">Who set it.</param>
/// <param name="PausedAt">Since when nothing is sent over it; null where it is not paused.</param>
/// <param name="PausedBecause">Why it is paused.</param>
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

/// <summary>What a test of a channel met.</summary>
/// <param name="Sent">Whether it went through.</param>
/// <param name="Reason">What went wrong; null where the other side took it.</param>
public sealed record ChannelTest(bool Sent, string? Reason);

/// <summary>How a channel failed last.</summary>
/// <param name="Channel">The channel's id.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Without secrets.</param>
/// <param name="GivenUp">Whether that message is not tried again.</param>
/// <param name="InARow">How many attempts in a row have failed by now; 0 if one has gone through since.</param>
/// <param name="PausedAt">Since when nothing is sent over it; null if it is not paused.</param>
public sealed record ChannelFailure(string Channel, DateTimeOffset At, string Reason, bool GivenUp, int InARow, DateTimeOffset? PausedAt);
