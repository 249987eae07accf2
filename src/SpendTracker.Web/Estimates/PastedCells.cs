using System.Globalization;

namespace SpendTracker.Web.Estimates;

/// <summary>Cells as they are copied from a spreadsheet: rows are lines, with a tab between two cells.</summary>
internal static class PastedCells
{
    /// <summary>As spreadsheets show a month. Of a day, its month.</summary>
    private static readonly string[] MonthFormats = ["yyyy-MM", "yyyy-MM-dd", "MMM yyyy", "MMMM yyyy", "MMM-yy", "MMM yy", "M/yyyy", "MM/yyyy", "MM.yyyy", "yyyy/MM"];

    /// <summary>The rows, without empty ones at the end.</summary>
    public static string[] Rows(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').TrimEnd('\n').Split('\n');

    /// <summary>A row's cells, without blanks and quotes around them.</summary>
    public static string[] Of(string row) => [.. row.Split('\t').Select(cell => cell.Trim().Trim('"'))];

    /// <param name="day">A day of the month, whether or not it is one that is counted.</param>
    public static bool IsMonth(string cell, out DateOnly day) => DateOnly.TryParseExact(cell, MonthFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
