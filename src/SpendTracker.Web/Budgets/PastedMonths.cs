using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Estimates;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

/// <summary>
/// Amounts of months as they are copied from a spreadsheet: one column or one row, from a first month on; or two, of which the
/// first names the months.
/// </summary>
/// <param name="Faults">What is wrong, each with its place; nothing is taken then.</param>
internal sealed record PastedMonths(IReadOnlyList<(string Month, decimal Amount)> Amounts, IReadOnlyList<string> Faults)
{
    public const int MostCharacters = 10_000;

    private const int MostFaults = 5;
    private const int MostDecimals = 6;

    /// <param name="first">The month of the first amount, like <c>2027-01</c>, where the block names none.</param>
    public static PastedMonths Read(string text, string first)
    {
        var rows = PastedCells.Rows(text).Select(row => PastedCells.Of(row.TrimEnd('\t'))).Where(row => row.Any(cell => cell.Length > 0)).ToArray();
        if (rows.Length == 0)
        {
            return new([], ["There is nothing to read. Copy the amounts, and paste them here."]);
        }

        var columns = rows.Max(row => row.Length);
        // Months beside or above their amounts; of two by two cells, the first row tells.
        var cells = columns > 1 && (rows.Length == 1 || (rows.Length == 2 && (columns > 2 || PastedCells.IsMonth(rows[0][1], out _)))) ? [.. Enumerable.Range(0, columns).Select(column => rows.Select(row => column < row.Length ? row[column] : "").ToArray())] : rows;
        if (cells.Any(row => row.Length > 2))
        {
            return new([], ["One column or one row of amounts is wanted, or two of which the first has the months."]);
        }

        List<string> faults = [];
        var named = cells.All(row => row.Length == 2);
        if (!named && cells.Any(row => row.Length == 2))
        {
            return new([], ["Each amount needs its month, or none does."]);
        }

        var months = named ? [.. cells.Select(row => MonthOf(row[0], faults))] : MonthsFrom(first, cells.Length, faults);
        var texts = cells.Select(row => row[^1]).ToArray();
        var amounts = new AmountText(AmountText.MarkOf(texts.Where(amount => amount.Length > 0)));
        List<(string, decimal)> read = [];
        foreach (var (month, amount) in months.Zip(texts).Where(pair => pair.Second.Length > 0))
        {
            var (number, reason) = amounts.Read(amount);
            reason ??= number < 0 ? "An amount is 0 or more." : number > BudgetBook.MostAmount ? "It is too large." : number is { } given && Math.Round(given, MostDecimals) != given ? "At most 6 decimals." : null;
            if (reason is not null)
            {
                faults.Add($"{(month.Length > 0 ? Label.Of(month) : "A month")}: {reason}");
            }
            else if (month.Length > 0)
            {
                read.Add((month, number!.Value));
            }
        }

        if (read.Select(amount => amount.Item1).GroupBy(month => month).FirstOrDefault(month => month.Count() > 1)?.Key is { } twice)
        {
            faults.Add($"{Label.Of(twice)} is there twice.");
        }

        if (read.Count > BudgetBook.MostMonths)
        {
            faults.Add($"At most {BudgetBook.MostMonths} months.");
        }

        return faults.Count > 0 ? new([], [.. faults.Take(MostFaults), .. faults.Count > MostFaults ? (string[])[$"And {faults.Count - MostFaults} more."] : []]) : new(read, []);
    }

    private static string MonthOf(string text, List<string> faults)
    {
        if (PastedCells.IsMonth(text, out var day) && BillingPeriod.Covers(day))
        {
            return BillingPeriod.Of(day).ToString();
        }

        faults.Add($"“{(text.Length > 40 ? $"{text[..40]}…" : text)}” is not a month like 2027-01.");
        return "";
    }

    private static string[] MonthsFrom(string first, int count, List<string> faults)
    {
        if (!BillingPeriod.TryParse(first.Trim(), out var month))
        {
            faults.Add("Choose the first month: the first amount is for it.");
            return [.. Enumerable.Repeat("", count)];
        }

        if (!BillingPeriod.Covers(month.Start.AddMonths(Math.Min(count, 2_400) - 1)))
        {
            faults.Add("The months go beyond 2199-12.");
            return [.. Enumerable.Repeat("", count)];
        }

        return [.. Enumerable.Range(0, count).Select(offset => BillingPeriod.Of(month.Start.AddMonths(offset)).ToString())];
    }
}
