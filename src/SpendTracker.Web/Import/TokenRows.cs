using CsvHelper;
using SpendTracker.Contracts;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Web.Import;

/// <summary>A row that was read.</summary>
/// <param name="EarlierId">The id that versions before gave it; null where a column has the ids.</param>
internal readonly record struct TokenRow(UsageRequestItem Item, string? EarlierId);

/// <summary>Turns a file's rows into usage. The reader stands on a row; nothing is kept of it.</summary>
internal sealed class TokenRows
{
    private readonly TokenFile _file;
    private readonly CsvReader _reader;
    private readonly FieldText _fields;
    private readonly RowIds _ids;
    private readonly int _time, _input, _output, _cachedInput, _cacheWrite, _reasoning, _requests, _id;

    /// <exception cref="ImportException">A column that was named is not in the header, or is there twice.</exception>
    public TokenRows(TokenFile file, CsvReader reader, TimeZoneInfo reportingTimeZone)
    {
        _fields = new FieldText(reader.Separator, reportingTimeZone);
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
    public TokenRow Read(DateTimeOffset now)
    {
        List<FieldReason> reasons = [];
        var usage = new TokenUsageRecorded(
            _file.Workload, _file.Approach, _file.Provider, _file.Model, Number(_input, reasons), Number(_output, reasons), Time(reasons),
            Number(_cachedInput, reasons, 0), Number(_cacheWrite, reasons, 0), Number(_reasoning, reasons, 0), ServiceTier.Standard,
            Number(_requests, reasons, 1), _file.Variant).Inclusive(_file.Counts);
        var earlierId = _id < 0 ? _ids.EarlierOf(_reader) : null;
        var id = _id >= 0 ? _reader.GetString(_id) : null;
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

        return reasons.Count > 0
            ? new(new UsageRequestItem(id, _file.Source, null, reasons), earlierId)
            : new(new UsageRequestItem(id ?? _ids.Of(usage), _file.Source, usage, reasons), earlierId);
    }

    private int Column(string? name, string option)
    {
        if (name is null)
        {
            return -1;
        }

        return !_reader.TryGetFieldIndex(name, out var index) ? throw new ImportException($"{_file.Path} has no column '{name}' ({option}); it has {string.Join(", ", _reader.Headers)}.")
            : _reader.TryGetFieldIndex(name, 1, out _) ? throw new ImportException($"{_file.Path} has the column '{name}' ({option}) twice.")
            : index;
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

        if (!_fields.TryWhole(text, out var number))
        {
            reasons.Add(new FieldReason(_reader.Headers[column], _fields.Ambiguity(text) ?? $"'{Short(text)}' is not a whole number."));
        }

        return number;
    }

    private DateTimeOffset Time(List<FieldReason> reasons)
    {
        var text = _reader.GetString(_time).Trim();
        if (_fields.TryTime(text, out var time))
        {
            return time;
        }

        reasons.Add(new FieldReason(_file.TimeColumn, text.Length == 0 ? "Missing." : $"'{Short(text)}' is not a time like 2026-01-31 09:30:00 or 2026-01-31T09:30:00Z, nor Unix seconds or milliseconds."));
        return default;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
