using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>The page's evaluations, its hosting by the hour of the day, and its training runs.</summary>
internal sealed class QualityRows(TimeZoneInfo reportingTimeZone, CostLines lines) : IPagePart
{
    private readonly Dictionary<EvaluationKey, (decimal Score, decimal Samples, long Evaluations, long Beyond)> _evaluations = [];
    private readonly Dictionary<HourKey, (decimal Hours, decimal Measured, decimal Idle)> _hours = [];
    private readonly List<(StoredEvent Stored, TrainingRunRecorded Run)> _runs = [];
    private readonly List<TakenBack> _runsTakenBack = [];

    private readonly record struct EvaluationKey(string Tenant, string Workload, Approach Approach, string Variant, string Metric, DateOnly Day,
        DateOnly RecordedOn);

    private readonly record struct HourKey(Guid Line, DateOnly Day, int Hour, DateOnly RecordedOn);

    /// <summary>Usage that gives no quantities has been refused by <see cref="UsageRows"/>.</summary>
    public void Apply(StoredEvent stored)
    {
        if (stored.Data is TrainingRunRecorded run)
        {
            _runs.Add((stored, run));
        }
        else
        {
            Add(stored, KnownOn(stored), 1);
        }
    }

    /// <summary>The event counts no longer.</summary>
    public void TakeBack(TakenBack taken)
    {
        if (taken.Original.Data is TrainingRunRecorded)
        {
            _runsTakenBack.Add(taken);
        }
        else
        {
            Add(taken.Original, taken.RecordedOn, -1);
        }
    }

    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        if (_evaluations.Count > 0)
        {
            yield return Evaluations();
        }

        if (_hours.Count > 0)
        {
            yield return Hours();
        }

        foreach (var (stored, run) in _runs)
        {
            yield return Run(stored, run);
        }

        if (_runsTakenBack.Count > 0)
        {
            yield return new(QualityTables.TakeRunsBack)
            {
                Parameters =
                {
                    new() { Value = _runsTakenBack.Select(taken => taken.Original.TenantId).ToArray() },
                    new() { Value = _runsTakenBack.Select(taken => taken.Original.Id).ToArray() },
                    new() { Value = _runsTakenBack.Select(taken => taken.RecordedOn).ToArray() },
                },
            };
        }
    }

    public void Discard()
    {
        _evaluations.Clear();
        _hours.Clear();
        _runs.Clear();
        _runsTakenBack.Clear();
    }

    private DateOnly KnownOn(StoredEvent stored) => BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone);

    /// <param name="sign">−1 takes back what the event counted.</param>
    private void Add(StoredEvent stored, DateOnly recordedOn, int sign)
    {
        if (stored.Data is EvaluationRecorded e)
        {
            var key = new EvaluationKey(stored.TenantId, e.Workload, e.Approach, e.Variant, e.Metric, BillingPeriod.DayOf(e.EvaluatedAt, reportingTimeZone),
                recordedOn);
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_evaluations, key, out _);
            row = (row.Score + (sign * e.Score * e.Samples), row.Samples + (sign * e.Samples), row.Evaluations + sign, row.Beyond
                + (e.Score is < 0 or > 1 ? sign : 0));
        }
        else if (stored.Data is HostingHoursRecorded hosting)
        {
            var line = lines.IdOf(
                stored.TenantId, new CostLineKey(hosting.Workload, hosting.Approach, Component.Hosting, hosting.Sku, Meters.HostingHours, 0, "",
                    UsageQuantities.VariantOf(hosting)));
            foreach (var part in UsageQuantities.ByHour(hosting, reportingTimeZone))
            {
                ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_hours, new HourKey(line, part.Day, part.Hour, recordedOn), out _);
                row = (row.Hours + (sign * part.Hours), row.Measured + (hosting.BusyShare is null ? 0 : sign * part.Hours), row.Idle + (sign * part.IdleHours));
            }
        }
    }

    /// <summary>In one order for all, like all rows.</summary>
    private NpgsqlBatchCommand Evaluations()
    {
        var rows = _evaluations.OrderBy(row => row.Key.ToString(), StringComparer.Ordinal).ToArray();
        return new(QualityTables.AddEvaluations)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Key.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Workload) },
                new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Key.Approach)) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Variant) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Metric) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Day) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.RecordedOn) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Score) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Samples) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Evaluations) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Beyond) },
            },
        };
    }

    private NpgsqlBatchCommand Hours()
    {
        var rows = _hours.OrderBy(row => row.Key.Line).ThenBy(row => row.Key.Day).ThenBy(row => row.Key.Hour).ThenBy(row => row.Key.RecordedOn).ToArray();
        return new(QualityTables.AddHours)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Key.Line) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Day) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Hour) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.RecordedOn) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Hours) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Measured) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Idle) },
            },
        };
    }

    private NpgsqlBatchCommand Run(StoredEvent stored, TrainingRunRecorded run) => new(QualityTables.AddRun)
    {
        Parameters =
        {
            new() { Value = stored.TenantId },
            new() { Value = stored.Id },
            new() { Value = run.Workload },
            new() { Value = EnumName.Of(run.Approach) },
            new() { Value = run.RunId },
            new() { Value = run.Provider },
            new() { Value = run.Model },
            new() { Value = BillingPeriod.DayOf(run.CompletedAt, reportingTimeZone) },
            new() { Value = KnownOn(stored) },
            new() { Value = run.CompletedAt.ToUniversalTime() },
            new NpgsqlParameter<decimal?> { TypedValue = run.TrainedTokens },
            new() { Value = run.Epochs },
            new NpgsqlParameter<decimal?> { TypedValue = run.GpuHours },
            new() { Value = run.TrainingLoss?.ToArray() ?? [] },
            new() { Value = run.ValidationLoss?.ToArray() ?? [] },
            new() { Value = run.StoppedEarly },
        },
    };
}
