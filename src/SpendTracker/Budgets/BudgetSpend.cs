using System.Runtime.InteropServices;
using SpendTracker.Costs;

namespace SpendTracker.Budgets;

/// <summary>A part of a month's costs.</summary>
/// <param name="Unit">Of the quantities: an index, the same for what may be added up.</param>
/// <param name="Amount">In the reporting currency.</param>
/// <param name="Quantity">Of what is owed for.</param>
/// <param name="Unpriced">The part of the quantity without a price or an exchange rate.</param>
public readonly record struct SpendRow(SpendKey Key, int Unit, decimal Amount, decimal Quantity, decimal Unpriced);

/// <summary>A budget's sums of a month.</summary>
internal sealed class SpendTotal
{
    public decimal Amount { get; set; }

    public decimal[] Quantity { get; } = new decimal[BudgetSpend.Units];

    public decimal[] Unpriced { get; } = new decimal[BudgetSpend.Units];

    public bool Equals(SpendTotal other) =>
        Amount == other.Amount && Quantity.AsSpan().SequenceEqual(other.Quantity) && Unpriced.AsSpan().SequenceEqual(other.Unpriced);
}

/// <summary>
/// What budgets have spent, by month, in memory. A month is set as a whole; which budgets a cost counts for is worked out once
/// for each combination of workload, approach, component, model and variant, so that thousands of budgets cost little.
/// Not for several threads.
/// </summary>
internal sealed class BudgetSpend
{
    /// <summary>Tokens, hours, items and amounts.</summary>
    public const int Units = 4;

    /// <summary>An expected amount for each day of the week, Sunday first.</summary>
    public const int DaysOfWeek = 7;

    private readonly Dictionary<BillingPeriod, SpendRow[]> _months = [];
    private readonly Dictionary<BillingPeriod, Dictionary<string, SpendTotal>> _totals = [];
    private readonly Dictionary<SpendKey, string[]> _covering = [];
    private readonly Dictionary<(string Dimension, string Value), List<BudgetState>> _candidates = [];
    private readonly List<BudgetState> _everywhere = [];
    private readonly Dictionary<string, decimal[]> _expected = [];
    private IReadOnlyDictionary<SpendKey, decimal[]> _runRates = new Dictionary<SpendKey, decimal[]>();
    private IReadOnlyDictionary<string, WorkloadFacts> _workloads = new Dictionary<string, WorkloadFacts>();

    public IEnumerable<BillingPeriod> Months => _months.Keys;

    /// <summary>Other budgets, or other facts about workloads: everything is added up again.</summary>
    public void Cover(IEnumerable<BudgetState> budgets, IReadOnlyDictionary<string, WorkloadFacts> workloads)
    {
        _workloads = workloads;
        _covering.Clear();
        _candidates.Clear();
        _everywhere.Clear();
        foreach (var budget in budgets)
        {
            // Found by the finest dimension of its scope; the others are looked at when a cost has that value.
            var scope = budget.Terms!.Scope;
            if (BudgetScope.Dimensions.Concat(scope.Keys).FirstOrDefault(scope.ContainsKey) is not { } finest)
            {
                _everywhere.Add(budget);
                continue;
            }

            foreach (var value in scope[finest].Distinct())
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(_candidates, (finest, value), out _) ??= []).Add(budget);
            }
        }

        foreach (var (month, rows) in _months)
        {
            _totals[month] = Total(rows);
        }

        Expect(_runRates);
    }

    /// <summary>A month's costs as they are now.</summary>
    /// <returns>The budgets whose sums are others than before.</returns>
    public IReadOnlyList<string> SetMonth(BillingPeriod month, SpendRow[] rows)
    {
        var before = _totals.GetValueOrDefault(month) ?? [];
        var now = Total(rows);
        (_months[month], _totals[month]) = (rows, now);
        return [.. now.Where(total => !before.TryGetValue(total.Key, out var old) || !old.Equals(total.Value)).Select(total => total.Key), .. before.Keys.Where(budget => !now.ContainsKey(budget))];
    }

    /// <summary>No other months are needed: they are forgotten.</summary>
    public void Keep(Func<BillingPeriod, bool> needed)
    {
        foreach (var month in _months.Keys.Where(month => !needed(month)).ToArray())
        {
            _months.Remove(month);
            _totals.Remove(month);
        }
    }

    /// <summary>What a day of each weekday is expected to cost.</summary>
    public void Expect(IReadOnlyDictionary<SpendKey, decimal[]> runRates)
    {
        _runRates = runRates;
        _expected.Clear();
        foreach (var (key, byWeekday) in runRates)
        {
            foreach (var budget in CoveringOf(key))
            {
                var sum = CollectionsMarshal.GetValueRefOrAddDefault(_expected, budget, out _) ??= new decimal[DaysOfWeek];
                for (var day = 0; day < DaysOfWeek; day++)
                {
                    sum[day] += byWeekday[day];
                }
            }
        }
    }

    /// <summary>A budget's sums of a month; null where it has none.</summary>
    public SpendTotal? TotalOf(string budget, BillingPeriod month) => _totals.GetValueOrDefault(month)?.GetValueOrDefault(budget);

    /// <summary>What a budget's scope is expected to cost on a weekday, in the reporting currency; null where there is no history.</summary>
    public decimal? ExpectedOn(string budget, DayOfWeek day) => _expected.GetValueOrDefault(budget)?[(int)day];

    /// <summary>Workloads by what they spent of a budget in a period, in the reporting currency, the largest first.</summary>
    public IReadOnlyList<(string Workload, decimal Amount)> WorkloadsOf(string budget, BudgetSpan span) =>
        [.. span.Months.SelectMany(month => _months.GetValueOrDefault(month, [])).Where(row => Array.IndexOf(CoveringOf(row.Key), budget) >= 0)
            .GroupBy(row => row.Key.Workload).Select(workload => (workload.Key, workload.Sum(row => row.Amount))).OrderByDescending(workload => workload.Item2)];

    private Dictionary<string, SpendTotal> Total(SpendRow[] rows)
    {
        Dictionary<string, SpendTotal> totals = [];
        foreach (var row in rows)
        {
            foreach (var budget in CoveringOf(row.Key))
            {
                var total = CollectionsMarshal.GetValueRefOrAddDefault(totals, budget, out _) ??= new SpendTotal();
                total.Amount += row.Amount;
                total.Quantity[row.Unit] += row.Quantity;
                total.Unpriced[row.Unit] += row.Unpriced;
            }
        }

        return totals;
    }

    /// <summary>The budgets that a cost counts for.</summary>
    private string[] CoveringOf(in SpendKey key)
    {
        ref var covering = ref CollectionsMarshal.GetValueRefOrAddDefault(_covering, key, out _);
        return covering ??= Find(key);
    }

    private string[] Find(SpendKey key)
    {
        var facts = _workloads.GetValueOrDefault(key.Workload, WorkloadFacts.Unregistered);
        var dimensions = BudgetScope.Dimensions.Concat(facts.Tags.Keys.Select(tag => BudgetScope.TagPrefix + tag));
        return [.. dimensions.SelectMany(dimension => _candidates.GetValueOrDefault((dimension, BudgetScope.ValueOf(dimension, key, facts) ?? CostDimension.None), []))
            .Where(budget => BudgetScope.Covers(budget.Terms!.Scope, key, facts)).Concat(_everywhere).Select(budget => budget.Terms!.Budget)];
    }
}
