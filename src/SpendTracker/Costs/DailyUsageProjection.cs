using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>
/// Quantities per day, what they cost per month, and what was closed of it. A page of events is folded first, so that
/// thousands of events become tens of rows. Cost is quantity × rate of the day, by one SQL formula for new usage and for old
/// usage at a new rate.
/// </summary>
public sealed class DailyUsageProjection : Projection
{
    private readonly TimeZoneInfo _reportingTimeZone;
    private readonly CostLines _lines = new();
    private readonly PriceBookRows _prices;
    private readonly ClosingRows _closings;
    private readonly PageCorrections _corrections;
    private readonly Dictionary<DailyUsageKey, (decimal Quantity, long Events, long SeqId)> _usage = [];
    private readonly CostChanges _changes = new();
    private bool _takesBack;

    public DailyUsageProjection(TimeZoneInfo reportingTimeZone)
    {
        _reportingTimeZone = reportingTimeZone;
        _prices = new PriceBookRows(reportingTimeZone);
        _closings = new ClosingRows(reportingTimeZone, _lines);
        _corrections = new PageCorrections(this, reportingTimeZone);
    }

    /// <param name="RecordedOn">The day it became known: a report "as known on" a date leaves out what came later.</param>
    private readonly record struct DailyUsageKey(string Tenant, CostLineKey Line, DateOnly Day, DateOnly RecordedOn);

    /// <summary>Under which its checkpoint is found: what depends on its rows looks up how far they are.</summary>
    public static string CheckpointName { get; } = new DailyUsageProjection(TimeZoneInfo.Utc).Checkpoint;

    public override string Name => "DailyUsage";

    public override string CreateTables =>
        DropEarlierLayout("monthly_cost", "unconverted_events")
        + CostTables.Create + PriceBookRows.Create + ClosingRows.Create + PageCorrections.Create + CostChanges.Create;

    /// <summary>In the order in which most queries come to them: so a rebuild, which locks all, seldom has to let go again.</summary>
    public override IReadOnlyList<string> Tables { get; } =
        [.. ClosingRows.Tables, "monthly_cost", "cost_line", "daily_usage", .. PriceBookRows.Tables, .. PageCorrections.Tables, CostChanges.Table];

    public override IReadOnlyList<string> EventTypes { get; } =
        [.. Events.EventTypes.UsageNames, .. PriceBookRows.EventTypes, .. ClosingRows.EventTypes, "usage_corrected"];

    /// <summary>Sums do not depend on it; of two rates from one day the later holds by its place in the log; a closing says its numbers itself.</summary>
    public override bool TakesAnyOrder => true;

    /// <exception cref="InvalidDataException">It is readable, but nothing that could be summed; only other programs write such events.</exception>
    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case IUsageEvent usage when UsageQuantities.FaultOf(usage) is { } fault:
                throw new InvalidDataException(fault);
            case IUsageEvent usage:
                Add(stored, usage, BillingPeriod.DayOf(stored.RecordedAt, _reportingTimeZone), 1, stored.SeqId);
                break;
            case UsageCorrected correction:
                _corrections.Add(stored, correction);
                break;
            case BillingPeriodClosed or CostsFrozen or BillingPeriodReopened:
                _closings.Apply(stored);
                _changes.OfAll(stored);
                break;
            default:
                _prices.Apply(stored);
                _changes.OfAll(stored);
                break;
        }
    }

    public override async Task CompleteAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken)
    {
        foreach (var (original, recordedOn, seqId) in await _corrections.FindAsync(connection, page, cancellationToken))
        {
            Add(original, (IUsageEvent)original.Data, recordedOn, -1, seqId);
            _takesBack = true;
        }
    }

    /// <param name="sign">−1 takes back what the event counted.</param>
    /// <param name="seqId">Of the event since which it is so.</param>
    private void Add(StoredEvent stored, IUsageEvent usage, DateOnly recordedOn, int sign, long seqId)
    {
        var variant = UsageQuantities.VariantOf(usage);
        foreach (var quantity in UsageQuantities.Of(usage, _reportingTimeZone))
        {
            var line = new CostLineKey(
                usage.Workload, usage.Approach, quantity.Component, quantity.Sku, quantity.Meter, quantity.AboveTokens, quantity.ReportedCurrency, variant);
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_usage, new DailyUsageKey(stored.TenantId, line, quantity.Day, recordedOn), out _);
            row = (row.Quantity + (sign * quantity.Quantity), row.Events + sign, Math.Max(row.SeqId, seqId));
        }
    }

    public override void Discard()
    {
        _prices.Discard();
        _closings.Discard();
        _corrections.Discard();
        _changes.Discard();
        _takesBack = false;
        _usage.Clear();
    }

    /// <summary>
    /// Prices go in first, then usage at the prices now known, then past usage whose prices are new. Usage of this very page is
    /// in the daily rows by then, so re-rating it again gives the same. What was closed comes last: it stands beside the costs.
    /// </summary>
    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        var publications = _prices.Publications;
        var commands = _prices.Flush();
        if (publications.Length > 0)
        {
            commands.Add(new(CostTables.ResolveAliases) { Parameters = { new() { Value = publications } } });
        }

        if (_usage.Count > 0)
        {
            commands.AddRange(AddUsage());
        }

        if (publications.Length > 0)
        {
            commands.Add(new(CostTables.ReRate) { Parameters = { new() { Value = publications } } });
        }

        if (publications.Length > 0 || _takesBack)
        {
            commands.Add(new(CostTables.Purge));
        }

        commands.AddRange(_corrections.Flush());
        commands.AddRange(_closings.Flush());
        commands.AddRange(_changes.Flush());
        Discard();
        return commands;
    }

    /// <summary>Sorted, so that rows which lie together are written together.</summary>
    private NpgsqlBatchCommand[] AddUsage()
    {
        var rows = _usage.Select(row => (Id: _lines.IdOf(row.Key.Tenant, row.Key.Line), row.Key, row.Value)).ToArray();
        foreach (var (_, key, value) in rows)
        {
            _changes.Of(key.Tenant, key.Day, value.SeqId);
        }

        Array.Sort(rows, (left, right) => left.Id.CompareTo(right.Id) is var order and not 0 ? order : left.Key.Day.CompareTo(right.Key.Day));
        return
        [
            CostLines.Insert(rows.Select(row => (row.Id, row.Key.Tenant, row.Key.Line))),
            new(CostTables.AddUsage)
            {
                Parameters =
                {
                    new() { Value = Array.ConvertAll(rows, row => row.Id) },
                    new() { Value = Array.ConvertAll(rows, row => row.Key.Day) },
                    new() { Value = Array.ConvertAll(rows, row => row.Key.RecordedOn) },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Quantity) },
                    new() { Value = Array.ConvertAll(rows, row => row.Value.Events) },
                },
            },
        ];
    }
}
