using System.Collections.Concurrent;
using System.Data;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marten.Exceptions;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Forecasts;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Budgets;

/// <summary>
/// Keeps every budget's figures in memory, and decides crossings. Each host does so by itself: reading is cheap, since only
/// months that changed are read again, and a decision is appended at the expected version of the budget's stream, so that of
/// two hosts that decide the same one does. What was decided is in the log; a rebuild, or another host, decides nothing twice.
/// </summary>
public sealed class BudgetWatch(
    NpgsqlDataSource dataSource, DailyCostReading daily, EventStore store, OrganisationSettings settings, TimeProvider clock, BudgetContributors contributors,
    ILogger<BudgetWatch> logger)
{
    /// <summary>Figures are at most about this old while the database answers.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>While events keep coming: what a pause brought is read at once.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>With costs that are this far behind, looking less often makes figures hardly older, and leaves the projection its time to catch up.</summary>
    private static readonly TimeSpan FarBehind = TimeSpan.FromSeconds(10);

    /// <summary>Forecasts and lags change by themselves.</summary>
    private static readonly TimeSpan EvaluateAnyhow = TimeSpan.FromSeconds(5);

    private static readonly Recorder Recorder = new("host:budgets");

    private static readonly Counter<long> Crossings = EventMetrics.Meter.CreateCounter<long>("spendtracker.budget.crossings", "{crossing}", "Thresholds that were crossed, decided here.");
    private static readonly Histogram<double> Refreshed = EventMetrics.Meter.CreateHistogram<double>(
        "spendtracker.budget.refresh.duration", "s", "Time to read what changed and to work out budgets.", advice: EventMetrics.Seconds);

    private readonly BudgetReading _reading = new(dataSource, daily, store, settings, logger);
    private readonly HashSet<string> _undecided = [];
    private readonly ConcurrentDictionary<string, IReadOnlyList<BudgetFigures>> _figures = [];
    private readonly Bell _awake = new();
    private long _evaluatedAt;
    private DateOnly _evaluatedOn;

    /// <summary>Figures may be others. Raised often; a listener that does work must throttle itself.</summary>
    public event Action? Changed;

    /// <summary>All usage that was acknowledged before is counted; null before the first reading.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>A budget's figures, the current period's last; empty where there is no such budget, or its time is not now.</summary>
    public IReadOnlyList<BudgetFigures> Of(string budget) => _figures.GetValueOrDefault(budget, []);

    /// <summary>A budget's figures in the period that it is now; null where there is no such budget, or its time is not now.</summary>
    public BudgetFigures? Current(string budget) => Of(budget).FirstOrDefault(figures => figures.Span.Contains(_evaluatedOn));

    /// <summary>Budgets that nothing can be decided on, with the reason: their streams cannot be read here. They have no figures.</summary>
    public IReadOnlyDictionary<string, string> Unwatched => _reading.Unreadable;

    /// <summary>How a budget stands in the period that it is now.</summary>
    /// <param name="current">Its figures, as they were read: they may be others in a moment.</param>
    public BudgetStanding StandingOf(string budget, BudgetFigures? current) => Unwatched.ContainsKey(budget) ? BudgetStanding.Untrusted : BudgetJudgement.Of(current);

    /// <summary>The figures of every budget in the watched period that a month belongs to: its current one, or the one before.</summary>
    public IEnumerable<BudgetFigures> Concerning(BillingPeriod month) => _figures.Values.SelectMany(figures => figures).Where(figures => figures.Span.Contains(month.Start));

    /// <summary>A read model changed: look now, and not when the pause is over.</summary>
    public void Wake() => _awake.Ring();

    /// <summary>Runs until cancelled. Outlives a database that goes away and comes back.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Forever.RunAsync("The watch over budgets", WatchAsync, logger, cancellationToken);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        _reading.Forget();
        try
        {
            while (true)
            {
                var awake = _awake.Next;
                await RefreshAsync(cancellationToken);
                await Task.Delay(clock.GetUtcNow() - AsOf > FarBehind ? Pause : ShortestPause, cancellationToken);
                await Bell.WaitAsync(awake, Pause - ShortestPause, cancellationToken);
            }
        }
        finally
        {
            // Not after a fault: where the database hangs, what is read beside the rest would hold the watch up for a minute.
            if (cancellationToken.IsCancellationRequested)
            {
                await _reading.EndAsync();
            }
        }
    }

    /// <summary>Reads what changed, works out the figures, and appends what follows from them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var (started, now) = (Stopwatch.GetTimestamp(), clock.GetUtcNow());
        var today = BillingPeriod.DayOf(now, settings.ReportingTimeZone);
        var (changes, changed) = await _reading.ReadAsync(today, cancellationToken);
        var expectedAnew = await _reading.ReadRunRatesAsync(today, Wake, cancellationToken);
        var evaluateAll = changed is null || expectedAnew || today != _evaluatedOn || Stopwatch.GetElapsedTime(_evaluatedAt) >= EvaluateAnyhow;
        if (evaluateAll)
        {
            (_evaluatedAt, _evaluatedOn) = (started, today);
        }

        var moment = SpendMoment.Of(now, settings.ReportingTimeZone, changes);
        foreach (var id in (evaluateAll ? _reading.Budgets.Keys : changed!.Concat(_undecided)).Distinct().ToArray())
        {
            if (_reading.Budgets.TryGetValue(id, out var budget))
            {
                await EvaluateAsync(budget, moment, cancellationToken);
            }
        }

        foreach (var id in Unwatched.Keys)
        {
            _figures.TryRemove(id, out _);
        }

        AsOf = changes.Costs.Waiting is { } oldest && oldest < now ? oldest : now;
        Refreshed.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (changed is null || expectedAnew || changed.Count > 0)
        {
            Changed?.Invoke();
        }
    }

    private async Task EvaluateAsync(BudgetState budget, SpendMoment moment, CancellationToken cancellationToken)
    {
        var terms = budget.Terms!;
        var figures = budget.IsRemoved ? [] : BudgetArithmetic.Watched(terms.Period, moment.Today)
            .Select(span => BudgetArithmetic.Figures(budget, span, moment, _reading.Spend, _reading.Rates)).ToArray();
        _figures[terms.Budget] = figures;
        _undecided.Remove(terms.Budget);
        if (budget.Alerts.Any(alert => alert.Value.IsOpen && alert.Key.PeriodStart > moment.Today))
        {
            return; // This host's clock is behind that of the one that decided: by it, a period that has begun would seem to be over.
        }

        if (BudgetDecision.Decide(budget, figures, moment.Position) is not { Count: > 0 } decided)
        {
            return;
        }

        try
        {
            if (!await AppendAsync(budget, decided, cancellationToken))
            {
                _undecided.Add(terms.Budget); // Another host was faster, or the terms changed: decided again on what the stream has now.
            }
        }
        catch (InvalidStreamOperationException)
        {
            _reading.NoteUnreadable(terms.Budget, "A service has archived its stream, to which nothing can be appended any more.");
            return;
        }

        await _reading.ReadBudgetsAsync([terms.Budget], cancellationToken);
    }

    private async Task<bool> AppendAsync(BudgetState budget, IReadOnlyList<IEvent> decided, CancellationToken cancellationToken)
    {
        var stream = BudgetBook.StreamOf(budget.Terms!.Budget);
        List<EventToAppend> events = [];
        foreach (var data in decided)
        {
            events.Add(data is BudgetThresholdCrossed crossed
                ? await NameAsync(stream, budget, crossed, cancellationToken)
                : new EventToAppend(stream, Guid.CreateVersion7(), data, Recorder));
        }

        var appended = await store.Streams.AppendAsync(stream, budget.Length, events, cancellationToken);
        if (appended)
        {
            Crossings.Add(decided.Count(data => data is BudgetThresholdCrossed));
        }

        return appended;
    }

    /// <summary>A crossing with who spent, under the trace of what was recorded.</summary>
    private async Task<EventToAppend> NameAsync(string stream, BudgetState budget, BudgetThresholdCrossed crossed, CancellationToken cancellationToken)
    {
        var span = BudgetSpan.Of(crossed);
        var (named, trace) = await contributors.FindAsync(
            budget.Terms!, span, _reading.Spend.WorkloadsOf(crossed.Budget, span), _reading.Owners, crossed.Position, _evaluatedOn, _reading.Rates.Of(crossed.Currency, crossed.PeriodStart) ?? 1, cancellationToken);
        _ = ActivityContext.TryParse(trace, null, isRemote: true, out var parent);
        using var activity = EventMetrics.Activities.StartActivity("cross budget threshold", ActivityKind.Internal, parent);
        var id = BudgetState.AlertId(Tenant.Default, crossed.Budget, crossed.Version, crossed.PeriodStart, Thresholds.KeyOf(crossed.Threshold), crossed.Occurrence);
        return new EventToAppend(stream, id, crossed with { Contributors = named }, Recorder);
    }
}
