using CsvHelper;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Import;

/// <summary>A row of a file that is not recorded.</summary>
/// <param name="Line">From 1, with the header.</param>
public sealed record RejectedRow(long Line, string Reason);

/// <summary>Rows set aside: line number, reason and the row as it was. The file is made when there is a first one.</summary>
/// <param name="path">Empty to keep the first ones alone.</param>
internal sealed class RejectedRows(string path) : IAsyncDisposable
{
    /// <summary>So many are kept to be shown.</summary>
    public const int MostShown = 20;

    private readonly List<RejectedRow> _first = [];
    private CsvWriter? _writer;

    /// <summary>The first of them, without the rows themselves.</summary>
    public IReadOnlyList<RejectedRow> First => _first;

    /// <summary>What is wrong with a row that is no row of the file.</summary>
    public static string ReasonOf(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "Has another number of fields than the header.",
        CsvMalformedReason.StrayQuote => "Broken quoting: a quote inside a field that is not quoted.",
        CsvMalformedReason.TextAfterClosingQuote => "Broken quoting: text after a closing quote.",
        _ => "Broken quoting: a quote that is not closed.",
    };

    /// <summary>Reasons in one text.</summary>
    public static string ReasonOf(IEnumerable<FieldReason> reasons) =>
        string.Join(' ', reasons.Select(reason => reason.Field.Length == 0 ? reason.Reason : $"{reason.Field}: {reason.Reason}"));

    public void Add(long line, IEnumerable<FieldReason> reasons, string row) => Add(line, ReasonOf(reasons), row);

    public void Add(long line, string reason, string row)
    {
        if (_first.Count < MostShown)
        {
            _first.Add(new(line, reason));
        }

        if (path.Length == 0)
        {
            return;
        }

        if (_writer is null)
        {
            _writer = CsvWriter.ToFile(path);
            Write("line", "reason", "row");
        }

        Write(line.ToString(System.Globalization.CultureInfo.InvariantCulture), reason, row);
    }

    private void Write(params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            _writer!.WriteField(field);
        }

        _writer!.EndRecord();
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }
    }
}
