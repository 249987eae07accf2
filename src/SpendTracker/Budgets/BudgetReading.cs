using System.Collections.Immutable;
using System.Data;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Budgets;

/// <summary>Budgets and what they are made of, in memory, read again where they changed. Not for several threads.</summary>
internal sealed class BudgetReading(NpgsqlDataSource dataSource, DailyCostReading daily, EventStore store, OrganisationSettings settings, ILogger logger)
{
    /// <summary>A rebuild, or an event that was set aside and is applied late, changes sums without a newer event.</summary>
    private static readonly TimeSpan ReadAnyhow = TimeSpan.FromMinutes(1);

    /// <summary>Past days change seldom, and reading them may take long: of a busy stretch, so many times as long is left free.</summary>
    private const int RunRatesRest = 20;
    private static readonly TimeSpan ReadRunRatesAnyhow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestRunRatesRest = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, BudgetState> _budgets = [];
    private ImmutableDictionary<string, string> _unreadable = ImmutableDictionary<string, string>.Empty;
    private (DateOnly Day, long ReadAt)? _read;
    private Dictionary<string, BillingPeriod> _firstNeeded = [];
    private (DateOnly Day, long ReadAt)? _runRates;
    private Task<RunRates>? _readingRunRates;
    private TimeSpan _runRatesRest = ShortestRunRatesRest;
    private bool _runRatesStale;
    private bool _termsChanged;
    private string _ownersSeen = "";
    private long _budgetsSeen;
    private Dictionary<string, long> _budgetsSeenAhead = [];
    private long _costsSeen;
    private long _position;

    public BudgetSpend Spend { get; } = new();

    public IReadOnlyDictionary<string, BudgetState> Budgets => _budgets;

    /// <summary>
    /// Budgets whose streams hold an event that cannot be read here, with the reason. Nothing is decided on them, as that event
    /// may have set other terms; all others are watched. May be read by any thread.
    /// </summary>
    public IReadOnlyDictionary<string, string> Unreadable => _unreadable;

    public SpendOwners Owners { get; private set; } = SpendOwners.Nobody;

    public BudgetRates Rates { get; private set; } = new(settings.ReportingCurrency, new Dictionary<(string, DateOnly), BudgetRate>());

    /// <summary>Halfway through a reading that failed, nothing that was noted may be relied on.</summary>
    public void Forget() => _read = null;

    /// <returns>What has changed, and the budgets that it concerns; null for all.</returns>
    public async Task<(SpendChanges Changes, IReadOnlyCollection<string>? Budgets)> ReadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var query = new SpendQuery(connection);
        var changes = await query.ChangesAsync(_budgetsSeen, _costsSeen, cancellationToken);
        var readAnyhow = _read is { } before && Stopwatch.GetElapsedTime(before.ReadAt) >= ReadAnyhow;
        string[] budgets = [.. changes.Budgets.Where(change => _budgetsSeenAhead.GetValueOrDefault(change.Key) != change.Value).Select(change => change.Key)];
        await ReadBudgetsAsync([.. budgets.Union(readAnyhow ? _unreadable.Keys : [])], cancellationToken); // Somebody may have mended one.

        // Rows of budgets come with the sessions that wrote them, in any order. Behind the checkpoint none comes any more.
        (_budgetsSeen, _budgetsSeenAhead) = (changes.BudgetsAll, changes.Budgets.ToDictionary());
        var termsChanged = _termsChanged;
        var coveredAnew = termsChanged || changes.Owners != _ownersSeen;
        if (coveredAnew)
        {
            Owners = await query.OwnersAsync(cancellationToken);
            (_ownersSeen, _termsChanged) = (changes.Owners, false);
            Spend.Cover(_budgets.Values.Where(budget => !budget.IsRemoved), Owners);
        }

        var anyMonth = changes.Costs.Days.Contains(CostChanges.All);
        var months = changes.Costs.Days.Where(day => day != CostChanges.All).Select(BillingPeriod.Of).Distinct().ToArray();
        _runRatesStale |= anyMonth || changes.Costs.Days.Any(day => RunRateQuery.Counts(day, today));
        var replayed = changes.Costs.Position < _position; // Costs are counted anew from the start, so that every month is another.
        var all = termsChanged || replayed || _read is not { } last || last.Day != today || readAnyhow
            || anyMonth || months.Any(Owners.IsClosed);
        if (all)
        {
            await ReadAllAsync(query, today, cancellationToken);
        }

        var spenders = all ? [] : await ReadMonthsAsync(query, months, today, cancellationToken);
        (_position, _costsSeen) = (changes.Costs.Position, replayed ? 0 : changes.Costs.LastChange);
        return (changes, all || coveredAnew ? null : [.. budgets, .. spenders]);
    }

    /// <summary>Reads budgets' streams as they are now. One that cannot be read stops no other.</summary>
    public async Task ReadBudgetsAsync(IReadOnlyCollection<string> budgets, CancellationToken cancellationToken)
    {
        var streams = budgets.ToDictionary(BudgetBook.StreamOf);
        while (streams.Count > 0)
        {
            try
            {
                var histories = await store.ReadStreamsAsync(streams.Keys, cancellationToken);
                foreach (var (stream, budget) in streams)
                {
                    Note(budget, BudgetState.Of(histories.GetValueOrDefault(stream, [])));
                }

                return;
            }
            catch (UnreadableEventException fault)
            {
                streams.Remove(fault.Stream, out var budget);
                NoteUnreadable(budget!, fault.Message);
            }
        }
    }

    /// <summary>A budget's stream was read. With other terms it must not be evaluated before its costs have been added up by them.</summary>
    private void Note(string budget, BudgetState state)
    {
        _unreadable = _unreadable.Remove(budget);
        var before = _budgets.GetValueOrDefault(budget);
        if (state.Terms is not null)
        {
            _budgets[budget] = state;
        }

        _termsChanged |= before?.Version != state.Version || before.IsRemoved != state.IsRemoved;
    }

    /// <summary>Nothing can be decided on a budget.</summary>
    public void NoteUnreadable(string budget, string reason)
    {
        if (_unreadable.GetValueOrDefault(budget) != reason)
        {
            _unreadable = _unreadable.SetItem(budget, reason);
            logger.LogError("The budget {Budget} is not watched, and raises no alert: {Reason}", budget, reason);
        }

        _termsChanged |= _budgets.Remove(budget);
    }

    /// <summary>Reads some months again, those of them that are needed.</summary>
    /// <returns>The budgets whose figures changed.</returns>
    private async Task<IReadOnlyCollection<string>> ReadMonthsAsync(SpendQuery query, IReadOnlyCollection<BillingPeriod> months, DateOnly today, CancellationToken cancellationToken)
    {
        HashSet<string> changed = [];
        foreach (var month in months.Where(month => _firstNeeded.Values.Any(first => first <= month)))
        {
            var spenders = Spend.SetMonth(month, [.. (await query.MonthsAsync(month, month, today, cancellationToken))[month]]);
            changed.UnionWith(spenders.Where(budget => _firstNeeded.TryGetValue(budget, out var first) && first <= month));
        }

        return changed;
    }

    /// <summary>Reads all that the budgets need: months and exchange rates.</summary>
    private async Task ReadAllAsync(SpendQuery query, DateOnly today, CancellationToken cancellationToken)
    {
        var spans = _budgets.Values.Where(budget => !budget.IsRemoved)
            .SelectMany(budget => BudgetArithmetic.Watched(budget.Terms!.Period, today).Select(span => (Terms: budget.Terms!, Span: span))).ToArray();
        _firstNeeded = spans.GroupBy(span => span.Terms.Budget).ToDictionary(budget => budget.Key, budget => budget.Min(span => BudgetArithmetic.FirstNeeded(span.Terms, span.Span)));
        if (_firstNeeded.Count > 0)
        {
            var first = _firstNeeded.Values.Min();
            var rows = await query.MonthsAsync(first, new(2199, 12), today, cancellationToken);
            foreach (var month in Spend.Months.Union(rows.Select(month => month.Key)).ToArray())
            {
                Spend.SetMonth(month, [.. rows[month]]);
            }

            Spend.Keep(month => month >= first);
            Rates = await BudgetRates.LoadAsync(query, settings.ReportingCurrency, spans, cancellationToken);
        }

        _read = (today, Stopwatch.GetTimestamp()); // On another day, more of what is recorded ahead counts.
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
            var rest = Stopwatch.GetElapsedTime(_runRates!.Value.ReadAt) * RunRatesRest;
            _runRatesRest = rest > ShortestRunRatesRest ? rest : ShortestRunRatesRest;
            _runRates = done.IsCompletedSuccessfully ? _runRates : null;
            Spend.Expect(await done);
            return true;
        }

        if (_readingRunRates is null && _budgets.Count > 0
            && (_runRates is not { } read || read.Day != today || Stopwatch.GetElapsedTime(read.ReadAt) >= (_runRatesStale ? _runRatesRest : ReadRunRatesAnyhow)))
        {
            (_runRates, _runRatesStale) = ((today, Stopwatch.GetTimestamp()), false);
            _readingRunRates = RunRateQuery.LoadAsync(daily, dataSource, today, cancellationToken);
            _ = _readingRunRates.ContinueWith(_ => arrived(), TaskScheduler.Default);
        }

        return false;
    }
}
