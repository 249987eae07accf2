using System.Runtime.CompilerServices;
using System.Text.Json;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Activities;

/// <summary>Activities as a file, the newest first: a sheet for spreadsheets, JSON lines for programs. Written as it is read, in any length.</summary>
internal static class ActivityFile
{
    private const int AtATime = 500;

    public static Sheet SheetOf(ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken) => Sheet.Of(
        "activity", ReadAsync(query, filter, cancellationToken),
        new("position", entry => entry.Position),
        new("at", entry => entry.At),
        new("by", entry => entry.By),
        new("who", entry => entry.Who),
        new("from", entry => entry.From),
        new("kind", entry => entry.Kind),
        new("subject", entry => entry.Subject),
        new("did", entry => entry.Did),
        new("event", entry => entry.Event),
        new("type", entry => entry.Type),
        new("trace_id", entry => entry.TraceId),
        new("changes", entry => Text(entry.Changes)));

    /// <param name="output">Written without waiting on a thread, a page at a time.</param>
    public static async Task WriteLinesAsync(Stream output, ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken)
    {
        using var page = new MemoryStream();
        await foreach (var entries in ReadAsync(query, filter, cancellationToken).Chunk(AtATime))
        {
            foreach (var entry in entries)
            {
                JsonSerializer.Serialize(page, entry, AnswerJson.Lines);
                page.WriteByte((byte)'\n');
            }

            await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
            page.SetLength(0);
        }
    }

    /// <summary>Like <c>amount: 100 → 200; name: B</c>.</summary>
    public static string Text(IReadOnlyList<FieldChange> changes) => string.Join("; ", changes.Select(change =>
        change.Before is null ? $"{change.Field}: {change.After}" : $"{change.Field}: {change.Before} → {change.After ?? "none"}"));

    private static async IAsyncEnumerable<ActivityEntry> ReadAsync(ActivityQuery query, ActivityFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await query.ListAsync(filter, AtATime, cancellationToken) is { Count: > 0 } entries)
        {
            foreach (var entry in entries)
            {
                yield return entry;
            }

            filter = filter with { Before = entries[^1].Position };
        }
    }
}
