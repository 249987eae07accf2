using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Estimates;

/// <summary>A cell of a pasted block that is wrong.</summary>
/// <param name="Cell">As a spreadsheet counts, from the block's first cell: <c>C2</c>.</param>
public sealed record PastedFault(string Cell, string Reason);

/// <summary>An amount of a pasted block.</summary>
public sealed record PastedAmount(EstimateRow Row, BillingPeriod Month, decimal Amount);

/// <summary>
/// A block copied from a spreadsheet, tab-separated. The first row names the columns: <c>Workload</c>, then <c>Approach</c> and
/// <c>Component</c> if it has them, then months.
/// </summary>
public sealed record PastedBlock(IReadOnlyList<PastedAmount> Amounts, IReadOnlyList<PastedFault> Faults)
{
    /// <summary>What the server takes of a page at once, with what surrounds it. More is pasted in two parts.</summary>
    public const int MostCharacters = 20_000;

    private const int MostFaults = 50;

    /// <summary>Reads a block.</summary>
    /// <param name="workloads">Ids by what they may be called: an id, or a name.</param>
    /// <param name="approachOf">What a workload is meant to take; for blocks without that column.</param>
    /// <param name="decimalMark">Null: found out from the block's amounts.</param>
    public static PastedBlock Read(string text, IReadOnlyDictionary<string, string> workloads, Func<string, Approach> approachOf, char? decimalMark)
    {
        var rows = PastedCells.Rows(text).Select(PastedCells.Of).ToArray();
        List<PastedFault> faults = [];
        var columns = rows[0].Index().Select(cell => Column(cell.Item, cell.Index, faults)).ToArray();
        if (text.Length >= MostCharacters)
        {
            faults.Add(new("A1", $"The block may be cut off: at most {MostCharacters:#,0} characters. Paste it in two parts, each with the first row."));
        }

        if (!columns.Contains(nameof(EstimateRow.Workload)) || !columns.Any(column => column is BillingPeriod))
        {
            faults.Add(new("A1", "The first row must name the columns: Workload, and months like 2027-01. Copy it along."));
            return new([], faults);
        }

        var amounts = new AmountText(decimalMark ?? AmountText.MarkOf(rows.Skip(1).SelectMany(row => row.Index().Where(cell => cell.Index < columns.Length && columns[cell.Index] is BillingPeriod && cell.Item.Length > 0).Select(cell => cell.Item))));
        var reader = new Reader(columns, workloads, approachOf, amounts, faults);
        var read = rows.Index().Skip(1).Where(row => row.Item.Any(cell => cell.Length > 0)).SelectMany(row => reader.Read(row.Item, row.Index)).ToList();
        return new(read, [.. faults.Take(MostFaults)]);
    }

    /// <summary>A cell's name: column letters, and the row from 1.</summary>
    private static string Name(int row, int column)
    {
        var letters = "";
        for (var left = column; left >= 0; left = left / 26 - 1)
        {
            letters = (char)('A' + left % 26) + letters;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{letters}{row + 1}");
    }

    /// <summary>What a column has: a month, or the name of a part of the row; null for a column that is passed over.</summary>
    private static object? Column(string head, int column, List<PastedFault> faults)
    {
        if (PastedCells.IsMonth(head, out var day))
        {
            if (!BillingPeriod.Covers(day))
            {
                faults.Add(new(Name(0, column), $"“{head}” is no month from 2000 to 2199."));
                return null;
            }

            return BillingPeriod.Of(day);
        }

        var known = new[] { nameof(EstimateRow.Workload), nameof(EstimateRow.Approach), nameof(EstimateRow.Component) }.FirstOrDefault(name => name.Equals(head, StringComparison.OrdinalIgnoreCase));
        if (known is null && head.Length > 0 && !head.Equals("Total", StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(new(Name(0, column), $"“{head}” is neither a month like 2027-01 nor Workload, Approach or Component."));
        }

        return known;
    }

    private sealed class Reader(object?[] columns, IReadOnlyDictionary<string, string> workloads, Func<string, Approach> approachOf, AmountText amounts, List<PastedFault> faults)
    {
        private readonly Dictionary<(EstimateRow, BillingPeriod), string> _seen = [];

        public IEnumerable<PastedAmount> Read(string[] cells, int number)
        {
            if (Row(cells, number) is not { } row)
            {
                yield break;
            }

            for (var i = 0; i < cells.Length; i++)
            {
                if (i >= columns.Length)
                {
                    if (cells[i].Length > 0)
                    {
                        faults.Add(new(Name(number, i), "Stands under no column name."));
                    }
                }
                else if (columns[i] is BillingPeriod month && cells[i].Length > 0 && Amount(cells[i], Name(number, i)) is { } amount)
                {
                    if (_seen.TryAdd((row, month), Name(number, i)))
                    {
                        yield return new(row, month, amount);
                    }
                    else
                    {
                        faults.Add(new(Name(number, i), $"The same workload, approach, component and month as in {_seen[(row, month)]}."));
                    }
                }
            }
        }

        private decimal? Amount(string cell, string name)
        {
            var (amount, reason) = amounts.Read(cell);
            reason ??= amount is { } read && Math.Round(read, 6) != read ? "At most 6 decimals." : null;
            if (reason is not null)
            {
                faults.Add(new(name, reason));
                return null;
            }

            return amount;
        }

        private EstimateRow? Row(string[] cells, int number)
        {
            var name = Cell(cells, nameof(EstimateRow.Workload), out var at);
            if (!workloads.TryGetValue(name, out var workload))
            {
                faults.Add(new(Name(number, at), name.Length == 0 ? "Which workload?" : $"There is no workload “{name}”. Register it first."));
                return null;
            }

            var approach = Choice(cells, number, nameof(EstimateRow.Approach), approachOf(workload), Label.Of);
            var component = Choice(cells, number, nameof(EstimateRow.Component), Component.Usage, Label.Of);
            return approach is { } chosen && component is { } part ? new(workload, chosen, part) : null;
        }

        private string Cell(string[] cells, string column, out int at)
        {
            at = Array.FindIndex(columns, item => item is string name && name == column);
            return at >= 0 && at < cells.Length ? cells[at] : "";
        }

        private T? Choice<T>(string[] cells, int number, string column, T otherwise, Func<T, string> label)
            where T : struct, Enum
        {
            var text = Cell(cells, column, out var at);
            if (text.Length == 0)
            {
                return otherwise;
            }

            if (EnumName.TryParse<T>(text.ToLowerInvariant(), out var value))
            {
                return value;
            }

            foreach (var known in Enum.GetValues<T>())
            {
                if (label(known).Equals(text, StringComparison.OrdinalIgnoreCase))
                {
                    return known;
                }
            }

            faults.Add(new(Name(number, at), $"“{text}” is none of {string.Join(", ", Enum.GetValues<T>().Select(label))}."));
            return null;
        }
    }
}
