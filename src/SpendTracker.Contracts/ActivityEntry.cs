namespace SpendTracker.Contracts;

/// <summary>One thing that a person, a key, a command or the product itself did.</summary>
/// <param name="Position">Its place in the log.</param>
/// <param name="At">When it was recorded, UTC.</param>
/// <param name="By">Who did it, as the log has it: <c>person:…</c>, <c>key:…</c>, <c>command:…</c>, <c>link:…</c>, <c>host:…</c>.</param>
/// <param name="Who">The same as a name: a person's, a key's at the time, a command and its user.</param>
/// <param name="From">The remote address, or the machine of a command; none for the product itself and for what earlier versions recorded.</param>
/// <param name="Kind">What it is about, e.g. <c>budget</c>.</param>
/// <param name="Subject">Which one, e.g. the budget's id.</param>
/// <param name="Did">What was done, e.g. <c>set</c>.</param>
/// <param name="Event">The id of the event in the log.</param>
/// <param name="Type">The event's type, e.g. <c>budget_set</c>.</param>
/// <param name="Changes">The fields that it changed. Secrets are never among them.</param>
/// <param name="TraceId">Of the request; none if it was not traced.</param>
public sealed record ActivityEntry(
    long Position, DateTimeOffset At, string By, string Who, string? From, string Kind, string Subject, string Did, Guid Event, string Type,
    IReadOnlyList<FieldChange> Changes, string? TraceId = null);

/// <summary>A field before and after.</summary>
/// <param name="Field">Its place in the event, e.g. <c>period.from</c> or <c>prices[0].price</c>.</param>
/// <param name="Before">None if there was nothing.</param>
/// <param name="After">None if there is nothing any more.</param>
public sealed record FieldChange(string Field, string? Before, string? After);
