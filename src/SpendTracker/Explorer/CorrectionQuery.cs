using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Explorer;

/// <summary>A correction as the log has it.</summary>
/// <param name="RecordedBy">Who corrected, for instance <c>key:4f…</c>.</param>
public sealed record Correction(Guid Id, long SeqId, DateTimeOffset RecordedAt, string? RecordedBy, UsageCorrected Data);

/// <summary>Finds the corrections of events by their ids, which follow from those of the events.</summary>
public sealed class CorrectionQuery(EventLog log)
{
    /// <summary>The correction with an id; null where there is none.</summary>
    public async Task<Correction?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Of(await log.FindAsync(id, cancellationToken));

    /// <summary>The events with what corrected them and what they replace, by one query for all.</summary>
    public async Task<IReadOnlyList<UsageEvent>> AttachAsync(IReadOnlyList<UsageEvent> events, CancellationToken cancellationToken)
    {
        var causes = events.Select(e => Guid.TryParse(e.Logged.CausationId, out var cause) ? cause : (Guid?)null).OfType<Guid>();
        var found = await log.FindAsync([.. events.Select(CorrectionId), .. causes], cancellationToken);
        return
        [
            .. events.Select(e => e with
            {
                CorrectedBy = Of(found.GetValueOrDefault(CorrectionId(e))),
                Replaces = Guid.TryParse(e.Logged.CausationId, out var cause) && Of(found.GetValueOrDefault(cause)) is { } correction && correction.Data.ReplacedBy == e.Logged.Stored.Id
                    ? correction
                    : null,
            }),
        ];
    }

    private static Guid CorrectionId(UsageEvent e) => EventId.OfCorrection(e.Logged.Stored.TenantId, e.Logged.Stored.Id);

    /// <summary>Only where its id is the one for what it corrects: another program may have written a second one, which counts for nothing.</summary>
    private static Correction? Of(LoggedEvent? logged) =>
        logged is { Stored.Data: UsageCorrected data } && logged.Stored.Id == EventId.OfCorrection(logged.Stored.TenantId, data.Corrects)
            ? new Correction(logged.Stored.Id, logged.Stored.SeqId, logged.Stored.RecordedAt, logged.RecordedBy, data)
            : null;
}
