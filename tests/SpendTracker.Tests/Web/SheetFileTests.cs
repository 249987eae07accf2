using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using SpendTracker.Web.Exports;

namespace SpendTracker.Tests.Web;

public sealed class SheetFileTests
{
    private static readonly XNamespace Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

    private static readonly object?[] Values =
        ["=1+1", "+1", "-1", "@SUM(A1)", "0123", "TRUE", "2026-11", "a\u0001b", "half \uD83D", "<&>\"", 1234.5678901234m, -3m, 7, true, new DateOnly(2026, 11, 30), new BillingPeriod(2026, 11),
         new DateTimeOffset(2026, 11, 30, 23, 59, 58, TimeSpan.Zero), null];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Sheet Sample => Sheet.Of("sample", Values, new SheetColumn<object?>("the_value", value => value), new SheetColumn<object?>("amount", value => value is decimal ? value : null, Sheet.Amount));

    [Fact]
    public async Task A_list_in_Excel_has_texts_as_texts_and_numbers_and_days_as_numbers()
    {
        using var file = new MemoryStream();
        await SheetFile.WriteExcelAsync(file, Sample, Cancel);

        AssertCells(file.ToArray(), "sheet1");
    }

    [Fact]
    public async Task A_workbook_of_several_sheets_has_the_same_cells()
    {
        var file = await SheetFile.WorkbookAsync([Sheet.Of<int>("Summary", [], new SheetColumn<int>("none", value => value)), Sample with { Name = "By team" }], Cancel);

        Assert.Equal(["Summary", "By team"], Names(file));
        AssertCells(file, "sheet2");
    }

    [Fact]
    public async Task A_list_in_CSV_has_no_cell_that_a_spreadsheet_would_run_and_each_number_in_full()
    {
        using var file = new MemoryStream();
        await SheetFile.WriteCsvAsync(file, Sample, Cancel);

        var lines = Encoding.UTF8.GetString(file.ToArray()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("the_value,amount", lines[0]);
        Assert.Equal(["\"'=1+1\",", "\"'+1\",", "\"'-1\",", "\"'@SUM(A1)\","], lines[1..5]);
        Assert.Equal(["1234.5678901234,1234.5678901234", "-3,-3", "7,", "true,", "2026-11-30,", "2026-11,", "2026-11-30T23:59:58.0000000Z,"], lines[11..18]);
    }

    [Fact]
    public async Task A_long_list_is_read_row_by_row_and_ends_where_a_sheet_of_Excel_does()
    {
        var (read, most) = (0, 0);
        using var file = new Counted(length => most = Math.Max(most, length));
        await SheetFile.WriteCsvAsync(file, Sheet.Of("long", Read(), new SheetColumn<int>("n", n => n)), Cancel);

        Assert.Equal(2_000, read);
        Assert.InRange(most, 1, 4_000); // A page of some hundred rows, not all.

        IEnumerable<int> Read()
        {
            for (; read < 2_000; read++)
            {
                yield return read;
            }
        }
    }

    private static void AssertCells(byte[] file, string sheet)
    {
        var cells = Cells(file, sheet);
        Assert.Equal((true, "The value"), cells["A1"]);
        Assert.Equal(
            [
                (true, "=1+1"), (true, "+1"), (true, "-1"), (true, "@SUM(A1)"), (true, "0123"), (true, "TRUE"), (true, "2026-11"), (true, "a\uFFFDb"), (true, "half \uFFFD"), (true, "<&>\""),
                (false, "1234.5678901234"), (false, "-3"), (false, "7"), (false, "1"), (false, "46356"), (false, "46327"),
            ],
            Enumerable.Range(2, 16).Select(row => cells[$"A{row}"]));
        Assert.Equal(46356.99997685, double.Parse(cells["A18"].Text, CultureInfo.InvariantCulture), 8);
        Assert.False(cells.ContainsKey("A19"));
        Assert.Equal((false, "1234.5678901234"), cells["B12"]);
        Assert.DoesNotContain("<f", Entry(file, $"xl/worksheets/{sheet}.xml").ToString(), StringComparison.Ordinal);
        var styles = Entry(file, "xl/styles.xml").ToString();
        Assert.All(["yyyy-mm-dd", "yyyy-mm", "yyyy-mm-dd hh:mm:ss"], format => Assert.Contains($"\"{format}\"", styles, StringComparison.Ordinal));
    }

    /// <summary>By their place: whether it is a text, and what.</summary>
    internal static Dictionary<string, (bool IsText, string Text)> Cells(byte[] file, string sheet)
    {
        string[] shared = [.. Entry(file, "xl/sharedStrings.xml").Root!.Elements(Main + "si").Select(item => item.Value)];
        return Entry(file, $"xl/worksheets/{sheet}.xml").Descendants(Main + "c").Where(cell => cell.HasElements).ToDictionary(
            cell => cell.Attribute("r")!.Value,
            cell => cell.Attribute("t")?.Value switch
            {
                "s" => (true, shared[int.Parse(cell.Element(Main + "v")!.Value, CultureInfo.InvariantCulture)]),
                "inlineStr" => (true, cell.Value),
                _ => (false, cell.Element(Main + "v")!.Value),
            });
    }

    internal static string[] Names(byte[] file) => [.. Entry(file, "xl/workbook.xml").Descendants(Main + "sheet").Select(sheet => sheet.Attribute("name")!.Value)];

    private static XDocument Entry(byte[] file, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(file));
        using var entry = archive.GetEntry(name)!.Open();
        return XDocument.Load(entry);
    }

    private sealed class Counted(Action<int> wrote) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            wrote(buffer.Length);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
