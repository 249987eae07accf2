using System.Globalization;
using System.Text;
using CsvHelper;
using Radzen.Documents.Spreadsheet;

namespace SpendTracker.Web.Exports;

/// <summary>
/// Writes sheets as CSV and as Excel workbooks: numbers as numbers, days as days. What begins like a formula is a text in both, for a
/// workload may be called anything.
/// </summary>
internal static class SheetFile
{
    public const string CsvType = "text/csv; charset=utf-8";
    public const string ExcelType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Rows that a sheet of Excel has room for beneath the names of the columns. Source: Excel's specifications.</summary>
    private const int MostRows = 1_048_575;

    /// <summary>Characters that a cell has room for. Source: as above.</summary>
    private const int MostText = 32_767;

    private const int RowsAtATime = 500;
    private const int NarrowColumn = 90, WideColumn = 190;

    private static readonly Format Bold = new() { Bold = true };
    private static readonly Format Day = new() { NumberFormat = "yyyy-mm-dd" };
    private static readonly Format Month = new() { NumberFormat = "yyyy-mm" };
    private static readonly Format Instant = new() { NumberFormat = "yyyy-mm-dd hh:mm:ss" };

    /// <param name="format"><c>csv</c> or <c>xlsx</c>.</param>
    public static Task WriteAsync(Stream output, string format, Sheet sheet, CancellationToken cancellationToken) =>
        format == "csv" ? WriteCsvAsync(output, sheet, cancellationToken) : WriteExcelAsync(output, sheet, cancellationToken);

    public static string TypeOf(string format) => format == "csv" ? CsvType : ExcelType;

    /// <summary>Writes as it reads, some hundred rows at a time.</summary>
    public static async Task WriteCsvAsync(Stream output, Sheet sheet, CancellationToken cancellationToken)
    {
        using var page = new MemoryStream();
        WriteRows(page, [[.. sheet.Heads.Select(head => head.Name)]]);
        await foreach (var rows in sheet.Rows.Chunk(RowsAtATime).WithCancellation(cancellationToken))
        {
            WriteRows(page, rows);
            await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
            page.SetLength(0);
        }

        await output.WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), cancellationToken);
    }

    /// <summary>
    /// Reads its rows one by one and keeps none; what is kept until the end is the compressed file, some 10 bytes a cell, since the
    /// workbook's writer waits for its stream and a request's must not be waited for.
    /// </summary>
    public static async Task WriteExcelAsync(Stream output, Sheet sheet, CancellationToken cancellationToken)
    {
        var workbook = new Workbook();
        var formats = FormatsOf(sheet);
        AddHeads(workbook, sheet, "Sheet1", rows: 0);
        using var file = new MemoryStream();
        var rows = sheet.Rows.Take(MostRows).Select(row => row.Select((value, at) => (DataOf(value), FormatOf(value) ?? formats[at])).ToArray());
        await workbook.SaveToStreamAsync(file, rows, useInlineStrings: true, cancellationToken);
        file.Position = 0;
        await file.CopyToAsync(output, cancellationToken);
    }

    /// <summary>A workbook of several sheets, each by its name. Held in memory: for reports, not for lists.</summary>
    public static async Task<byte[]> WorkbookAsync(IReadOnlyList<Sheet> sheets, CancellationToken cancellationToken)
    {
        var workbook = new Workbook();
        foreach (var sheet in sheets)
        {
            var rows = await sheet.Rows.ToListAsync(cancellationToken);
            var (cells, formats) = (AddHeads(workbook, sheet, sheet.Name, rows.Count).Cells, FormatsOf(sheet));
            foreach (var (line, row) in rows.Index())
            {
                foreach (var (at, value) in row.Index())
                {
                    Put(cells[line + 1, at], value, formats[at]);
                }
            }
        }

        using var file = new MemoryStream();
        workbook.SaveToStream(file);
        return file.ToArray();
    }

    private static Worksheet AddHeads(Workbook workbook, Sheet sheet, string name, int rows)
    {
        var added = workbook.AddSheet(name, rows + 1, Math.Max(1, sheet.Heads.Count));
        added.Rows.Frozen = 1;
        foreach (var (at, head) in sheet.Heads.Index())
        {
            Put(added.Cells[0, at], head.Title, Bold);
            added.Columns[at] = head.Format is null && head.Name is "workload" or "sku" or "name" or "what" or "source" ? WideColumn : Math.Max(NarrowColumn, 9 * head.Title.Length);
        }

        return added;
    }

    private static Format?[] FormatsOf(Sheet sheet) => [.. sheet.Heads.Select(head => head.Format is { } format ? new Format { NumberFormat = format } : null)];

    private static void Put(Cell cell, object? value, Format? format)
    {
        if (value is null)
        {
            return;
        }

        // After an apostrophe the cell takes a text as it is; else 0123 is a number, and =1+1 a formula.
        switch (DataOf(value))
        {
            case { Value: string text }:
                cell.SetValue($"'{text}");
                break;
            case { Value: var plain }:
                cell.Value = plain;
                break;
        }

        if ((FormatOf(value) ?? format) is { } shown)
        {
            cell.Format = shown;
        }
    }

    private static CellData? DataOf(object? value) => value switch
    {
        null => null,
        decimal number => CellData.FromNumber((double)number), // Excel computes with doubles, and shows 15 digits.
        double number => CellData.FromNumber(number),
        int number => CellData.FromNumber(number),
        long number => CellData.FromNumber(number),
        bool flag => CellData.FromBoolean(flag),
        DateOnly day => CellData.FromDate(day.ToDateTime(TimeOnly.MinValue)),
        BillingPeriod month => CellData.FromDate(month.Start.ToDateTime(TimeOnly.MinValue)),
        DateTimeOffset instant => CellData.FromDate(instant.UtcDateTime),
        _ => CellData.FromString(Clean(TextOf(value))),
    };

    private static Format? FormatOf(object? value) => value switch { DateOnly => Day, BillingPeriod => Month, DateTimeOffset => Instant, _ => null };

    private static string TextOf(object value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString() ?? "";

    /// <summary>XML has no control characters, nor half of a pair.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append((rune.Value < ' ' && rune.Value is not ('\t' or '\n' or '\r')) || rune.Value is 0xFFFE or 0xFFFF ? "\uFFFD" : rune.ToString());
        }

        return clean.Length > MostText ? clean.ToString(0, MostText) : clean.ToString();
    }

    private static void WriteRows(MemoryStream page, IEnumerable<object?[]> rows)
    {
        using var csv = CsvWriter.Create(page, new CsvWriterOptions { Injection = CsvInjection.Escape }, true);
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                WriteField(csv, value);
            }

            csv.EndRecord();
        }
    }

    /// <summary>Only texts can be taken for formulas: a number that begins with a minus stays a number.</summary>
    private static void WriteField(CsvWriter csv, object? value)
    {
        switch (value)
        {
            case decimal number:
                csv.WriteField(number, default);
                break;
            case int or long:
                csv.WriteField(Convert.ToInt64(value, CultureInfo.InvariantCulture), default);
                break;
            case double number:
                csv.WriteField(number, default);
                break;
            case bool flag:
                csv.WriteField(flag ? "true" : "false");
                break;
            case DateOnly day:
                csv.WriteField(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset instant:
                csv.WriteField(instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                break;
            default:
                csv.WriteField(value is null ? "" : TextOf(value));
                break;
        }
    }
}
