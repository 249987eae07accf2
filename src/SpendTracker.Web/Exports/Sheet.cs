using System.Globalization;

namespace SpendTracker.Web.Exports;

/// <summary>A column of a sheet, and what a row has in it.</summary>
/// <param name="Name">As CSV has it: <c>estimated_to_date</c>.</param>
/// <param name="Cell">A text, a number, a day, a month, an instant, true or false, or null for nothing.</param>
/// <param name="Format">How Excel shows its numbers; null for as they are.</param>
internal sealed record SheetColumn<T>(string Name, Func<T, object?> Cell, string? Format = null);

/// <summary>A column without its rows.</summary>
internal sealed record SheetHead(string Name, string? Format)
{
    /// <summary>As Excel has it: <c>Estimated to date</c>.</summary>
    public string Title => $"{char.ToUpperInvariant(Name[0])}{Name[1..].Replace('_', ' ')}";
}

/// <summary>Columns and rows, of which <see cref="SheetFile"/> makes CSV and Excel.</summary>
/// <param name="Name">What its file is called, without an ending.</param>
/// <param name="Rows">Read once, as they are written.</param>
internal sealed record Sheet(string Name, IReadOnlyList<SheetHead> Heads, IAsyncEnumerable<object?[]> Rows)
{
    /// <summary>For amounts that a person adds up. Prices of a token are left as they are: they have more decimals.</summary>
    public const string Amount = "#,##0.00";

    public static Sheet Of<T>(string name, IEnumerable<T> rows, params IReadOnlyList<SheetColumn<T>> columns) => Of(name, rows.ToAsyncEnumerable(), columns);

    public static Sheet Of<T>(string name, IAsyncEnumerable<T> rows, params IReadOnlyList<SheetColumn<T>> columns) => new(
        name, [.. columns.Select(column => new SheetHead(column.Name, column.Format))], rows.Select(row => columns.Select(column => column.Cell(row)).ToArray()));

    /// <summary>Quantities by unit, or amounts by currency, as one text: <c>hours 3.5; tokens 1200</c>.</summary>
    public static string? Text(IReadOnlyDictionary<string, decimal> parts) => parts.Count == 0 ? null : string.Join("; ", parts.OrderBy(part => part.Key, StringComparer.Ordinal)
        .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value}")));

    /// <summary>A month as a cell: <c>2026-11</c>, which Excel has as a date.</summary>
    public static object? Month(string? month) => BillingPeriod.TryParse(month, out var period) ? period : month;
}
