using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>A way to tell somebody begins, or changes: these are all its terms. Where it leads and its secrets are not in the log.</summary>
/// <param name="Channel">The id: lower-case letters, digits, dots and dashes; at most 100.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">How it tells.</param>
/// <param name="Target">Where it leads, without secrets: a host, or e-mail addresses.</param>
/// <param name="Address">Names the protected address and secrets that hold since.</param>
/// <param name="Schedule">When it tells.</param>
public sealed record ChannelSet(string Channel, string Name, ChannelKind Kind, string Target, Guid Address, ChannelSchedule Schedule) : IEvent;

/// <summary>How a channel tells.</summary>
[JsonConverter(typeof(NamedEnumConverter<ChannelKind>))]
public enum ChannelKind
{
    /// <summary>JSON by HTTP POST, signed. Source: Standard Webhooks.</summary>
    [JsonStringEnumMemberName("webhook")] Webhook,

    /// <summary>A Slack-compatible incoming webhook.</summary>
    [JsonStringEnumMemberName("slack")] Slack,

    /// <summary>Microsoft Teams, as an Adaptive Card.</summary>
    [JsonStringEnumMemberName("teams")] Teams,

    /// <summary>E-mail over SMTP.</summary>
    [JsonStringEnumMemberName("email")] Email,

    /// <summary>Prometheus Alertmanager, by its API v2.</summary>
    [JsonStringEnumMemberName("alertmanager")] Alertmanager,
}

/// <summary>When a channel tells.</summary>
/// <param name="MostPerHour">More than so many messages in an hour come together as a digest. 1 to 1,000.</param>
/// <param name="DigestMinutes">What happens within so many minutes comes as one message; 0 for each at once. At most 1,440.</param>
/// <param name="QuietFrom">Local time (<c>HH:mm</c>) from which nothing is sent; what happens is sent when the quiet hours are over.</param>
/// <param name="QuietTo">Local time at which they are over; before <paramref name="QuietFrom"/> they last over midnight.</param>
/// <param name="TimeZone">IANA name of the quiet hours' time zone; the reporting time zone where null.</param>
/// <param name="RemindMinutes">An alert that nobody acknowledged, and that still holds, is told again after so many minutes; 0 for never. At most 10,080.</param>
/// <param name="EscalateMinutes">After so many minutes without acknowledgement, <paramref name="EscalateTo"/> is told too; 0 for never. At most 10,080.</param>
/// <param name="EscalateTo">Another channel's id.</param>
public sealed record ChannelSchedule(
    int MostPerHour = 60, int DigestMinutes = 0, string? QuietFrom = null, string? QuietTo = null, string? TimeZone = null,
    int RemindMinutes = 0, int EscalateMinutes = 0, string? EscalateTo = null);

/// <summary>A channel tells nobody any more; its address and secrets are deleted.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Reason">Why.</param>
public sealed record ChannelRemoved(string Channel, string Reason) : IEvent;

/// <summary>A channel failed so often that nothing is sent over it until somebody resumes it.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Reason">What failed last.</param>
/// <param name="Failures">How many attempts failed in a row.</param>
public sealed record ChannelPaused(string Channel, string Reason, int Failures) : IEvent;

/// <summary>A paused channel may be tried again: by a person, or because a test went through.</summary>
/// <param name="Channel">The channel.</param>
public sealed record ChannelResumed(string Channel) : IEvent;

/// <summary>What a message tells.</summary>
[JsonConverter(typeof(NamedEnumConverter<NoticeKind>))]
public enum NoticeKind
{
    /// <summary>A threshold was crossed.</summary>
    [JsonStringEnumMemberName("crossed")] Crossed,

    /// <summary>An alert is over.</summary>
    [JsonStringEnumMemberName("resolved")] Resolved,

    /// <summary>An alert still holds and nobody acknowledged it.</summary>
    [JsonStringEnumMemberName("reminder")] Reminder,

    /// <summary>Nobody acknowledged an alert where it was told first.</summary>
    [JsonStringEnumMemberName("escalation")] Escalation,

    /// <summary>Somebody tries whether the channel works.</summary>
    [JsonStringEnumMemberName("test")] Test,

    /// <summary>A month's report was made, as a schedule wants it.</summary>
    [JsonStringEnumMemberName("made")] Made,
}

/// <summary>Somebody has seen an alert and deals with it: no more reminders.</summary>
/// <param name="Alert">The crossing's event id.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record AlertAcknowledged(Guid Alert, string? Note = null) : IEvent;

/// <summary>A channel took a message.</summary>
/// <param name="Alert">The crossing's event id.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Kind">What it told.</param>
/// <param name="Message">The message's id, the same at every attempt; several alerts of a digest have one.</param>
/// <param name="Attempts">How many it took.</param>
public sealed record AlertDelivered(Guid Alert, string Channel, NoticeKind Kind, Guid Message, int Attempts) : IEvent;

/// <summary>A channel did not take a message for so long that it was given up.</summary>
/// <param name="Alert">The crossing's event id.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Kind">What it was to tell.</param>
/// <param name="Message">The message's id, the same at every attempt.</param>
/// <param name="Attempts">How many there were.</param>
/// <param name="Reason">What the last attempt met.</param>
public sealed record AlertDeliveryFailed(Guid Alert, string Channel, NoticeKind Kind, Guid Message, int Attempts, string Reason) : IEvent;
