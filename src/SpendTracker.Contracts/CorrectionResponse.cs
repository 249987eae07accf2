namespace SpendTracker.Contracts;

/// <summary>The answer to <c>POST /api/v1/usage/corrections</c>.</summary>
/// <param name="Status"><c>appended</c>, or <c>duplicate</c> where all of it was there already.</param>
/// <param name="EventId">The correction's id in the log.</param>
/// <param name="Corrects">The id in the log of the event that counts no longer.</param>
/// <param name="Waiting">Whether that event is not in the log yet; it will not count when it arrives.</param>
/// <param name="Replacement">The id in the log of what counts instead; it can be corrected in turn.</param>
public sealed record CorrectionResponse(AppendStatus Status, Guid EventId, Guid Corrects, bool Waiting, Guid? Replacement = null);
