using System.Collections.Immutable;
using System.Data;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Npgsql;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Forecasts;

/// <summary>
/// Keeps in memory what each day of two years cost, and reads again only the days that changed: at millions of daily rows, reading
/// all takes seconds. One of a host. What it gives is of one moment, with all that the projection had counted by then.
/// </summary>
public sealed class DailyCostReading(NpgsqlDataSource dataSource) : IDisposable
{
    /// <summary>Days back: a year of past forecasts, and what they rest on.</summary>
    private const int Days = 760;

    /// <summary>More changed days than this are read as fast by reading all.</summary>
    private const int MostSingleDays = 40;

    /// <summary>A rebuild, or an event that was set aside and is applied late, changes days without a newer event.</summary>
    private static readonly TimeSpan ReadAnyhow = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<CostPart, int> _places = [];
    private readonly List<CostPart> _parts = [];
    private DailyCosts _costs = DailyCosts.Nothing;
    private long? _readAt;
    private long _seen;
    private long _position;

    /// <summary>All that is counted now.</summary>
    internal async Task<DailyCosts> ReadAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var changes = await CostsSince.LoadAsync(connection, _seen, cancellationToken);
            if (_readAt is not { } before || changes.Position < _position || Stopwatch.GetElapsedTime(before) >= ReadAnyhow
                || changes.Days.Contains(CostChanges.All) || changes.Days.Count > MostSingleDays)
            {
                _costs = await DaysAsync(connection, DailyCosts.Nothing, null, today, cancellationToken);
                _readAt = Stopwatch.GetTimestamp();
            }
            else if (changes.Days.Count > 0)
            {
                _costs = await DaysAsync(connection, _costs, changes.Days, today, cancellationToken);
            }

            (_position, _seen) = (changes.Position, changes.Position < _position ? 0 : changes.LastChange);
            return _costs;
        }
        catch
        {
            _readAt = null; // What was noted halfway may not be relied on.
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <param name="days">Those that are read; null for all.</param>
    private async Task<DailyCosts> DaysAsync(NpgsqlConnection connection, DailyCosts before, IReadOnlyCollection<DateOnly>? days, DateOnly today, CancellationToken cancellationToken)
    {
        // A few days by the index, line by line; all of them in one go.
        var usage = days is null
            ? "spend.daily_usage as u join line as l using (line_id)"
            : "line as l cross join lateral (select * from spend.daily_usage as d where d.line_id = l.line_id and d.day = any($3) offset 0) as u";
        await using var batch = new NpgsqlBatch(connection) { Timeout = BookedCosts.LongestForThePast };
        batch.BatchCommands.Add(new($"with {Lines} select distinct workload, approach, component, model, variant, is_once, part from line") { Parameters = { new() { Value = Tenant.Default } } });
        batch.BatchCommands.Add(new(
            $"""
            with {Lines},
            used_day as materialized (
                select g.*, d.day
                from (select distinct l.price_group, u.day from {usage} where u.day >= $2) as d
                join (select distinct price_group, tenant_id, sku, meter, above_tokens from line) as g using (price_group)),
            price as materialized (
                select p.price_group, p.day, p.unit_price * p.exchange_rate as price
                from ({PriceSql.Priced("used_day")}) as p where p.unit_price is not null and p.exchange_rate is not null)
            select l.part, u.day, u.recorded_on, {PriceSql.Sum("u.quantity * p.price")}
            from {usage} join price as p on (p.price_group, p.day) = (l.price_group, u.day)
            where u.day >= $2
            group by 1, 2, 3
            """) { Parameters = { new() { Value = Tenant.Default }, new() { Value = today.AddDays(-Days) } } });
        if (days is not null)
        {
            batch.BatchCommands[1].Parameters.Add(new() { Value = days.ToArray() });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        Dictionary<long, int> places = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            places.Add(reader.GetInt64(6), PlaceOf(PartOf(reader)));
        }

        await reader.NextResultAsync(cancellationToken);
        var read = (days ?? []).ToDictionary(day => day, _ => new List<DailyCost>());
        while (await reader.ReadAsync(cancellationToken))
        {
            ref var costs = ref CollectionsMarshal.GetValueRefOrAddDefault(read, reader.GetFieldValue<DateOnly>(1), out _);
            (costs ??= []).Add(new(places[reader.GetInt64(0)], reader.GetFieldValue<DateOnly>(2), reader.GetDecimal(3)));
        }

        var all = before.Days.ToBuilder();
        all.RemoveRange(read.Keys);
        all.AddRange(read.Where(day => day.Value.Count > 0).Select(day => KeyValuePair.Create(day.Key, day.Value.ToArray())));
        return new(before.Parts.Count == _parts.Count ? before.Parts : [.. _parts], all.ToImmutable());
    }

    /// <summary>
    /// Cost lines with the part that each is of, and the group of those that are priced alike: there may be millions of daily rows, and few prices.
    /// Both are numbered alike within one transaction.
    /// </summary>
    private static readonly string Lines =
        $"""
        line as materialized (
            select *, dense_rank() over (order by workload, approach, component, model, variant, is_once) as part, dense_rank() over (order by sku, meter, above_tokens) as price_group
            from (
                select c.line_id, c.tenant_id, c.sku, c.meter, c.above_tokens, c.workload, c.approach, c.component, {CostDimension.Model("c")} as model,
                       {CostDimension.Variant("c")} as variant, {IsOnce("c")} as is_once
                from spend.cost_line as c where c.tenant_id = $1) as l)
        """;

    /// <summary>Whether a cost line is of what is not expected again.</summary>
    internal static string IsOnce(string row) => $"({row}.component in ('training', 'dataset-preparation') or {row}.sku like 'charge/%')";

    /// <summary>The first six columns.</summary>
    internal static CostPart PartOf(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetBoolean(5));

    private int PlaceOf(CostPart part)
    {
        if (!_places.TryGetValue(part, out var place))
        {
            _places.Add(part, place = _parts.Count);
            _parts.Add(part);
        }

        return place;
    }

    public void Dispose() => _turn.Dispose();
}
