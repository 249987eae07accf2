using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>The page's quantities by line and day, and what they cost at the prices now known.</summary>
/// <param name="changes">Gets the days whose costs the page's usage changes.</param>
internal sealed class UsageRows(TimeZoneInfo reportingTimeZone, CostLines lines, CostChanges changes) : IPagePart
{
    private readonly Dictionary<DailyUsageKey, (decimal Quantity, long Events, long SeqId)> _usage = [];
    private readonly Dictionary<DailyUsageKey, (long Succeeded, long Failed)> _outcomes = [];
    private readonly Dictionary<(DailyUsageKey Row, string Part), decimal> _parts = [];

    /// <param name="RecordedOn">The day it became known: a report "as known on" a date leaves out what came later.</param>
    private readonly record struct DailyUsageKey(string Tenant, CostLineKey Line, DateOnly Day, DateOnly RecordedOn);

    /// <summary>Whether the page takes back what an event counted.</summary>
    public bool TakesBack { get; private set; }

    /// <exception cref="InvalidDataException">It is readable, but nothing that could be summed; only other programs write such events.</exception>
    public void Apply(StoredEvent stored)
    {
        if (stored.Data is not IUsageEvent usage)
        {
            return;
        }

        if (UsageQuantities.FaultOf(usage) is { } fault)
        {
            throw new InvalidDataException(fault);
        }

        Add(stored, usage, BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone), 1, stored.SeqId);
    }

    /// <summary>The event counts no longer.</summary>
    public void TakeBack(TakenBack taken)
    {
        Add(taken.Original, (IUsageEvent)taken.Original.Data, taken.RecordedOn, -1, taken.SeqId);
        TakesBack = true;
    }

    /// <summary>Sorted, so that rows which lie together are written together.</summary>
    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        if (_usage.Count == 0)
        {
            return [];
        }

        var rows = _usage.Select(row => (Id: lines.IdOf(row.Key.Tenant, row.Key.Line), row.Key, row.Value)).ToArray();
        foreach (var (_, key, value) in rows)
        {
            changes.Of(key.Tenant, key.Day, value.SeqId);
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
            .. _outcomes.Count > 0 ? (NpgsqlBatchCommand[])[AddOutcomes()] : [],
            .. _parts.Count > 0 ? (NpgsqlBatchCommand[])[AddParts()] : [],
        ];
    }

    private NpgsqlBatchCommand AddOutcomes()
    {
        var rows = _outcomes.Select(row => (Id: lines.IdOf(row.Key.Tenant, row.Key.Line), row.Key.Day, row.Key.RecordedOn, row.Value.Succeeded, row.Value.Failed)).ToArray();
        Array.Sort(rows);
        return new(QualityTables.AddOutcomes)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Id) },
                new() { Value = Array.ConvertAll(rows, row => row.Day) },
                new() { Value = Array.ConvertAll(rows, row => row.RecordedOn) },
                new() { Value = Array.ConvertAll(rows, row => row.Succeeded) },
                new() { Value = Array.ConvertAll(rows, row => row.Failed) },
            },
        };
    }

    private NpgsqlBatchCommand AddParts()
    {
        var parts = _parts.Select(part => (Id: lines.IdOf(part.Key.Row.Tenant, part.Key.Row.Line), part.Key.Row.Day, part.Key.Row.RecordedOn, part.Key.Part, Quantity: part.Value)).ToArray();
        Array.Sort(parts);
        return new(QualityTables.AddParts)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(parts, part => part.Id) },
                new() { Value = Array.ConvertAll(parts, part => part.Day) },
                new() { Value = Array.ConvertAll(parts, part => part.RecordedOn) },
                new() { Value = Array.ConvertAll(parts, part => part.Part) },
                new() { Value = Array.ConvertAll(parts, part => part.Quantity) },
            },
        };
    }

    public void Discard()
    {
        _usage.Clear();
        _outcomes.Clear();
        _parts.Clear();
        TakesBack = false;
    }

    /// <param name="sign">−1 takes back what the event counted.</param>
    /// <param name="seqId">Of the event since which it is so.</param>
    private void Add(StoredEvent stored, IUsageEvent usage, DateOnly recordedOn, int sign, long seqId)
    {
        var variant = UsageQuantities.VariantOf(usage);
        foreach (var quantity in UsageQuantities.Of(usage, reportingTimeZone))
        {
            var line = new CostLineKey(
                usage.Workload, usage.Approach, quantity.Component, quantity.Sku, quantity.Meter, quantity.AboveTokens, quantity.ReportedCurrency, variant);
            var key = new DailyUsageKey(stored.TenantId, line, quantity.Day, recordedOn);
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_usage, key, out _);
            row = (row.Quantity + (sign * quantity.Quantity), row.Events + sign, Math.Max(row.SeqId, seqId));
            if (usage is TokenUsageRecorded { Outcome: not Outcome.Unknown } tokens)
            {
                AddOutcome(key, tokens, quantity.Meter, sign);
            }
            else if (UsageQuantities.PartOf(usage) is { } part)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_parts, (key, part), out _) += sign * quantity.Quantity;
            }
        }
    }

    private void AddOutcome(in DailyUsageKey key, TokenUsageRecorded tokens, string meter, int sign)
    {
        if (meter == Meters.Requests)
        {
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_outcomes, key, out _);
            var requests = sign * tokens.Requests;
            row = tokens.Outcome == Outcome.Succeeded ? row with { Succeeded = row.Succeeded + requests } : row with { Failed = row.Failed + requests };
        }
    }
}
