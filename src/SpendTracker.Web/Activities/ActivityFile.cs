using System.Globalization;
using System.Text.Json;
using CsvHelper;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Activities;

/// <summary>Activities as a file, the newest first: CSV for spreadsheets, JSON lines for programs. Written as it is read, in any length.</summary>
internal static class ActivityFile
{
    private const int AtATime = 500;

    private static readonly string[] Columns = ["position", "at", "by", "who", "from", "kind", "subject", "did", "event", "type", "trace_id", "changes"];

    /// <param name="output">Written without waiting on a thread, a page at a time.</param>
    public static async Task WriteAsync(Stream output, string format, ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken)
    {
        using var page = new MemoryStream();
        Write(page, format, null);
        while (await query.ListAsync(filter, AtATime, cancellationToken) is { Count: > 0 } entries)
        {
            Write(page, format, entries);
            await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
            page.SetLength(0);
            filter = filter with { Before = entries[^1].Position };
        }

        await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
    }

    /// <param name="entries">Null for the names of the columns.</param>
    private static void Write(MemoryStream page, string format, IReadOnlyList<ActivityEntry>? entries)
    {
        if (format == "ndjson")
        {
            foreach (var entry in entries ?? [])
            {
                JsonSerializer.Serialize(page, entry, AnswerJson.Lines);
                page.WriteByte((byte)'\n');
            }

            return;
        }

        // A spreadsheet runs a cell that begins like a formula, and a workload may be called anything.
        using var csv = CsvWriter.Create(page, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        foreach (var row in entries?.Select(Cells) ?? [Columns])
        {
            foreach (var cell in row)
            {
                csv.WriteField(cell);
            }

            csv.EndRecord();
        }
    }

    private static string[] Cells(ActivityEntry entry) =>
    [
        entry.Position.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.By, entry.Who, entry.From ?? "", entry.Kind, entry.Subject,
        entry.Did, entry.Event.ToString(), entry.Type, entry.TraceId ?? "", Text(entry.Changes),
    ];

    /// <summary>Like <c>amount: 100 → 200; name: B</c>.</summary>
    public static string Text(IReadOnlyList<FieldChange> changes) => string.Join("; ", changes.Select(change =>
        change.Before is null ? $"{change.Field}: {change.After}" : $"{change.Field}: {change.Before} → {change.After ?? "none"}"));
}
