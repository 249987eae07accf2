using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>
/// Quantities per day, and what they cost per month. A page of events is folded first, so that thousands of events become
/// tens of rows. Cost is quantity × rate of the day, by one SQL formula for new usage and for old usage at a new rate.
/// </summary>
public sealed class DailyUsageProjection : Projection
{
    private readonly TimeZoneInfo _reportingTimeZone;
    private readonly PageCorrections _corrections;
    private readonly Dictionary<DailyUsageKey, (decimal Quantity, long Events)> _usage = [];
    private readonly List<(string Tenant, long SeqId, DateTimeOffset PublishedAt, RatePublished Rate)> _rates = [];

    public DailyUsageProjection(TimeZoneInfo reportingTimeZone)
    {
        _reportingTimeZone = reportingTimeZone;
        _corrections = new PageCorrections(this, reportingTimeZone);
    }

    /// <param name="RecordedOn">The day it became known: a report "as known on" a date leaves out what came later.</param>
    private readonly record struct DailyUsageKey(
        string Tenant, string Sku, DateOnly Day, string Meter, string Workload, Approach Approach, Component Component, string Variant, DateOnly RecordedOn)
        : IComparable<DailyUsageKey>
    {
        public int CompareTo(DailyUsageKey other)
        {
            var order = string.CompareOrdinal(Sku, other.Sku);
            order = order != 0 ? order : Day.CompareTo(other.Day);
            order = order != 0 ? order : string.CompareOrdinal(Workload, other.Workload);
            return order != 0 ? order : string.CompareOrdinal(Meter, other.Meter);
        }
    }

    public override string Name => "DailyUsage";

    public override string CreateTables => $"{CostTables.Create} {PageCorrections.CreateTable}";

    public override IReadOnlyList<string> Tables => ["daily_usage", "monthly_cost", "rate", PageCorrections.Table];

    public override IReadOnlyList<string> EventTypes { get; } =
        [.. Events.EventTypes.Usage.Select(type => type.Name), "rate_published", "settings_changed", "usage_corrected"];

    /// <summary>Sums do not depend on it, and of two rates from one day the later holds by its place in the log.</summary>
    public override bool TakesAnyOrder => true;

    /// <exception cref="InvalidDataException">It is readable, but nothing that could be summed; only other programs write such events.</exception>
    public override void Apply(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case IUsageEvent usage when UsageQuantities.FaultOf(usage) is { } fault:
                throw new InvalidDataException(fault);
            case IUsageEvent usage:
                Add(stored, usage, BillingPeriod.DayOf(stored.RecordedAt, _reportingTimeZone), 1);
                break;
            case UsageCorrected correction:
                _corrections.Add(stored, correction);
                break;
            case RatePublished rate when !BillingPeriod.Covers(rate.EffectiveFrom) || rate.Prices.Any(price => price.Price > PriceBook.MostPrice || price.Per < 1):
                throw new InvalidDataException($"A rate from {rate.EffectiveFrom:yyyy-MM-dd}, or a price in it, is out of range.");
            case RatePublished rate:
                _rates.Add((stored.TenantId, stored.SeqId, stored.RecordedAt, rate));
                break;
            case SettingsChanged settings:
                // An amount charged in the reporting currency is worth itself; other currencies need a rate.
                var one = new RatePublished(
                    UsageQuantities.ChargeSku(settings.ReportingCurrency), DateOnly.MinValue, settings.ReportingCurrency,
                    [new MeterPrice(Meters.Amount, 1)], "Reporting currency");
                _rates.Add((stored.TenantId, stored.SeqId, stored.RecordedAt, one));
                break;
        }
    }

    public override async Task CompleteAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken)
    {
        foreach (var (original, recordedOn) in await _corrections.FindAsync(connection, page, cancellationToken))
        {
            Add(original, (IUsageEvent)original.Data, recordedOn, -1);
        }
    }

    public override void Discard()
    {
        _corrections.Discard();
        _rates.Clear();
        _usage.Clear();
    }

    /// <summary>
    /// Rates go in first, then usage at the rates now known, then past usage of the SKUs whose rates are new. Usage of this
    /// very page is in the daily rows by then, so re-rating it again gives the same.
    /// </summary>
    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        List<NpgsqlBatchCommand> commands = [];
        if (_rates.Count > 0)
        {
            commands.Add(InsertRates());
        }

        if (_usage.Count > 0)
        {
            commands.Add(AddUsage());
        }

        if (_rates.Count > 0)
        {
            commands.Add(new(CostTables.ReRate) { Parameters = { new() { Value = _rates.Select(rate => rate.Rate.Sku).Distinct().ToArray() } } });
        }

        commands.AddRange(_corrections.Flush());
        Discard();
        return commands;
    }

    /// <param name="sign">−1 takes back what the event counted.</param>
    private void Add(StoredEvent stored, IUsageEvent usage, DateOnly recordedOn, int sign)
    {
        foreach (var (day, component, sku, meter, quantity) in UsageQuantities.Of(usage, _reportingTimeZone))
        {
            var key = new DailyUsageKey(stored.TenantId, sku, day, meter, usage.Workload, usage.Approach, component, UsageQuantities.VariantOf(usage), recordedOn);
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_usage, key, out _);
            row = (row.Quantity + (sign * quantity), row.Events + sign);
        }
    }

    private NpgsqlBatchCommand InsertRates()
    {
        var prices = _rates.SelectMany(r => r.Rate.Prices.Select(price => (r.Tenant, r.SeqId, r.PublishedAt, r.Rate, Price: price))).ToArray();
        return new(CostTables.InsertRates)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(prices, p => p.Tenant) },
                new() { Value = Array.ConvertAll(prices, p => p.Rate.Sku) },
                new() { Value = Array.ConvertAll(prices, p => p.Price.Meter) },
                new() { Value = Array.ConvertAll(prices, p => p.Rate.EffectiveFrom) },
                new() { Value = Array.ConvertAll(prices, p => p.SeqId) },
                new() { Value = Array.ConvertAll(prices, p => p.Price.Price) },
                new() { Value = Array.ConvertAll(prices, p => p.Price.Per) },
                new() { Value = Array.ConvertAll(prices, p => p.Rate.Currency) },
                new() { Value = Array.ConvertAll(prices, p => p.Rate.Source) },
                new() { Value = Array.ConvertAll(prices, p => p.Rate.Note ?? "") },
                new() { Value = Array.ConvertAll(prices, p => p.PublishedAt) },
            },
        };
    }

    /// <summary>Sorted, so that rows which lie together are written together.</summary>
    private NpgsqlBatchCommand AddUsage()
    {
        var rows = _usage.ToArray();
        Array.Sort(rows, (left, right) => left.Key.CompareTo(right.Key));
        return new(CostTables.AddUsage)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Key.Tenant) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Sku) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Day) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Meter) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Workload) },
                new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Key.Approach)) },
                new() { Value = Array.ConvertAll(rows, row => EnumName.Of(row.Key.Component)) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.Variant) },
                new() { Value = Array.ConvertAll(rows, row => row.Key.RecordedOn) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Quantity) },
                new() { Value = Array.ConvertAll(rows, row => row.Value.Events) },
            },
        };
    }
}
