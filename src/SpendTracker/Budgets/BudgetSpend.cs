using System.Runtime.InteropServices;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Budgets;

/// <summary>A part of a month's costs.</summary>
/// <param name="Unit">Of the quantities: those of one unit may be added up.</param>
/// <param name="Unconverted">The currency of what has no exchange rate; null where all has one.</param>
/// <param name="Amount">In the reporting currency.</param>
/// <param name="Quantity">Of what is owed for; by size, as what follows.</param>
/// <param name="Unpriced">The part of the quantity without a rate.</param>
/// <param name="UnconvertedAmount">Without an exchange rate, in its own currency.</param>
/// <param name="Incomplete">The part of the quantity that is priced incompletely.</param>
/// <param name="StaleSince">The day of the newest exchange rate, where the amount lacks one because it is stale.</param>
internal readonly record struct SpendRow(
    SpendKey Key, string Unit, string? Unconverted, decimal Amount, decimal Quantity, decimal Unpriced, decimal UnconvertedAmount, decimal Incomplete = 0,
    DateOnly? StaleSince = null);

/// <summary>What a budget's scope has cost.</summary>
/// <param name="Amount">In the reporting currency.</param>
/// <param name="Unpriced">What is not in the amount, or in part.</param>
internal readonly record struct SpendTotal(decimal Amount, IReadOnlyList<UnpricedPart> Unpriced);

/// <summary>
/// What budgets have spent, by month, in memory. A month is set as a whole; which budgets a cost counts for is worked out once
/// for each combination of workload, approach, component, model, variant and position, so that thousands of budgets cost little.
/// Not for several threads.
/// </summary>
internal sealed class BudgetSpend
{
    /// <summary>Of quantities; amounts of money are no quantity that could lack a rate.</summary>
    private static readonly string[] UnitNames = ["tokens", "hours", "items", "requests"];

    /// <summary>A budget's sums of a month, side by side: the amount, a quantity for each unit, what of that is unpriced, and what is priced incompletely.</summary>
    private static readonly int Sums = 1 + (3 * UnitNames.Length);

    private readonly Dictionary<BillingPeriod, SpendRow[]> _months = [];
    private readonly Dictionary<BillingPeriod, decimal[]> _totals = []; // The sums of one budget after the other, by place.
    private readonly Dictionary<BillingPeriod, Dictionary<(int Place, string Currency), (decimal Amount, DateOnly? StaleSince)>> _unconverted = [];
    private readonly Dictionary<SpendKey, int[]> _covering = [];
    private readonly Dictionary<(string Dimension, string Value), List<BudgetState>> _candidates = [];
    private readonly List<BudgetState> _everywhere = [];
    private readonly Dictionary<string, int> _places = [];
    private string[] _budgets = [];
    private decimal[] _spare = []; // Totals that are no longer needed: a month's are too large to make new ones several times a second.
    private ExpectedSpend?[] _expected = [];
    private RunRates _runRates = RunRates.None;
    private SpendOwners _owners = SpendOwners.Nobody;

    public IEnumerable<BillingPeriod> Months => _months.Keys;

    /// <summary>Other budgets, or other facts about workloads: everything is added up again.</summary>
    public void Cover(IEnumerable<BudgetState> budgets, SpendOwners owners)
    {
        _owners = owners;
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
            (_totals[month], _unconverted[month]) = (Total(rows), Unconverted(rows));
        }

        Expect(_runRates);
    }

    /// <summary>A month's costs as they are now.</summary>
    /// <returns>The budgets whose sums are others than before.</returns>
    public IReadOnlyList<string> SetMonth(BillingPeriod month, SpendRow[] rows)
    {
        var before = _totals.GetValueOrDefault(month) ?? new decimal[_budgets.Length * Sums];
        var (now, unconverted) = (Total(rows), Unconverted(rows));
        var others = unconverted.Except(_unconverted.GetValueOrDefault(month, [])).Concat(_unconverted.GetValueOrDefault(month, []).Except(unconverted))
            .Select(part => part.Key.Place).ToHashSet();
        (_months[month], _totals[month], _unconverted[month], _spare) = (rows, now, unconverted, before);
        if (month == BillingPeriod.Of(_runRates.Today))
        {
            Expect(_runRates);
        }

        return [.. _budgets.Where((_, place) => others.Contains(place) || !now.AsSpan(place * Sums, Sums).SequenceEqual(before.AsSpan(place * Sums, Sums)))];
    }

    /// <summary>No other months are needed: they are forgotten.</summary>
    public void Keep(Func<BillingPeriod, bool> needed)
    {
        foreach (var month in _months.Keys.Where(month => !needed(month)).ToArray())
        {
            _months.Remove(month);
            _totals.Remove(month);
            _unconverted.Remove(month);
        }
    }

    /// <summary>What days are expected to cost. Of today it is what is not there yet.</summary>
    public void Expect(RunRates runRates)
    {
        _runRates = runRates;
        _expected = new ExpectedSpend?[_budgets.Length];
        var soFar = _months.GetValueOrDefault(BillingPeriod.Of(runRates.Today), []).Where(row => row is { Key.Position: 0, Unit: not "amounts" })
            .GroupBy(row => row.Key).ToDictionary(key => key.Key, key => key.Sum(row => row.Amount));
        foreach (var outlooks in runRates.ByKey)
        {
            var since = soFar.GetValueOrDefault(outlooks.Key) - outlooks.Sum(outlook => outlook.BeforeToday + outlook.Today);
            foreach (var place in CoveringOf(outlooks.Key))
            {
                var expected = _expected[place] ??= new ExpectedSpend(runRates.Today);
                foreach (var (at, outlook) in outlooks.Index())
                {
                    expected.Add(outlook, outlook.Today + (at == 0 ? since : 0));
                }
            }
        }
    }

    /// <summary>What a budget's scope has cost in a period.</summary>
    public SpendTotal TotalOf(string budget, BudgetSpan span)
    {
        if (!_places.TryGetValue(budget, out var place))
        {
            return new(0, []);
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

        List<UnpricedPart> unpriced = [.. span.Months.SelectMany(month => _unconverted.GetValueOrDefault(month, [])).Where(part => part.Key.Place == place)
            .GroupBy(part => part.Key.Currency, part => part.Value)
            .Select(currency => UnpricedPart.Amount(currency.Key, currency.Sum(part => part.Amount), currency.Max(part => part.StaleSince)))
            .OrderByDescending(part => part.Quantity).ThenBy(part => part.Unit, StringComparer.Ordinal)];
        for (var unit = 1; unit <= UnitNames.Length; unit++)
        {
            var (total, withoutRate, incomplete) = (sums[unit], sums[UnitNames.Length + unit], sums[(2 * UnitNames.Length) + unit]);
            if (withoutRate + incomplete is > 0 and var lacking)
            {
                // What has no rate is not incomplete. Parts of a total may overlap: sound that was written to the cache for an hour is incomplete twice.
                unpriced.Add(new(UnitNames[unit - 1], withoutRate, lacking < total ? lacking / total * 100 : 100) { Incomplete = incomplete });
            }
        }

        return new SpendTotal(sums[0], unpriced);
    }

    /// <summary>The day from which on days are expected.</summary>
    public DateOnly ExpectedOn => _runRates.Today;

    /// <summary>What days are expected to cost a budget, in the reporting currency; null without a history.</summary>
    public ExpectedSpend? ExpectedOf(string budget) => _places.TryGetValue(budget, out var place) ? _expected[place] : null;

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
                if (Array.IndexOf(UnitNames, row.Unit) is >= 0 and var unit)
                {
                    sums[1 + unit] += row.Quantity;
                    sums[1 + UnitNames.Length + unit] += row.Unpriced;
                    sums[1 + (2 * UnitNames.Length) + unit] += row.Incomplete;
                }
            }
        }

        return totals;
    }

    /// <summary>Amounts without an exchange rate, by the places of budgets. They are few.</summary>
    private Dictionary<(int Place, string Currency), (decimal Amount, DateOnly? StaleSince)> Unconverted(SpendRow[] rows) => rows.Where(row => row.Unconverted is not null)
        .SelectMany(row => CoveringOf(row.Key).Select(place => (Key: (place, row.Unconverted!), Row: row)))
        .GroupBy(part => part.Key, part => part.Row)
        .ToDictionary(part => part.Key, part => (part.Sum(row => row.UnconvertedAmount), part.Max(row => row.StaleSince)));

    /// <summary>The places of the budgets that a cost counts for.</summary>
    private int[] CoveringOf(in SpendKey key)
    {
        ref var covering = ref CollectionsMarshal.GetValueRefOrAddDefault(_covering, key, out _);
        return covering ??= Find(key);
    }

    private int[] Find(SpendKey key)
    {
        var facts = _owners.Of(key);
        var dimensions = BudgetScope.Dimensions.Concat(facts.Tags.Keys.Select(tag => BudgetScope.TagPrefix + tag));
        return [.. dimensions.SelectMany(dimension => _candidates.GetValueOrDefault((dimension, BudgetScope.ValueOf(dimension, key, facts) ?? CostDimension.None), []))
            .Where(budget => BudgetScope.Covers(budget.Terms!.Scope, key, facts)).Concat(_everywhere).Select(budget => _places[budget.Terms!.Budget])];
    }
}
