namespace SpendTracker.Contracts;

/// <summary>
/// An earlier usage event counts no longer, from now on. At most one for each event, whoever sends it: its id follows from
/// the id of what it corrects. What was right instead is an event of its own.
/// </summary>
/// <param name="Corrects">The id, in the log, of the event that was wrong. It may arrive later than this.</param>
/// <param name="Reason">Why.</param>
/// <param name="ReplacedBy">The id, in the log, of the event that is right; none where there was nothing to record.</param>
public sealed record UsageCorrected(Guid Corrects, string Reason, Guid? ReplacedBy = null) : IEvent;
