using SpendTracker.Contracts;
using SpendTracker.Estimates;

namespace SpendTracker.Web.Estimates;

/// <summary>A row of the grid: one kind of cost of a workload by one approach.</summary>
public sealed record EstimateRow(string Workload, Approach Approach, Component Component);

/// <summary>
/// Estimates as a person changes them in a grid, before they are submitted. An amount is that of a month, in the reporting currency.
/// </summary>
/// <param name="stored">What counts now.</param>
public sealed class EstimateDraft(IReadOnlyList<MonthlyEstimate> stored)
{
    private readonly ILookup<(string Workload, Approach Approach, string Month), MonthlyEstimate> _stored = stored.ToLookup(line => (line.Workload, line.Approach, line.Month));
    private readonly Dictionary<(EstimateRow Row, BillingPeriod Month), decimal?> _changes = [];

    public int Changes => _changes.Count;

    /// <summary>Rows that have an estimate, and rows that were changed.</summary>
    public IEnumerable<EstimateRow> Rows =>
        stored.Select(line => new EstimateRow(line.Workload, line.Approach, line.Component)).Concat(_changes.Keys.Select(change => change.Row)).Distinct();

    /// <summary>Workloads with changes, in order.</summary>
    public IReadOnlyList<string> Changed => [.. _changes.Keys.Select(change => change.Row.Workload).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>As it is submitted; null if there is none.</summary>
    public decimal? Stored(EstimateRow row, BillingPeriod month)
    {
        var lines = LinesOf(row, month);
        return lines.Length == 0 ? null : lines.Sum(line => line.Amount);
    }

    /// <summary>As it is to be; null if there is none.</summary>
    public decimal? Amount(EstimateRow row, BillingPeriod month) => _changes.TryGetValue((row, month), out var change) ? change : Stored(row, month);

    public bool IsChanged(EstimateRow row, BillingPeriod month) => _changes.ContainsKey((row, month));

    /// <summary>How many lines with a quantity or a SKU one amount would take the place of.</summary>
    public int Details(EstimateRow row, BillingPeriod month) => LinesOf(row, month).Count(line => line.Sku is not null || line.Quantity is not null);

    /// <summary>Writes an amount into a cell; null takes it out. What is submitted already is no change.</summary>
    public void Set(EstimateRow row, BillingPeriod month, decimal? amount)
    {
        if (amount == Stored(row, month))
        {
            _changes.Remove((row, month));
        }
        else
        {
            _changes[(row, month)] = amount;
        }
    }

    public void Discard() => _changes.Clear();

    /// <summary>The sum of some months as it is submitted, and as it is to be.</summary>
    public (decimal Before, decimal After) Totals(IReadOnlyList<BillingPeriod> months) =>
        (Rows.Sum(row => months.Sum(month => Stored(row, month) ?? 0)), Rows.Sum(row => months.Sum(month => Amount(row, month) ?? 0)));

    /// <summary>Cells that are not submitted as they were when they were read.</summary>
    /// <param name="now">What counts now.</param>
    public IEnumerable<(EstimateRow Row, BillingPeriod Month)> Overtaken(IReadOnlyList<MonthlyEstimate> now)
    {
        var other = new EstimateDraft(now);
        return _changes.Keys.Select(change => (change.Row.Workload, change.Row.Approach, change.Month)).Distinct()
            .Where(changed => !_stored[(changed.Workload, changed.Approach, changed.Month.ToString())].SequenceEqual(other._stored[(changed.Workload, changed.Approach, changed.Month.ToString())]))
            .Select(changed => _changes.Keys.First(change => (change.Row.Workload, change.Row.Approach, change.Month) == changed));
    }

    /// <summary>
    /// What the API would be sent: for each workload and approach the changed months, those that are alike and follow each other in one.
    /// An estimate takes the place of a whole month, so each has the unchanged components as they are.
    /// </summary>
    public IReadOnlyList<EstimateSubmitted> Submissions(string currency)
    {
        List<EstimateSubmitted> submissions = [];
        foreach (var ofOne in _changes.GroupBy(change => (change.Key.Row.Workload, change.Key.Row.Approach)).OrderBy(ofOne => ofOne.Key.Workload, StringComparer.Ordinal).ThenBy(ofOne => ofOne.Key.Approach))
        {
            (BillingPeriod First, BillingPeriod Last, EstimateLine[] Lines)? open = null;
            foreach (var month in ofOne.Select(change => change.Key.Month).Distinct().Order())
            {
                var lines = LinesOf(ofOne.Key.Workload, ofOne.Key.Approach, month);
                if (open is { } run && run.Last.Next == month && run.Lines.SequenceEqual(lines))
                {
                    open = run with { Last = month };
                    continue;
                }

                Close();
                open = (month, month, lines);
            }

            Close();

            void Close()
            {
                if (open is { } run)
                {
                    submissions.Add(new(ofOne.Key.Workload, ofOne.Key.Approach, run.First.ToString(), run.Last.ToString(), currency, run.Lines));
                }
            }
        }

        return submissions;
    }

    /// <summary>A month's lines as they are to be. If nothing is left, one of 0 says so: an estimate has a line.</summary>
    private EstimateLine[] LinesOf(string workload, Approach approach, BillingPeriod month)
    {
        var changes = Enum.GetValues<Component>().Select(component => new EstimateRow(workload, approach, component)).Where(row => IsChanged(row, month)).ToArray();
        EstimateLine[] lines =
        [
            .. _stored[(workload, approach, month.ToString())].Where(line => changes.All(row => row.Component != line.Component))
                .Select(line => new EstimateLine(line.Component, line.Amount, line.Sku, line.Meter, line.Quantity)),
            .. changes.Where(row => Amount(row, month) is not null).Select(row => new EstimateLine(row.Component, Amount(row, month))),
        ];
        return lines.Length > 0 ? lines : [new(changes[0].Component, 0)];
    }

    private MonthlyEstimate[] LinesOf(EstimateRow row, BillingPeriod month) =>
        [.. _stored[(row.Workload, row.Approach, month.ToString())].Where(line => line.Component == row.Component)];
}
