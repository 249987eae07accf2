using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>An alert, and its messages.</summary>
/// <param name="Alert">The alert itself.</param>
/// <param name="Deliveries">Its messages, also those to come.</param>
public sealed record AlertResponse(Alert Alert, IReadOnlyList<AlertMessage> Deliveries);

/// <summary>An alert of a budget or a plan, and what came of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="SeqId">Its place in the log; a list goes on from it.</param>
/// <param name="CrossedAt">When it was crossed, UTC.</param>
/// <param name="Crossed">The threshold of a budget that was crossed; null where the alert is a plan's.</param>
/// <param name="ReplacedBy">What goes on in its place.</param>
/// <param name="Resolved">Why it is over, as of a budget's.</param>
/// <param name="ResolvedAt">When it was over, UTC.</param>
/// <param name="Acknowledged">Who acknowledged it, and when; none if nobody has.</param>
/// <param name="Plan">What of a plan left its range; null where the alert is a budget's.</param>
/// <param name="PlanResolved">Why it is over, as of a plan's.</param>
public sealed record Alert(
    Guid Id, AlertState State, long SeqId, DateTimeOffset CrossedAt, BudgetThresholdCrossed? Crossed, Guid? ReplacedBy, BudgetThresholdResolved? Resolved,
    DateTimeOffset? ResolvedAt, Acknowledgement? Acknowledged, PlanAlertRaised? Plan = null, PlanAlertResolved? PlanResolved = null);

/// <summary>Where an alert stands.</summary>
[JsonConverter(typeof(NamedEnumConverter<AlertState>))]
public enum AlertState
{
    /// <summary>It holds, and nobody has acknowledged it.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>It holds, and somebody deals with it.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>It is over.</summary>
    [JsonStringEnumMemberName("resolved")] Resolved,

    /// <summary>An alert of a later version of the budget goes on from it.</summary>
    [JsonStringEnumMemberName("replaced")] Replaced,
}

/// <summary>Who has seen an alert and deals with it.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="By">For instance <c>person:Ada</c>, <c>key:4f…</c> or <c>link:{channel}</c>.</param>
/// <param name="Note">Anything a reader should know.</param>
public sealed record Acknowledgement(DateTimeOffset At, string By, string? Note = null);

/// <summary>Says that somebody deals with an alert.</summary>
/// <param name="Note">Anything a reader should know; at most 1,000 characters.</param>
public sealed record AcknowledgeRequest(string? Note = null);

/// <summary>A message to a channel about an alert, and how far it is.</summary>
/// <param name="Message">Its id. A receiver sees it, or that of the digest that it is part of.</param>
/// <param name="Alert">The alert's id.</param>
/// <param name="Channel">The channel's id.</param>
/// <param name="ChannelKind">Null where there was no such channel.</param>
/// <param name="Kind">Which kind it is.</param>
/// <param name="N">1, 2, … of reminders.</param>
/// <param name="Resolved">The event that it tells of, where it tells that an alert is over.</param>
/// <param name="DueAt">When it was decided to send it, or was to be.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="FirstAttemptAt">When it was tried first, UTC.</param>
/// <param name="NextAttemptAt">When it is tried next, UTC.</param>
/// <param name="SettledAt">When it was sent or given up, UTC.</param>
/// <param name="LastReason">What the last attempt met, or why it was dropped.</param>
/// <param name="Digest">The message that it was sent in together with others; null if it is one of its own.</param>
public sealed record AlertMessage(
    Guid Message, Guid Alert, string Channel, ChannelKind? ChannelKind, NoticeKind Kind, int N, Guid? Resolved, DateTimeOffset DueAt, MessageState State, int Attempts,
    DateTimeOffset? FirstAttemptAt, DateTimeOffset NextAttemptAt, DateTimeOffset? SettledAt, string? LastReason, Guid? Digest);

/// <summary>What became of a message.</summary>
[JsonConverter(typeof(NamedEnumConverter<MessageState>))]
public enum MessageState
{
    /// <summary>It waits to be sent, or to be tried again.</summary>
    [JsonStringEnumMemberName("pending")] Pending,

    /// <summary>The other side took it.</summary>
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>It was given up.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>It was not needed any more, or could not be.</summary>
    [JsonStringEnumMemberName("dropped")] Dropped,

    /// <summary>An alert of an earlier version of the budget was told there, and this one goes on from it.</summary>
    [JsonStringEnumMemberName("carried")] Carried,
}
