using System.Runtime.InteropServices;
using SpendTracker.Costs;

namespace SpendTracker.Budgets;

/// <summary>A part of a month's costs.</summary>
/// <param name="Unit">Of the quantities: an index, the same for what may be added up.</param>
/// <param name="Amount">In the reporting currency.</param>
/// <param name="Quantity">Of what is owed for.</param>
/// <param name="Unpriced">The part of the quantity without a price or an exchange rate, or with an incomplete price.</param>
public readonly record struct SpendRow(SpendKey Key, int Unit, decimal Amount, decimal Quantity, decimal Unpriced);

/// <summary>What a budget's scope has cost.</summary>
/// <param name="Amount">In the reporting currency.</param>
/// <param name="UnpricedPercent">Of tokens, hours, items, amounts or requests, whichever share is largest.</param>
internal readonly record struct SpendTotal(decimal Amount, decimal UnpricedPercent);

/// <summary>
/// What budgets have spent, by month, in memory. A month is set as a whole; which budgets a cost counts for is worked out once
/// for each combination of workload, approach, component, model and variant, so that thousands of budgets cost little.
/// Not for several threads.
/// </summary>
internal sealed class BudgetSpend
{
    /// <summary>An expected amount for each day of the week, Sunday first.</summary>
    public const int DaysOfWeek = 7;

    /// <summary>Tokens, hours, items, amounts and requests.</summary>
    private const int Units = 5;

    /// <summary>A budget's sums of a month, side by side: the amount, a quantity for each unit, and what of that is unpriced.</summary>
    private const int Sums = 1 + (2 * Units);

    private readonly Dictionary<BillingPeriod, SpendRow[]> _months = [];
    private readonly Dictionary<BillingPeriod, decimal[]> _totals = []; // The sums of one budget after the other, by place.
    private readonly Dictionary<SpendKey, int[]> _covering = [];
    private readonly Dictionary<(string Dimension, string Value), List<BudgetState>> _candidates = [];
    private readonly List<BudgetState> _everywhere = [];
    private readonly Dictionary<string, int> _places = [];
    private string[] _budgets = [];
    private decimal[] _spare = []; // Totals that are no longer needed: a month's are too large to make new ones several times a second.
    private decimal[]?[] _expected = [];
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
        _places.Clear();
        foreach (var budget in budgets)
        {
            _places.Add(budget.Terms!.Budget, _places.Count);

            // Found by the finest dimension of its scope; the others are looked at when a cost has that value.
            var scope = budget.Terms.Scope;
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

        _budgets = [.. _places.Keys];
        _spare = [];
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
        var before = _totals.GetValueOrDefault(month) ?? new decimal[_budgets.Length * Sums];
        var now = Total(rows);
        (_months[month], _totals[month], _spare) = (rows, now, before);
        return [.. _budgets.Where((_, place) => !now.AsSpan(place * Sums, Sums).SequenceEqual(before.AsSpan(place * Sums, Sums)))];
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
        _expected = new decimal[]?[_budgets.Length];
        foreach (var (key, byWeekday) in runRates)
        {
            foreach (var place in CoveringOf(key))
            {
                var sum = _expected[place] ??= new decimal[DaysOfWeek];
                for (var day = 0; day < DaysOfWeek; day++)
                {
                    sum[day] += byWeekday[day];
                }
            }
        }
    }

    /// <summary>What a budget's scope has cost in a period.</summary>
    public SpendTotal TotalOf(string budget, BudgetSpan span)
    {
        if (!_places.TryGetValue(budget, out var place))
        {
            return default;
        }

        Span<decimal> sums = stackalloc decimal[Sums];
        sums.Clear();
        foreach (var month in span.Months)
        {
            var totals = _totals.GetValueOrDefault(month);
            for (var i = 0; i < Sums && totals is not null; i++)
            {
                sums[i] += totals[(place * Sums) + i];
            }
        }

        var unpriced = 0m;
        for (var unit = 1; unit <= Units; unit++)
        {
            // Parts of a total may overlap: sound that was written to the cache for an hour is incomplete twice.
            unpriced = Math.Max(unpriced, sums[unit] > 0 ? Math.Min(100, sums[Units + unit] / sums[unit] * 100) : 0);
        }

        return new SpendTotal(sums[0], unpriced);
    }

    /// <summary>What a budget's scope is expected to cost on each weekday, Sunday first, in the reporting currency; null where there is no history.</summary>
    public IReadOnlyList<decimal>? ExpectedOf(string budget) => _places.TryGetValue(budget, out var place) ? _expected[place] : null;

    /// <summary>Workloads by what they spent of a budget in a period, in the reporting currency, the largest first.</summary>
    public IReadOnlyList<(string Workload, decimal Amount)> WorkloadsOf(string budget, BudgetSpan span) =>
        [.. span.Months.SelectMany(month => _months.GetValueOrDefault(month, [])).Where(row => Array.IndexOf(CoveringOf(row.Key), _places[budget]) >= 0)
            .GroupBy(row => row.Key.Workload).Select(workload => (workload.Key, workload.Sum(row => row.Amount))).OrderByDescending(workload => workload.Item2)];

    private decimal[] Total(SpendRow[] rows)
    {
        var totals = _spare.Length > 0 ? _spare : new decimal[_budgets.Length * Sums];
        _spare = [];
        Array.Clear(totals);
        foreach (var row in rows)
        {
            foreach (var place in CoveringOf(row.Key))
            {
                var sums = totals.AsSpan(place * Sums, Sums);
                sums[0] += row.Amount;
                sums[1 + row.Unit] += row.Quantity;
                sums[1 + Units + row.Unit] += row.Unpriced;
            }
        }

        return totals;
    }

    /// <summary>The places of the budgets that a cost counts for.</summary>
    private int[] CoveringOf(in SpendKey key)
    {
        ref var covering = ref CollectionsMarshal.GetValueRefOrAddDefault(_covering, key, out _);
        return covering ??= Find(key);
    }

    private int[] Find(SpendKey key)
    {
        var facts = _workloads.GetValueOrDefault(key.Workload, WorkloadFacts.Unregistered);
        var dimensions = BudgetScope.Dimensions.Concat(facts.Tags.Keys.Select(tag => BudgetScope.TagPrefix + tag));
        return [.. dimensions.SelectMany(dimension => _candidates.GetValueOrDefault((dimension, BudgetScope.ValueOf(dimension, key, facts) ?? CostDimension.None), []))
            .Where(budget => BudgetScope.Covers(budget.Terms!.Scope, key, facts)).Concat(_everywhere).Select(budget => _places[budget.Terms!.Budget])];
    }
}
