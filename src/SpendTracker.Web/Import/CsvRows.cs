using System.Globalization;
using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Web.Import;

/// <summary>The rows of a CSV file. A row that is none is noted with its line, and the others are read.</summary>
internal sealed class CsvRows : IAsyncDisposable
{
    /// <summary>In bytes. Beyond this it is no row but a broken file.</summary>
    private const int LongestRow = 64 * 1024;

    /// <summary>A file of the wrong kind would otherwise be answered by fifty times its bytes.</summary>
    private const int MostMalformed = 1_000;

    private readonly List<MalformedRow> _malformed = [];
    private readonly CsvReader _reader;
    private readonly TimeZoneInfo _reportingTimeZone;

    /// <param name="content">Stays open.</param>
    public CsvRows(Stream content, TimeZoneInfo reportingTimeZone)
    {
        _reportingTimeZone = reportingTimeZone;
        _reader = CsvReader.Create(content, Options(null, LongestRow, record => Refuse(record.LineNumber, "", RejectedRows.ReasonOf(record.Reason))), true);
    }

    /// <summary>Of the row that was read last; the first line is 1.</summary>
    public long Line => _reader.LineNumber;

    public IReadOnlyList<MalformedRow> Malformed => _malformed;

    /// <summary>How files of any kind are read.</summary>
    /// <param name="separator">Null to tell by the first lines.</param>
    /// <param name="longestRow">In bytes.</param>
    /// <param name="malformed">Takes what is no row of the file, which is passed by.</param>
    public static CsvReaderOptions Options(char? separator, int longestRow, Action<CsvMalformedRecord> malformed) => new()
    {
        Separator = separator,
        TrackLineNumbers = true,
        MaxRecordSize = longestRow,

        // RFC 4180. What a quote that is never closed swallows is one malformed record, and never read as rows: it may be text.
        AllowLineBreaksInQuotes = true,
        MalformedData = CsvMalformedDataHandling.Skip,
        FieldCountMismatch = CsvFieldCountHandling.Skip,
        OnMalformedRecord = malformed,
    };

    /// <param name="file">What it is called.</param>
    public static ImportException Unreadable(string file, CsvFormatException fault) =>
        new($"{file} cannot be read on from line {fault.LineNumber}: {fault.Message}", fault);

    /// <summary>Reads numbers and times; after the header.</summary>
    public FieldText Text => field ??= new FieldText(_reader.Separator, _reportingTimeZone);

    /// <returns>The names of the columns.</returns>
    /// <exception cref="ImportException">The file cannot be read.</exception>
    public async Task<string[]> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _reader.ReadHeaderAsync(cancellationToken);
            return [.. _reader.Headers.Select(header => header.Trim())];
        }
        catch (CsvFormatException fault)
        {
            throw Unreadable("It", fault);
        }
    }

    /// <returns>Whether there is one more row.</returns>
    /// <exception cref="ImportException">The file cannot be read on.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException fault)
        {
            throw Unreadable("It", fault);
        }
    }

    public string Field(int column) => _reader.GetString(column).Trim();

    /// <summary>Notes what is wrong with the row that was read last.</summary>
    public void Refuse(string field, string reason) => Refuse(Line, field, reason);

    private void Refuse(long line, string field, string reason)
    {
        if (_malformed.Count == MostMalformed)
        {
            var first = _malformed[0];
            throw new ImportException(string.Create(
                CultureInfo.InvariantCulture, $"More than {MostMalformed:#,0} rows or fields are wrong. The first is in line {first.Line}: {first.Field} {first.Reason}"));
        }

        _malformed.Add(new(line, field, reason));
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();
}
