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
    internal const int Days = 760;

    /// <summary>What is recorded ahead has a price: hosting is paid by the month, or the year.</summary>
    private const int DaysAhead = 400;

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
        await using var batch = new NpgsqlBatch(connection) { Timeout = BookedCosts.LongestForThePast };
        void Add(string sql, params object[] parameters)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new() { Value = parameter });
            }

            batch.BatchCommands.Add(command);
        }

        var from = today.AddDays(-Days);
        var (first, last) = days is null ? (from, today.AddDays(DaysAhead)) : (days.Min() > from ? days.Min() : from, days.Max());
        DateOnly[] some = [.. days ?? []];
        Add($"with {Lines} select line_id, workload, approach, component, model, variant, is_once, work, price_group from line", Tenant.Default);
        Add(DailyPrices.ExchangeRates, Tenant.Default, first, last);
        Add($"with {Lines}, price_group as materialized (select distinct price_group, tenant_id, sku, meter, above_tokens from line), {DailyPrices.UnitPrices}", Tenant.Default, first, last);
        Add($"select u.line_id, u.day, u.recorded_on, u.part, u.quantity from {Rows("daily_part", days is null)}", Tenant.Default, from, some);
        Add($"select u.line_id, u.day, u.recorded_on, u.quantity from {Rows("daily_usage", days is null)}", Tenant.Default, from, some);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);

        Dictionary<Guid, Line> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(reader.GetGuid(0), new(PartOf(reader, 1), reader.GetInt32(8)));
        }

        await reader.NextResultAsync(cancellationToken);
        var prices = new DailyPrices();
        await prices.ReadAsync(reader, cancellationToken);
        var read = new ReadDays(prices);
        await reader.NextResultAsync(cancellationToken);
        Dictionary<(Guid, DateOnly, DateOnly), decimal> worked = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            if (lines.TryGetValue(reader.GetGuid(0), out var line) && line.Part.Work != "")
            {
                var (day, recordedOn, quantity) = (reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateOnly>(2), reader.GetDecimal(4));
                CollectionsMarshal.GetValueRefOrAddDefault(worked, (reader.GetGuid(0), day, recordedOn), out _) += quantity;
                read.Add(PlaceOf(line.Part with { Work = line.Part.Work + reader.GetString(3) }), line.PriceGroup, day, recordedOn, quantity);
            }
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            if (lines.TryGetValue(id, out var line))
            {
                var (day, recordedOn, quantity) = (reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<DateOnly>(2), reader.GetDecimal(3));
                var rest = line.Part.Work == "" ? quantity : quantity - worked.GetValueOrDefault((id, day, recordedOn));
                if (rest != 0 || quantity == 0)
                {
                    read.Add(line.Place ??= PlaceOf(line.Part), line.PriceGroup, day, recordedOn, rest);
                }
            }
        }

        var all = before.Days.ToBuilder();
        all.RemoveRange(some);
        all.AddRange(read.Days());
        return new(before.Parts.Count == _parts.Count ? before.Parts : [.. _parts], all.ToImmutable());
    }

    /// <summary>Rows <c>u</c>. $1: the tenant, $2: the first day, $3: the days, where not all are read. All are taken as they lie, a few days line by line.</summary>
    private static string Rows(string table, bool all) => all
        ? $"spend.{table} as u where u.day >= $2 and $1::text is not null and $3::date[] is not null"
        : $"""
          (select line_id from spend.cost_line where tenant_id = $1{(table == "daily_part" ? " and component = 'labour'" : "")}) as l
          cross join lateral (select * from spend.{table} as d where d.line_id = l.line_id and d.day = any($3) and d.day >= $2 offset 0) as u
          """;

    /// <summary>
    /// Cost lines with the part that each is of, and the group of those that are priced alike: there may be millions of daily rows, and few prices.
    /// Groups are numbered alike within one transaction.
    /// </summary>
    private static readonly string Lines =
        $"""
        line as materialized (
            select c.line_id, c.tenant_id, c.sku, c.meter, c.above_tokens, c.workload, c.approach, c.component, {CostDimension.Model("c")} as model,
                   {CostDimension.Variant("c")} as variant, {IsOnce("c")} as is_once, {RoleOf("c")} as work,
                   dense_rank() over (order by c.sku, c.meter, c.above_tokens)::int as price_group
            from spend.cost_line as c where c.tenant_id = $1)
        """;

    /// <summary>Whether a cost line is of what is not expected again.</summary>
    internal static string IsOnce(string row) => $"({row}.component in ('training', 'dataset-preparation') or {row}.sku like 'charge/%')";

    /// <summary>Whose labour it is: the SKU, before the activity. Empty of all else.</summary>
    internal static string RoleOf(string row) => $"case when {row}.component = 'labour' and not {IsOnce(row)} then {row}.sku || '/' else '' end";

    /// <summary>Seven columns of a row, one after the other.</summary>
    internal static CostPart PartOf(NpgsqlDataReader reader, int first) => new(
        reader.GetString(first), reader.GetString(first + 1), reader.GetString(first + 2), reader.GetString(first + 3), reader.GetString(first + 4), reader.GetBoolean(first + 5),
        reader.GetString(first + 6));

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

    private sealed class Line(CostPart part, int priceGroup)
    {
        public CostPart Part { get; } = part;

        public int PriceGroup { get; } = priceGroup;

        public int? Place { get; set; }
    }

    /// <summary>Adds up what was read, by day, part and the day from which it was known.</summary>
    private sealed class ReadDays(DailyPrices prices)
    {
        private readonly Dictionary<DateOnly, Dictionary<(int Part, DateOnly KnownOn), decimal>> _days = [];
        private readonly List<(DateOnly KnownOn, decimal Amount)> _costs = [];

        public void Add(int part, int priceGroup, DateOnly day, DateOnly recordedOn, decimal quantity)
        {
            prices.Cost(priceGroup, day, recordedOn, quantity, _costs);
            if (_costs.Count > 0)
            {
                var sums = CollectionsMarshal.GetValueRefOrAddDefault(_days, day, out _) ??= [];
                foreach (var (knownOn, amount) in _costs)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(sums, (part, knownOn), out _) += amount;
                }
            }
        }

        public IEnumerable<KeyValuePair<DateOnly, DailyCost[]>> Days() => _days.Select(day =>
            KeyValuePair.Create(day.Key, Array.ConvertAll(day.Value.ToArray(), sum => new DailyCost(sum.Key.Part, sum.Key.KnownOn, sum.Value))));
    }
}
