using System.Data;
using System.Diagnostics;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Settings;

namespace SpendTracker.Budgets;

/// <summary>Budgets and what they are made of, in memory, read again where they changed. Not for several threads.</summary>
internal sealed class BudgetReading(NpgsqlDataSource dataSource, EventStore store, OrganisationSettings settings)
{
    /// <summary>A rebuild, or an event that was set aside and is applied late, changes sums without a newer event.</summary>
    private static readonly TimeSpan ReadAnyhow = TimeSpan.FromMinutes(1);

    /// <summary>Past days change seldom, and reading them takes long.</summary>
    private static readonly TimeSpan ReadRunRatesAnyhow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RunRatesPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, BudgetState> _budgets = [];
    private Dictionary<DateOnly, long> _changes = [];
    private HashSet<BillingPeriod> _closed = [];
    private (BillingPeriod Month, long ReadAt)? _read;
    private BillingPeriod? _firstNeeded;
    private (DateOnly Day, long ReadAt)? _runRates;
    private Task<IReadOnlyDictionary<SpendKey, decimal[]>>? _readingRunRates;
    private bool _runRatesStale;
    private bool _termsChanged;
    private string _workloadsSeen = "";
    private long _budgetsSeen;

    public BudgetSpend Spend { get; } = new();

    public IReadOnlyDictionary<string, BudgetState> Budgets => _budgets;

    public IReadOnlyDictionary<string, WorkloadFacts> Workloads { get; private set; } = new Dictionary<string, WorkloadFacts>();

    public BudgetRates Rates { get; private set; } = new(settings.ReportingCurrency, new Dictionary<(string, DateOnly), decimal>());

    /// <summary>Halfway through a reading that failed, nothing that was noted may be relied on.</summary>
    public void Forget() => _read = null;

    /// <returns>What has changed, and the budgets that it concerns; null for all.</returns>
    public async Task<(SpendChanges Changes, IReadOnlyCollection<string>? Budgets)> ReadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var query = new SpendQuery(connection);
        var changes = await query.ChangesAsync(_budgetsSeen, cancellationToken);
        var budgets = await ReadBudgetsAsync(changes, cancellationToken);
        var termsChanged = _termsChanged;
        var coveredAnew = termsChanged || changes.Workloads != _workloadsSeen;
        if (coveredAnew)
        {
            Workloads = await query.WorkloadsAsync(cancellationToken);
            (_workloadsSeen, _termsChanged) = (changes.Workloads, false);
            Spend.Cover(_budgets.Values.Where(budget => !budget.IsRemoved), Workloads);
        }

        var moved = changes.Months.Except(_changes).Select(month => month.Key).ToArray();
        var months = moved.Where(month => month != CostChanges.All).Select(BillingPeriod.Of).ToArray();
        _runRatesStale |= moved.Contains(CostChanges.All);
        var all = termsChanged || _read is not { } last || last.Month != BillingPeriod.Of(today) || Stopwatch.GetElapsedTime(last.ReadAt) >= ReadAnyhow
            || moved.Contains(CostChanges.All) || months.Any(_closed.Contains);
        if (all)
        {
            await ReadAllAsync(query, today, cancellationToken);
        }

        var spenders = all ? [] : await ReadMonthsAsync(query, months, cancellationToken);
        _changes = new(changes.Months);
        return (changes, all || coveredAnew ? null : [.. budgets, .. spenders]);
    }

    /// <returns>The budgets whose streams have something new.</returns>
    private async Task<IReadOnlyCollection<string>> ReadBudgetsAsync(SpendChanges changes, CancellationToken cancellationToken)
    {
        if (changes.Budgets.Count == 0)
        {
            return [];
        }

        var streams = await store.ReadStreamsAsync([.. changes.Budgets.Keys.Select(BudgetBook.StreamOf)], cancellationToken);
        foreach (var history in streams.Values)
        {
            Note(BudgetState.Of(history));
        }

        _budgetsSeen = changes.Budgets.Values.Max();
        return [.. changes.Budgets.Keys];
    }

    /// <summary>A budget's stream was read. With other terms it must not be evaluated before its costs have been added up by them.</summary>
    public void Note(BudgetState state)
    {
        var before = _budgets.GetValueOrDefault(state.Terms!.Budget);
        _budgets[state.Terms.Budget] = state;
        _termsChanged |= before is null || before.Version != state.Version || before.IsRemoved != state.IsRemoved;
    }

    /// <summary>Reads some months again, those of them that are needed.</summary>
    /// <returns>The budgets whose sums changed.</returns>
    private async Task<IReadOnlyCollection<string>> ReadMonthsAsync(SpendQuery query, IEnumerable<BillingPeriod> months, CancellationToken cancellationToken)
    {
        HashSet<string> changed = [];
        foreach (var month in months.Where(month => month >= _firstNeeded))
        {
            changed.UnionWith(Spend.SetMonth(month, [.. (await query.MonthsAsync(month, month, cancellationToken))[month]]));
        }

        return changed;
    }

    /// <summary>Reads all that the budgets need: months, which of them are closed, and exchange rates.</summary>
    private async Task ReadAllAsync(SpendQuery query, DateOnly today, CancellationToken cancellationToken)
    {
        var spans = _budgets.Values.Where(budget => !budget.IsRemoved)
            .SelectMany(budget => BudgetArithmetic.Watched(budget.Terms!.Period, today).Select(span => (Terms: budget.Terms!, Span: span))).ToArray();
        _firstNeeded = spans.Length == 0 ? null : spans.Min(span => BudgetArithmetic.FirstNeeded(span.Terms, span.Span));
        if (_firstNeeded is { } first)
        {
            _closed = await query.ClosedAsync(cancellationToken);
            var rows = await query.MonthsAsync(first, new(2199, 12), cancellationToken);
            foreach (var month in Spend.Months.Union(rows.Select(month => month.Key)).ToArray())
            {
                Spend.SetMonth(month, [.. rows[month]]);
            }

            Spend.Keep(month => month >= first);
            Rates = await BudgetRates.LoadAsync(query, settings.ReportingCurrency, spans, cancellationToken);
        }

        _read = (BillingPeriod.Of(today), Stopwatch.GetTimestamp());
    }

    /// <summary>Waits for what is being read beside the rest, which goes by the token that it was begun with.</summary>
    public async Task EndAsync()
    {
        if (_readingRunRates is Task reading)
        {
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads what days are expected to cost beside the rest, which must not wait; takes it when it is there.</summary>
    /// <param name="arrived">Called when it is there.</param>
    /// <returns>Whether it was taken now.</returns>
    public async Task<bool> ReadRunRatesAsync(DateOnly today, Action arrived, CancellationToken cancellationToken)
    {
        if (_readingRunRates is { IsCompleted: true } done)
        {
            _readingRunRates = null;
            _runRates = done.IsCompletedSuccessfully ? _runRates : null;
            Spend.Expect(await done);
            return true;
        }

        if (_readingRunRates is null && _budgets.Count > 0
            && (_runRates is not { } read || read.Day != today || Stopwatch.GetElapsedTime(read.ReadAt) >= (_runRatesStale ? RunRatesPause : ReadRunRatesAnyhow)))
        {
            (_runRates, _runRatesStale) = ((today, Stopwatch.GetTimestamp()), false);
            _readingRunRates = new RunRateQuery(dataSource).LoadAsync(today, cancellationToken);
            _ = _readingRunRates.ContinueWith(_ => arrived(), TaskScheduler.Default);
        }

        return false;
    }
}
