using System.Globalization;
using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Web.Import;

/// <summary>Turns a file's rows into usage. The reader stands on a row; nothing is kept of it.</summary>
internal sealed class TokenRows
{
    /// <summary>Digits of a second's fraction that an instant has: 100 nanoseconds. Finer digits are cut off.</summary>
    private const int FractionDigits = 7;

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF zzz",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mmK",
    ];

    private readonly TokenFile _file;
    private readonly CsvReader _reader;
    private readonly RowIds _ids;
    private readonly int _time, _input, _output, _cachedInput, _cacheWrite, _reasoning, _requests, _id;

    /// <exception cref="ImportException">A column that was named is not in the header.</exception>
    public TokenRows(TokenFile file, CsvReader reader)
    {
        _file = file;
        _reader = reader;
        _ids = new RowIds(file);
        _time = Column(file.TimeColumn, "--time");
        _input = Column(file.InputColumn, "--input");
        _output = Column(file.OutputColumn, "--output");
        _cachedInput = Column(file.CachedInputColumn, "--cached-input");
        _cacheWrite = Column(file.CacheWriteColumn, "--cache-write");
        _reasoning = Column(file.ReasoningColumn, "--reasoning");
        _requests = Column(file.RequestsColumn, "--requests");
        _id = Column(file.IdColumn, "--id");
    }

    /// <summary>The usage of the row that the reader stands on, or why it has none.</summary>
    public UsageRequestItem Read(DateTimeOffset now)
    {
        List<FieldReason> reasons = [];
        var usage = new TokenUsageRecorded(
            _file.Workload, _file.Approach, _file.Provider, _file.Model, Number(_input, reasons), Number(_output, reasons), Time(reasons),
            Number(_cachedInput, reasons, 0), Number(_cacheWrite, reasons, 0), Number(_reasoning, reasons, 0), ServiceTier.Standard,
            Number(_requests, reasons, 1), _file.Variant);
        var id = _id < 0 ? _ids.Of(_reader) : _reader.GetString(_id);
        if (_id >= 0)
        {
            var check = new FieldCheck();
            check.Name(_reader.Headers[_id], id, TextLength.Id);
            reasons.AddRange(check.Reasons);
        }

        if (reasons.Count == 0)
        {
            // A rule about a part that the file has no column for only repeats what is wrong with the whole.
            var broken = UsageRules.Check(usage, now).Select(reason => (Column: ColumnOf(reason.Field), reason.Reason)).ToArray();
            reasons.AddRange(broken.Where(reason => reason.Column is not null).Select(reason => new FieldReason(reason.Column!, reason.Reason)));
        }

        return new UsageRequestItem(id, _file.Source, reasons.Count == 0 ? usage : null, reasons);
    }

    private int Column(string? name, string option)
    {
        if (name is null)
        {
            return -1;
        }

        return _reader.TryGetFieldIndex(name, out var index)
            ? index
            : throw new ImportException($"{_file.Path} has no column '{name}' ({option}); it has {string.Join(", ", _reader.Headers)}.");
    }

    /// <summary>The rules name the event's fields; who reads the rejects knows the file's columns.</summary>
    private string? ColumnOf(string field) => field switch
    {
        "usedAt" => _file.TimeColumn,
        "inputTokens" => _file.InputColumn,
        "outputTokens" => _file.OutputColumn,
        "cachedInputTokens" => _file.CachedInputColumn ?? _file.CacheWriteColumn,
        "cacheWriteTokens" => _file.CacheWriteColumn,
        "reasoningTokens" => _file.ReasoningColumn,
        "requests" => _file.RequestsColumn,
        _ => field,
    };

    /// <param name="otherwise">What an empty field means; null where it must not be empty.</param>
    private long Number(int column, List<FieldReason> reasons, long? otherwise = null)
    {
        if (column < 0)
        {
            return otherwise ?? 0;
        }

        var text = _reader.GetString(column).Trim();
        if (text.Length == 0)
        {
            if (otherwise is null)
            {
                reasons.Add(new FieldReason(_reader.Headers[column], "Missing."));
            }

            return otherwise ?? 0;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            reasons.Add(new FieldReason(_reader.Headers[column], $"'{Short(text)}' is not a whole number."));
        }

        return number;
    }

    private DateTimeOffset Time(List<FieldReason> reasons)
    {
        var text = _reader.GetString(_time).Trim();
        if (DateTimeOffset.TryParseExact(
            Cut(text), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        reasons.Add(new FieldReason(_file.TimeColumn, text.Length == 0 ? "Missing." : $"'{Short(text)}' is not a time like 2026-01-31 09:30:00 or 2026-01-31T09:30:00Z."));
        return default;
    }

    private static string Cut(string time)
    {
        var first = time.IndexOf('.') + 1;
        var end = first;
        while (first > 0 && end < time.Length && char.IsAsciiDigit(time[end]))
        {
            end++;
        }

        return end - first > FractionDigits ? time.Remove(first + FractionDigits, end - first - FractionDigits) : time;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
