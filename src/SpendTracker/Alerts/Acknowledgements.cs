using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>Records that somebody has seen an alert. The first one counts; its event's id follows from the alert's.</summary>
public sealed class Acknowledgements(EventStore store, EventLog log)
{
    public const int NoteLength = 1_000;

    public static IReadOnlyList<FieldReason> Check(string? note)
    {
        var check = new FieldCheck();
        check.OptionalText("note", note, NoteLength);
        return check.Reasons;
    }

    /// <returns>The acknowledgement that counts, which may be somebody else's; null where there is no such alert.</returns>
    public async Task<Acknowledgement?> AcknowledgeAsync(Guid alert, string? note, Recorder recorder, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(alert, cancellationToken) is not { Stored.Data: IAlertRaised and not ReportMade })
        {
            return null;
        }

        var id = EventId.Version5(alert, "acknowledged");
        await store.Streams.RecordOnceAsync([new EventToAppend(StreamOf(alert), id, new AlertAcknowledged(alert, note), recorder, alert)], cancellationToken);
        var counts = await log.FindAsync(id, cancellationToken);
        return counts is { Stored.Data: AlertAcknowledged acknowledged }
            ? new Acknowledgement(counts.Stored.RecordedAt, counts.Stored.RecordedBy, acknowledged.Note)
            : throw new InvalidOperationException($"The acknowledgement of {alert} cannot be read.");
    }

    /// <summary>Notes on the row of an alert who has seen it. The first acknowledgement counts.</summary>
    /// <param name="table">A table of alerts, with the columns acknowledged_at, acknowledged_by and acknowledged_note.</param>
    /// <param name="id">Its column with the alert's id.</param>
    internal static void Mark(PageStatements page, string table, string id, StoredEvent stored, AlertAcknowledged acknowledged) => page.Add(
        $"""
        update {table} set acknowledged_at = $3, acknowledged_by = $4, acknowledged_note = $5::text
        where tenant_id = $1 and {id} = $2 and acknowledged_at is null
        """,
        stored.TenantId, acknowledged.Alert, stored.RecordedAt, stored.RecordedBy, acknowledged.Note);

    internal static string StreamOf(Guid alert) => $"alert/{alert}";
}
