using System.Data;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Anomalies;

/// <summary>
/// Looks for unusual days of workloads, and of the meters of their SKUs: keeps what days cost in memory, reads those again that changed, and appends what it
/// finds. Each host does so by itself. An anomaly's id says what it is of, so that it is told once; and a day is looked at again
/// when usage arrives late for it.
/// </summary>
public sealed class AnomalyWatch(NpgsqlDataSource dataSource, EventStore store, AnomalyBook book, OrganisationSettings settings, ReportingClock clock, TimeProvider time, AnomalyOptions options,
    ILogger<AnomalyWatch> logger)
{
    /// <summary>Days before today that are judged: what is older is history, though it has a say in what is usual.</summary>
    public const int DaysJudged = 35;

    /// <summary>Of older days nobody is told: who starts to look, or loads a year, does not want to hear of all that was.</summary>
    private const int DaysTold = 7;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>With costs that are this far behind, days are there in part.</summary>
    private static readonly TimeSpan FarBehind = TimeSpan.FromMinutes(1);

    /// <summary>So many past days change at once only where somebody imports, or a client sends what it has kept: there is more to come.</summary>
    private const int DaysOfAnImport = 3;

    private static readonly Recorder Recorder = new("host:anomalies");

    private static readonly Counter<long> Found = EventMetrics.Meter.CreateCounter<long>("spendtracker.anomalies", "{anomaly}", "Unusual days that were found here.");

    private readonly Dictionary<string, WatchedUsage> _usage = [];
    private readonly HashSet<string> _unjudged = [];
    private DateOnly _readOn;
    private long _position;
    private long _changesSeen;

    /// <summary>Runs until cancelled. Outlives a database that goes away and comes back.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Forever.RunAsync("The watch for anomalies", WatchAsync, logger, cancellationToken);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        _readOn = default;
        while (true)
        {
            await LookAsync(cancellationToken);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Reads what changed. Judges it, unless it may be there in part only; then at a later look.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var query = new AnomalyQuery(connection);
        var today = clock.Today;
        var changes = await CostsSince.LoadAsync(connection, _changesSeen, cancellationToken);
        if (time.GetUtcNow() - changes.Waiting > FarBehind)
        {
            return;
        }

        var begins = _readOn == default;
        var replayed = changes.Position < _position; // Costs are counted anew from the start.
        if (begins || replayed || _readOn != today || changes.Days.Contains(CostChanges.All))
        {
            _usage.Clear();
            await ReadAsync(query, today, null, cancellationToken);
            _unjudged.UnionWith(_usage.Keys);
        }
        else if (changes.Days.Where(day => day >= FirstRead(today) && day <= today).ToArray() is { Length: > 0 } days)
        {
            await ReadAsync(query, today, days, cancellationToken);
        }

        (_readOn, _position, _changesSeen) = (today, changes.Position, replayed ? 0 : changes.LastChange);
        if (begins || replayed || changes.Days.Count(day => day < today && day != CostChanges.All) >= DaysOfAnImport)
        {
            return;
        }

        await JudgeAsync(query, today, cancellationToken);
    }

    private static DateOnly FirstRead(DateOnly today) => today.AddDays(-DaysJudged - AnomalyRule.DaysLookedAt);

    private async Task ReadAsync(AnomalyQuery query, DateOnly today, IReadOnlyCollection<DateOnly>? days, CancellationToken cancellationToken)
    {
        foreach (var (workload, usage) in _usage)
        {
            foreach (var day in days ?? [])
            {
                if (usage.Forget(day))
                {
                    _unjudged.Add(workload); // Of usage that was taken back nothing may be read below.
                }
            }
        }

        var from = FirstRead(today);
        await query.ReadAsync(from, today, days, (workload, part, day, used) =>
        {
            if (!_usage.TryGetValue(workload, out var usage))
            {
                _usage[workload] = usage = new(from, today.DayNumber - from.DayNumber + 1);
            }

            usage.Add(part, day, used.Amount, used.HasUsage);
            _unjudged.Add(workload);
        }, cancellationToken);
    }

    private async Task JudgeAsync(AnomalyQuery query, DateOnly today, CancellationToken cancellationToken)
    {
        if (_unjudged.Count == 0)
        {
            return;
        }

        var judged = today.AddDays(-DaysJudged);
        var known = (await book.SinceAsync(judged.AddDays(-PartRule.DaysOfRest), cancellationToken)).ToLookup(anomaly => anomaly.Detected.Workload);
        foreach (var workload in _unjudged)
        {
            var (first, days, parts) = _usage[workload].Series();
            AnomalyFinding[] found = days.Length == 0 ? [] : [.. AnomalyRule.Find(first, days), .. PartRule.Find(first, days, parts)];
            var holding = known[workload].Where(anomaly => anomaly.State != AnomalyState.Cleared).ToArray();
            List<EventToAppend> events = [];
            foreach (var finding in AnomalyJudgement.ToTell(found, holding.Select(anomaly => AnomalyFinding.Of(anomaly.Detected))).Where(finding => finding.Day >= judged))
            {
                var id = AnomalyBook.IdOf(Tenant.Default, finding, workload);
                if (!known[workload].Any(anomaly => anomaly.Id == id))
                {
                    events.Add(new EventToAppend(AnomalyBook.StreamOf(id), id, await DescribeAsync(query, workload, first, finding, cancellationToken), Recorder));
                }
            }

            var detected = events.Count;
            foreach (var anomaly in holding.Where(anomaly => anomaly.Detected.Day >= judged))
            {
                if (AnomalyJudgement.Cleared(anomaly, found, _usage[workload], _position) is { } cleared)
                {
                    events.Add(new EventToAppend(AnomalyBook.StreamOf(anomaly.Id), Events.EventId.Version5(anomaly.Id, "cleared"), cleared, Recorder, anomaly.Id));
                }
            }

            if (events.Count > 0)
            {
                await store.Streams.RecordOnceAsync(events, cancellationToken);
                Found.Add(detected);
            }
        }

        _unjudged.Clear();
    }

    private async Task<AnomalyDetected> DescribeAsync(AnomalyQuery query, string workload, DateOnly first, AnomalyFinding finding, CancellationToken cancellationToken)
    {
        static decimal Round(decimal amount) => Math.Round(amount, 6);
        var detected = new AnomalyDetected(
            workload, finding.Day, finding.Kind, settings.ReportingCurrency, Round(finding.Amount), Round(finding.Usual), _position,
            finding.Limit is { } limit ? Round(limit) : null, finding.Score,
            Channels: options.Channels.Count > 0 && finding.Day >= _readOn.AddDays(-DaysTold) ? options.Channels : null, Sku: finding.Part?.Sku, Meter: finding.Part?.Meter);
        if (finding.Kind == AnomalyKind.Silence)
        {
            return detected;
        }

        var (day, before, outcomes) = await query.MetersAsync(workload, finding.Day, first, cancellationToken);
        return detected with
        {
            Causes = finding.Part is { } part ? CauseArithmetic.Of(part, day, before) : CauseArithmetic.Of(day, before, outcomes),
            Parts = CauseArithmetic.Parts(day, before),
        };
    }
}
