using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;
using EventId = SpendTracker.Events.EventId;

namespace SpendTracker.Web.Import;

/// <summary>What a file of usage would record.</summary>
internal sealed class UsagePreview
{
    /// <summary>Ids that are looked up at a time.</summary>
    private const int Batch = 4_000;

    private readonly List<RejectedRow> _firstRejected = [];
    private readonly HashSet<Guid> _ids = [];

    /// <summary>Events that can be recorded; some may be recorded already.</summary>
    public long Events { get; private set; }

    /// <summary>Of them, how many are recorded already, or are twice in the file.</summary>
    public long Known { get; private set; }

    /// <summary>Rows that cannot be recorded.</summary>
    public long Rejected { get; private set; }

    public IReadOnlyList<RejectedRow> FirstRejected => _firstRejected;

    /// <summary>When the earliest was used; null without events.</summary>
    public DateTimeOffset? First { get; private set; }

    public DateTimeOffset? Last { get; private set; }

    /// <summary>Tokens in and out.</summary>
    public decimal Tokens { get; private set; }

    public long Requests { get; private set; }

    public long Fresh => Events - Known;

    /// <summary>Reads a CSV file as its import would, and appends nothing.</summary>
    /// <exception cref="ImportException">The file cannot be read, or lacks a column.</exception>
    public static async Task<UsagePreview> OfAsync(TokenFile file, EventLog log, TimeZoneInfo reportingTimeZone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var preview = new UsagePreview();
        await using var stream = TokenImport.Open(file);
        await using var reader = CsvReader.Create(
            stream, CsvRows.Options(file.Delimiter, TokenImport.LongestRow, record => preview.Reject(record.LineNumber, RejectedRows.ReasonOf(record.Reason))), true);
        try
        {
            await reader.ReadHeaderAsync(cancellationToken);
            var rows = new TokenRows(file, reader, reportingTimeZone);
            List<Guid> waiting = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = rows.Read(now);
                if (row.Item.Usage is not { } usage)
                {
                    preview.Reject(reader.LineNumber, RejectedRows.ReasonOf(row.Item.Reasons));
                    continue;
                }

                preview.Add(usage);
                waiting.Add(EventId.From(Tenant.Default, row.Item.Source!, row.Item.Id!));
                if (waiting.Count == Batch)
                {
                    await preview.LookUpAsync(waiting, log, cancellationToken);
                }
            }

            await preview.LookUpAsync(waiting, log, cancellationToken);
        }
        catch (CsvFormatException fault)
        {
            throw CsvRows.Unreadable("The file", fault);
        }

        return preview;
    }

    /// <summary>The same of events that were read as a request's.</summary>
    /// <param name="lines">The line of each.</param>
    public static async Task<UsagePreview> OfAsync(
        IReadOnlyList<UsageRequestItem> items, IReadOnlyList<int> lines, string source, EventLog log, CancellationToken cancellationToken)
    {
        var preview = new UsagePreview();
        List<Guid> waiting = [];
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Usage is not { } usage)
            {
                preview.Reject(lines[i], RejectedRows.ReasonOf(items[i].Reasons));
                continue;
            }

            preview.Add(usage);
            waiting.Add(EventId.From(Tenant.Default, items[i].Source ?? source, items[i].Id!));
        }

        await preview.LookUpAsync(waiting, log, cancellationToken);
        return preview;
    }

    private void Reject(long line, string reason)
    {
        Rejected++;
        if (_firstRejected.Count < RejectedRows.MostShown)
        {
            _firstRejected.Add(new(line, reason));
        }
    }

    private void Add(IUsageEvent usage)
    {
        Events++;
        (First, Last) = (First < usage.OccurredAt ? First : usage.OccurredAt, Last > usage.OccurredAt ? Last : usage.OccurredAt);
        if (usage is TokenUsageRecorded tokens)
        {
            Tokens += (decimal)tokens.InputTokens + tokens.OutputTokens;
            Requests += tokens.Requests;
        }
    }

    private async Task LookUpAsync(List<Guid> waiting, EventLog log, CancellationToken cancellationToken)
    {
        Guid[] fresh = [.. waiting.Where(_ids.Add)];
        Known += waiting.Count - fresh.Length + (fresh.Length == 0 ? 0 : (await log.ExistingAsync(fresh, cancellationToken)).Count);
        waiting.Clear();
    }
}
