using System.Text.Json;

namespace SpendTracker.Contracts;

/// <summary>Takes an event back, and may put another in its place.</summary>
/// <param name="Corrects">The event that counts no longer.</param>
/// <param name="Reason">Why.</param>
/// <param name="Replacement">An event as <c>POST /api/v1/usage</c> takes it.</param>
public sealed record CorrectionRequest(EventName Corrects, string Reason, JsonElement? Replacement = null);

/// <summary>Names an event: by its id in the log, or by the caller's own id, which is of the key's numbering unless a source is given.</summary>
/// <param name="EventId">Its id in the log.</param>
/// <param name="Id">Its id.</param>
/// <param name="Source">Whose list or contract it is; of an event, whose numbering its id belongs to.</param>
public sealed record EventName(Guid? EventId = null, string? Id = null, string? Source = null);
