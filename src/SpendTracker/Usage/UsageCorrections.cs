using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Usage;

/// <summary>What was right instead.</summary>
/// <param name="Source">Whose numbering the id belongs to; goes with it.</param>
/// <param name="Id">The caller's id; where there is none, the event's id follows from the correction's.</param>
public sealed record Replacement(IUsageEvent Usage, string? Source = null, string? Id = null);

/// <summary>What became of a correction.</summary>
/// <param name="Conflicts">Where it contradicts what is stored; then nothing was appended.</param>
/// <param name="ReplacementConflicts">The same of its replacement; not for everybody's eyes.</param>
/// <param name="StoredWorkload">Of what is stored in the replacement's place; null if there is none.</param>
public sealed record CorrectionResult(
    AppendStatus Status, Guid EventId, Guid? Replacement, IReadOnlyList<FieldReason> Conflicts, IReadOnlyList<FieldReason> ReplacementConflicts, string? StoredWorkload);

/// <summary>
/// Corrects usage: an event that was wrong counts no longer, once, whatever the order in which the two arrive. Neither is it
/// edited, nor is anything that was known about it lost.
/// </summary>
public sealed class UsageCorrections(EventStore store, OrganisationSettings settings)
{
    /// <summary>What is wrong with a correction; empty where nothing is.</summary>
    /// <param name="corrects">The id in the log of the event that was wrong.</param>
    /// <param name="original">What is in the log under that id; null where there is nothing yet.</param>
    public static IReadOnlyList<FieldReason> Check(Guid corrects, string reason, Replacement? replacement, StoredEvent? original)
    {
        var check = new FieldCheck();
        check.Text("reason", reason, TextLength.Description);
        check.That("corrects", original is null or { Data: IUsageEvent }, $"Only usage can be corrected, and this is '{original?.Type}'; correct the replacement instead.");
        check.That("replacement.id", replacement?.Id is not { } id || EventId.From(Tenant.Default, replacement.Source!, id) != corrects, "This is the event that is corrected; its replacement needs an id of its own.");
        return check.Reasons;
    }

    /// <summary>Appends a correction that has been checked together with its replacement: both, or neither where one conflicts.</summary>
    public async Task<CorrectionResult> CorrectAsync(
        Guid corrects, string reason, Replacement? replacement, Recorder recorder, CancellationToken cancellationToken)
    {
        var id = EventId.OfCorrection(Tenant.Default, corrects);
        Guid? replacedBy = replacement is null ? null
            : replacement.Id is { } own ? EventId.From(Tenant.Default, replacement.Source!, own) : EventId.OfReplacement(id);
        List<EventToAppend> toAppend = [new($"correction/{corrects}", id, new UsageCorrected(corrects, reason, replacedBy), recorder)];
        if (replacement is not null)
        {
            toAppend.Add(new(
                UsageStream.Of(replacement.Usage, settings.ReportingTimeZone), replacedBy!.Value, replacement.Usage,
                recorder with { Source = replacement.Id is null ? null : replacement.Source, SourceId = replacement.Id }, causation: id));
        }

        var results = await store.AppendTogetherAsync(toAppend, cancellationToken);
        var conflicts = ConflictsOf(results[0]);
        var ofReplacement = results.Length > 1 ? ConflictsOf(results[1]) : [];
        var status = conflicts.Count + ofReplacement.Count > 0 ? AppendStatus.Conflict
            : results.All(result => result.Status == AppendStatus.Duplicate) ? AppendStatus.Duplicate : AppendStatus.Appended;
        return new CorrectionResult(
            status, id, replacedBy, conflicts, [.. ofReplacement.Select(field => field with { Field = $"replacement.{field.Field}" })], results[^1].StoredWorkload);
    }

    private static IReadOnlyList<FieldReason> ConflictsOf(AppendResult result) => result.Status == AppendStatus.Conflict ? result.Difference! : [];
}
