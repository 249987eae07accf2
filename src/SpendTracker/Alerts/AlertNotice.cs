using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>A message to a channel.</summary>
/// <param name="Id">The same at every attempt, so that a receiver can tell that it has it already.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="At">When it was decided to send it.</param>
/// <param name="Alerts">What it is about: one, or several in a digest; a made-up one in a test.</param>
public sealed record AlertNotice(Guid Id, NoticeKind Kind, DateTimeOffset At, IReadOnlyList<NoticedAlert> Alerts)
{
    /// <summary>What goes with it by e-mail.</summary>
    public IReadOnlyList<NoticeFile> Files { get; init; } = [];
}

/// <summary>A file that goes with a message.</summary>
public sealed record NoticeFile(string Name, string ContentType, ReadOnlyMemory<byte> Content);

/// <summary>An alert, as a message tells it.</summary>
/// <param name="Id">The id of the event that raised it.</param>
/// <param name="Raised">What is told: a budget's crossing, or what of a plan left its range.</param>
/// <param name="CrossedAt">When that was decided.</param>
/// <param name="Resolved">Why it is over; null while it holds.</param>
/// <param name="ResolvedAt">Since when it is over.</param>
/// <param name="Page">Where it can be looked at; null where the host does not know its public address.</param>
/// <param name="Acknowledge">A link that acknowledges it, for whoever has it; null where it is over, or as above.</param>
public sealed record NoticedAlert(
    Guid Id, IAlertRaised Raised, DateTimeOffset CrossedAt, IAlertResolved? Resolved, DateTimeOffset? ResolvedAt, Uri? Page, Uri? Acknowledge);
