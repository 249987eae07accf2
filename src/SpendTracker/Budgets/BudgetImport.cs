using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Budgets;

/// <summary>A budget of a file that is not so yet.</summary>
/// <param name="Before">What it is now; null where there is none.</param>
public sealed record BudgetChange(BudgetSet Terms, BudgetVersion? Before);

/// <summary>What a file of budgets would change.</summary>
/// <param name="Unchanged">How many are so already.</param>
/// <param name="Refused">Lines that cannot be set, with the reason: channels that nobody set up.</param>
public sealed record BudgetDiff(IReadOnlyList<BudgetChange> Changes, int Unchanged, IReadOnlyList<(long Line, FieldReason Reason)> Refused);

/// <summary>Compares many budgets with those that there are, and sets those that differ. Budgets that are not among them stay.</summary>
public sealed class BudgetImport(BudgetBook book, EventStore store)
{
    /// <param name="rows">Checked terms with their lines, each budget once.</param>
    public async Task<BudgetDiff> CompareAsync(IReadOnlyList<(long Line, BudgetSet Terms)> rows, CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync([.. rows.Select(row => BudgetBook.StreamOf(row.Terms.Budget))], cancellationToken);
        var channels = await Channels.FindAsync(store, [.. rows.SelectMany(row => BudgetBook.ChannelsOf(row.Terms)).Distinct()], cancellationToken);
        List<BudgetChange> changes = [];
        List<(long, FieldReason)> refused = [];
        foreach (var (line, terms) in rows)
        {
            var now = BudgetBook.VersionsOf(streams.GetValueOrDefault(BudgetBook.StreamOf(terms.Budget), [])) is [{ Removed: null } newest, ..] ? newest : null;
            if (now is not null && BudgetBook.SameTerms(now.Terms, terms))
            {
                continue;
            }

            var reasons = BudgetBook.UnknownChannels(terms, channels);
            refused.AddRange(reasons.Select(reason => (line, reason)));
            if (reasons.Count == 0)
            {
                changes.Add(new(terms, now));
            }
        }

        return new(changes, rows.Count - changes.Count - refused.Select(row => row.Item1).Distinct().Count(), refused);
    }

    /// <returns>Budgets that somebody else changed meanwhile; they were not set.</returns>
    public async Task<IReadOnlyList<string>> SetAsync(BudgetDiff diff, Recorder recorder, CancellationToken cancellationToken)
    {
        List<string> overtaken = [];
        foreach (var (terms, before) in diff.Changes)
        {
            if (await book.SetAsync(terms, before?.Version ?? 0, recorder, cancellationToken) is null)
            {
                overtaken.Add(terms.Budget);
            }
        }

        return overtaken;
    }
}
