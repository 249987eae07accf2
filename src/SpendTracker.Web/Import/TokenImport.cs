using System.Security.Claims;
using System.Text;
using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Ingest;
using EventId = SpendTracker.Events.EventId;

namespace SpendTracker.Web.Import;

/// <summary>Appends the rows of a file as usage, as if they had been sent to the API; what cannot be is set aside with the reason.</summary>
/// <param name="by">Who goes into the log as the recorder, e.g. <c>command:import</c>.</param>
internal sealed class TokenImport(UsageRecorder recorder, EventLog log, OrganisationSettings settings, TimeProvider clock, string by)
{
    /// <summary>Near the size from which an event no longer gets cheaper.</summary>
    private const int BatchRows = 4_000;

    /// <summary>One is written while the next one is read, and each of the store's writers has work.</summary>
    private const int BatchesInFlight = 2;

    /// <summary>In bytes. Beyond this it is no row with a prompt but a broken file.</summary>
    internal const int LongestRow = 16 * 1024 * 1024;

    /// <summary>Characters of the rows of a batch, which are kept until it is settled: rows may have long texts.</summary>
    private const int BatchLength = 8 * 1024 * 1024;

    private readonly ClaimsPrincipal _caller = new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, TokenFile.DefaultSource), new Claim(ApiClaims.RecordedBy, by), new Claim(ApiClaims.AnySource, "true"),
            new Claim(ApiClaims.Scope, EnumName.Of(Scope.Read)),
        ],
        "command"));

    private readonly Queue<(IReadOnlyList<Row> Rows, Task<UsageResponse> Answer)> _inFlight = [];
    private ImportCounts _counts;

    private readonly record struct Row(long Line, string Raw, TokenRow Read);

    /// <summary>What has become of the rows so far.</summary>
    public ImportCounts Counts => _counts;

    /// <summary>The first rows that were not recorded.</summary>
    public IReadOnlyList<RejectedRow> FirstRejected { get; private set; } = [];

    /// <param name="progress">Takes how many bytes of how many have been read.</param>
    /// <exception cref="ImportException">The file cannot be read, or lacks a column.</exception>
    /// <exception cref="OperationCanceledException">Between two batches; what was imported until then is in <see cref="Counts"/>.</exception>
    public async Task RunAsync(TokenFile file, Action<long, long> progress, CancellationToken cancellationToken)
    {
        await using var stream = Open(file);
        await using var rejected = new RejectedRows(file.Rejects);
        await using var reader = CsvReader.Create(stream, CsvRows.Options(file.Delimiter, LongestRow, record => Reject(rejected, record)), true);
        try
        {
            await reader.ReadHeaderAsync(cancellationToken);
            if (reader.Headers.Count == 0)
            {
                throw new ImportException($"{file.Path} is empty; its first line must name its columns.");
            }

            await ReadAsync(new TokenRows(file, reader, settings.ReportingTimeZone), reader, rejected, position => progress(position, stream.Length), cancellationToken);
        }
        catch (CsvFormatException fault)
        {
            throw CsvRows.Unreadable(file.Path, fault);
        }
        finally
        {
            await SettleAsync(rejected, 0); // What has been handed to the store is told, however this ends.
            FirstRejected = rejected.First;
        }
    }

    internal static FileStream Open(TokenFile file) => file.Absent() is { } absent
        ? throw new ImportException(absent)
        : new FileStream(file.Path, new FileStreamOptions { Share = FileShare.ReadWrite, Options = FileOptions.SequentialScan | FileOptions.Asynchronous });

    private void Reject(RejectedRows rejected, CsvMalformedRecord record)
    {
        _counts = _counts with { Rejected = _counts.Rejected + 1 };
        rejected.Add(record.LineNumber, RejectedRows.ReasonOf(record.Reason), record.RawRecord);
    }

    private async Task ReadAsync(TokenRows rows, CsvReader reader, RejectedRows rejected, Action<long> progress, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        List<Row> batch = [];
        var length = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = rows.Read(now);
            var raw = Encoding.UTF8.GetString(reader.RawRecord);
            if (row.Item.Usage is null)
            {
                _counts = _counts with { Rejected = _counts.Rejected + 1 };
                rejected.Add(reader.LineNumber, row.Item.Reasons, raw);
                continue;
            }

            batch.Add(new Row(reader.LineNumber, raw, row));
            length += raw.Length;
            if (batch.Count == BatchRows || length >= BatchLength)
            {
                await SettleAsync(rejected, BatchesInFlight - 1);
                cancellationToken.ThrowIfCancellationRequested();
                Send(batch);
                progress(reader.ByteOffset);
                batch = [];
                length = 0;
            }
        }

        if (batch.Count > 0)
        {
            Send(batch);
        }
    }

    /// <summary>Not cancelled once begun: whoever stops the import gets to know what was imported.</summary>
    private void Send(List<Row> batch) => _inFlight.Enqueue((batch, RecordAsync(batch)));

    private async Task<UsageResponse> RecordAsync(List<Row> batch)
    {
        var earlier = batch.Where(row => row.Read.EarlierId is not null).ToDictionary(row => EventId.From(Tenant.Default, row.Read.Item.Source!, row.Read.EarlierId!), row => row.Read.EarlierId!);
        var known = earlier.Count == 0 ? [] : (await log.ExistingAsync([.. earlier.Keys], CancellationToken.None)).Select(id => earlier[id]).ToHashSet();
        return await recorder.RecordAsync(
            [.. batch.Select(row => row.Read.EarlierId is { } id && known.Contains(id) ? row.Read.Item with { Id = id } : row.Read.Item)], _caller, CancellationToken.None);
    }

    /// <summary>Waits until no more than so many batches are in flight, oldest first.</summary>
    private async Task SettleAsync(RejectedRows rejected, int most)
    {
        while (_inFlight.Count > most)
        {
            var (rows, pending) = _inFlight.Dequeue();
            var answer = await pending;
            _counts = new ImportCounts(
                _counts.Appended + answer.Appended, _counts.Duplicate + answer.Duplicate, _counts.Conflict + answer.Conflict, _counts.Rejected + answer.Refused);
            foreach (var result in answer.Results.Where(result => result.Status is AppendStatus.Conflict or AppendStatus.Refused))
            {
                var row = rows[result.Index];
                var reasons = result.Reasons ?? [];
                rejected.Add(
                    row.Line, result.Status == AppendStatus.Conflict ? [new FieldReason("", $"Contradicts what is recorded under id {result.Id}."), .. reasons] : reasons, row.Raw);
            }
        }
    }
}
