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

    public static Task WriteAsync(Stream output, string format, ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken) =>
        format == "csv" ? WriteCsvAsync(output, query, filter, cancellationToken) : WriteLinesAsync(output, query, filter, cancellationToken);

    private static async Task WriteCsvAsync(Stream output, ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken)
    {
        // A spreadsheet runs a cell that begins like a formula, and a workload may be called anything.
        await using var csv = CsvWriter.Create(output, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        foreach (var column in Columns)
        {
            csv.WriteField(column);
        }

        csv.EndRecord();
        await ForEachAsync(query, filter, async page =>
        {
            foreach (var entry in page)
            {
                foreach (var cell in Cells(entry))
                {
                    csv.WriteField(cell);
                }

                csv.EndRecord();
            }

            await csv.FlushAsync(cancellationToken);
        }, cancellationToken);
        await csv.FlushAsync(cancellationToken);
    }

    private static Task WriteLinesAsync(Stream output, ActivityQuery query, ActivityFilter filter, CancellationToken cancellationToken) => ForEachAsync(query, filter, async page =>
    {
        foreach (var entry in page)
        {
            await JsonSerializer.SerializeAsync(output, entry, AnswerJson.Lines, cancellationToken);
            output.WriteByte((byte)'\n');
        }

        await output.FlushAsync(cancellationToken);
    }, cancellationToken);

    private static async Task ForEachAsync(ActivityQuery query, ActivityFilter filter, Func<IReadOnlyList<ActivityEntry>, Task> write, CancellationToken cancellationToken)
    {
        while (await query.ListAsync(filter, AtATime, cancellationToken) is { Count: > 0 } page)
        {
            await write(page);
            filter = filter with { Before = page[^1].Position };
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
