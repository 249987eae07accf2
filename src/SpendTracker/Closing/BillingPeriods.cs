using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Closing;

/// <summary>
/// Closes and reopens billing periods. A closing writes the period's costs into the log, line by line: what was signed is
/// there to be read, and no later price, program or replay can change it.
/// </summary>
public sealed class BillingPeriods(NpgsqlDataSource dataSource, EventStore store, MonthlyCostQuery monthly, OrganisationSettings settings, TimeProvider clock)
{
    public const int ReasonLength = 1_000;

    /// <summary>So that an event stays far below the 1 MiB that is read, however long its names are.</summary>
    private const int LinesAnEvent = 150;

    /// <summary>Of a total that a caller saw; a program that adds up with doubles sends more.</summary>
    private const int MostDecimals = 12;

    /// <summary>How long a closing waits for what was recorded before it to be counted.</summary>
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Closes a period.</summary>
    /// <returns>The closing; or null, and why it cannot be closed.</returns>
    public async Task<(PeriodClosing? Closing, IReadOnlyList<FieldReason> Reasons)> CloseAsync(
        BillingPeriod month, CloseRequest request, Recorder recorder, CancellationToken cancellationToken)
    {
        var stream = StreamOf(month);
        var version = (await store.ReadStreamAsync(stream, cancellationToken)).Count;
        await WaitForLagAsync(cancellationToken);
        var (position, lines) = await LinesAsync(month, cancellationToken);

        // By the very lines that are frozen: what comes between two readings would be frozen without having been accepted.
        var checklist = await ChecklistAsync(month, TotalOf(month, lines), null, cancellationToken);
        if (Check(checklist, request) is { Count: > 0 } reasons)
        {
            return (null, reasons);
        }

        var id = Guid.CreateVersion7();
        var closed = new BillingPeriodClosed(
            month.ToString(), id, settings.ReportingCurrency, checklist.Total, lines.Count, position, request.Reason, request.AcceptUnpriced, request.AcceptUnconverted);
        IEvent[] events = [.. lines.Chunk(LinesAnEvent).Select(some => new CostsFrozen(month.ToString(), id, some)), closed];
        return await store.Streams.AppendAsync(stream, version, events, recorder, cancellationToken)
            ? (new PeriodClosing(id, clock.GetUtcNow(), recorder.By, closed.Reason, closed.Total, closed.Lines, position, closed.AcceptsUnpriced, closed.AcceptsUnconverted, null, null, null), [])
            : (null, [new FieldReason("month", "Somebody else closed or reopened it at the same time. Look again.")]);
    }

    private static MonthlyCost TotalOf(BillingPeriod month, List<ClosedLine> lines) => new(
        month.ToString(), new Dictionary<string, string>(), lines.Sum(line => line.Amount), lines.Sum(line => line.ListAmount),
        lines.Where(line => line.Origin != month.ToString()).Sum(line => line.Amount), 0,
        ByUnit(lines, line => line.Unpriced),
        MonthlyCostQuery.Sum(lines.Where(line => line.Unconverted != 0 || line.UnconvertedEvents != 0)
            .Select(line => new Dictionary<string, decimal> { [line.Currency] = line.Unconverted })),
        ByUnit(lines, line => line.Incomplete));

    private static IReadOnlyDictionary<string, decimal> ByUnit(IEnumerable<ClosedLine> lines, Func<ClosedLine, decimal> part) => MonthlyCostQuery.Sum(
        lines.Where(line => part(line) != 0).Select(line => new Dictionary<string, decimal> { [Meters.UnitOf(line.Line.Meter)] = part(line) }));

    /// <summary>Opens a closed period again.</summary>
    /// <returns>Why it cannot be; empty where it is done.</returns>
    public async Task<IReadOnlyList<FieldReason>> ReopenAsync(BillingPeriod month, string reason, Recorder recorder, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("reason", reason, ReasonLength);
        return await store.Streams.DecideAsync<PeriodState, IReadOnlyList<FieldReason>>(
            StreamOf(month),
            state => (state?.Closing, check.Reasons) switch
            {
                (null, var reasons) => new([.. reasons, new FieldReason("month", "It is not closed.")]),
                (_, { Count: > 0 } reasons) => new(reasons),
                ({ } closing, _) => new([], new BillingPeriodReopened(month.ToString(), closing, reason)),
            },
            recorder, cancellationToken);
    }

    /// <param name="knownOn">As it was known at the end of this day, but for the lag and what is set aside; null for now.</param>
    public async Task<ClosingChecklist> ChecklistAsync(BillingPeriod month, DateOnly? knownOn, CancellationToken cancellationToken) => await ChecklistAsync(
        month, MonthlyCostQuery.Total(month.ToString(), await monthly.ByAsync(new CostFilter(month, month) { KnownOn = knownOn }, [], cancellationToken)), knownOn, cancellationToken);

    private async Task<ClosingChecklist> ChecklistAsync(BillingPeriod month, MonthlyCost total, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var isClosed = knownOn is null
            ? EventStreams.Fold<PeriodState>(await store.ReadStreamAsync(StreamOf(month), cancellationToken)) is { Closing: not null }
            : (await HistoryAsync(month, knownOn, cancellationToken)).Any(closing => closing.Holds);
        var today = knownOn?.AddDays(1) ?? BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone);
        await using var command = dataSource.CreateCommand(
            $"""
            select greatest(0, {LogTables.End} - coalesce({LogTables.Checkpoint("$1")}, 0)),
                   (select count(*) from spend.event_set_aside)
            """);
        command.Parameters.Add(new() { Value = CostProjection.CheckpointName });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ClosingChecklist(
            month, month.End <= today, isClosed, reader.GetInt64(0), total.Unpriced, total.Unconverted, total.Incomplete, reader.GetInt64(1), total.Actual, total.Corrections);
    }

    /// <summary>Why a period cannot be closed as asked; empty where it can. The lag is not among it: a closing waits for it.</summary>
    public static IReadOnlyList<FieldReason> Check(ClosingChecklist checklist, CloseRequest request)
    {
        var check = new FieldCheck();
        check.Text("reason", request.Reason, ReasonLength);
        check.That("month", !checklist.IsClosed, "It is closed already.");
        check.That("month", checklist.HasEnded, "It has not ended yet.");
        check.That("acceptUnpriced", request.AcceptUnpriced || checklist.Unpriced.Count == 0, "Some usage has no rate. Publish rates for it, or accept that it is not in the total.");
        check.That("acceptUnpriced", request.AcceptUnpriced || checklist.Incomplete.Count == 0, "Some usage is priced incompletely. Publish all its prices, or accept that it is in the total in part.");
        check.That("acceptUnconverted", request.AcceptUnconverted || checklist.Unconverted.Count == 0, $"Some amounts have no exchange rate, or a stale one: {string.Join(", ", checklist.Unconverted.Keys)}. Publish one, or accept that they are not in the total.");
        check.That(
            "total", request.Total is not { } sent || Noise.Cut(sent, MostDecimals) is var seen && Math.Round(checklist.Total, seen.Scale, MidpointRounding.AwayFromZero) == seen,
            string.Create(CultureInfo.InvariantCulture, $"It is {checklist.Total} by now. Look again."));
        return check.Reasons;
    }

    /// <summary>All months that have costs or a closing, the newest first.</summary>
    /// <param name="knownOn">As it was known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<BillingPeriodStatus>> ListAsync(DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var closings = (await ClosingsAsync(null, knownOn, cancellationToken)).ToLookup(closing => closing.Month, closing => closing.Closing);
        var costs = (await monthly.ByAsync(new CostFilter(new(2000, 1), new(2199, 12)) { KnownOn = knownOn }, [], cancellationToken)).Where(HasCosts).ToDictionary(cost => cost.Month);
        return [.. costs.Keys.Concat(closings.Select(month => month.Key)).Distinct().OrderDescending().Select(month => new BillingPeriodStatus(
            BillingPeriod.TryParse(month, out var period) ? period : default,
            closings[month].Any(closing => closing.Holds),
            costs.GetValueOrDefault(month)?.Actual ?? 0, costs.GetValueOrDefault(month)?.Corrections ?? 0, [.. closings[month]])
        {
            Estimated = costs.GetValueOrDefault(month)?.Estimated ?? 0, Variance = costs.GetValueOrDefault(month)?.Variance ?? 0,
        })];
    }

    /// <summary>A month may have nothing but an estimate, for years ahead: there is nothing to close in it.</summary>
    private static bool HasCosts(MonthlyCost cost) => cost.Actual != 0 || cost.Listed != 0 || cost.Unpriced.Count > 0 || cost.Incomplete.Count > 0 || cost.Unconverted.Count > 0;

    /// <summary>A month's closings, the latest first.</summary>
    /// <param name="knownOn">As they were known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<PeriodClosing>> HistoryAsync(BillingPeriod month, DateOnly? knownOn, CancellationToken cancellationToken) =>
        [.. (await ClosingsAsync(month, knownOn, cancellationToken)).Select(closing => closing.Closing)];

    /// <summary>What a month has from earlier ones, and what of it is booked in later ones; by origin and booking.</summary>
    /// <param name="knownOn">As it was known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<BookingMove>> CorrectionsAsync(BillingPeriod month, DateOnly? knownOn, CancellationToken cancellationToken) =>
        [.. (await monthly.ByAsync(new CostFilter(month, new(2199, 12)) { KnownOn = knownOn }, [CostDimension.Find("origin")!], cancellationToken))
            .Where(cost => (cost.Month == month.ToString()) != (cost.Keys["origin"] == month.ToString())).Select(BookingMove.Of).Where(move => !move.IsNothing())];

    /// <summary>What closings have moved from any month to any later one; by booking and origin.</summary>
    /// <param name="knownOn">As it was known at the end of this day; null for now.</param>
    public async Task<IReadOnlyList<BookingMove>> AllCorrectionsAsync(DateOnly? knownOn, CancellationToken cancellationToken) =>
        [.. (await monthly.ByAsync(new CostFilter(new(2000, 1), new(2199, 12)) { KnownOn = knownOn }, [CostDimension.Find("origin")!], cancellationToken))
            .Where(cost => cost.Month != cost.Keys["origin"]).Select(BookingMove.Of).Where(move => !move.IsNothing())];

    private async Task<List<(string Month, PeriodClosing Closing)>> ClosingsAsync(BillingPeriod? month, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select to_char(c.month, 'YYYY-MM'), c.closing, c.closed_at, c.recorded_by, c.reason, trim_scale(c.total), c.lines, c.position, c.accepts_unpriced,
                   c.accepts_unconverted, r.reopened_at, r.recorded_by, r.reason
            from spend.period_closing as c left join spend.period_reopening as r using (closing)
            where c.tenant_id = $1 and ($2 is null or c.month = $2)
            order by c.closed_at desc
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)month?.Start ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(string Month, PeriodClosing Closing)> closings = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var closing = new PeriodClosing(
                reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3), reader.GetString(4), reader.GetDecimal(5), reader.GetInt32(6),
                reader.GetInt64(7), reader.GetBoolean(8), reader.GetBoolean(9), reader.IsDBNull(10) ? null : reader.GetFieldValue<DateTimeOffset>(10),
                reader.IsDBNull(11) ? null : reader.GetString(11), reader.IsDBNull(12) ? null : reader.GetString(12));
            if ((knownOn is { } day ? closing.KnownOn(day, settings.ReportingTimeZone) : closing) is { } known)
            {
                closings.Add((reader.GetString(0), known));
            }
        }

        return closings;
    }

    /// <summary>What was recorded before the closing was asked for is in it; what comes while it waits may be, or is booked later.</summary>
    private async Task WaitForLagAsync(CancellationToken cancellationToken)
    {
        await using var head = dataSource.CreateCommand($"select {LogTables.End}");
        var recorded = (long)(await head.ExecuteScalarAsync(cancellationToken))!;
        var until = DateTimeOffset.UtcNow + LongestLag;
        while (DateTimeOffset.UtcNow < until)
        {
            await using var position = dataSource.CreateCommand($"select {LogTables.Checkpoint("$1")}");
            position.Parameters.Add(new() { Value = CostProjection.CheckpointName });
            if (await position.ExecuteScalarAsync(cancellationToken) is long counted && counted >= recorded)
            {
                return;
            }

            await Task.Delay(Pause, cancellationToken);
        }

        throw new ProjectionLagException($"Events up to {recorded} are recorded and not counted yet. Is a host running?");
    }

    /// <summary>All that is booked in a month, and up to where the log is in it: of one moment.</summary>
    private async Task<(long Position, List<ClosedLine> Lines)> LinesAsync(BillingPeriod month, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand($"select {LogTables.Checkpoint("$1")}", connection) { Parameters = { new() { Value = CostProjection.CheckpointName } } };
        var position = await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
        await using var query = new NpgsqlCommand(
            $"""
            {BookedCosts.Sql(null)}
            select to_char(b.origin, 'YYYY-MM'), l.workload, l.approach, l.component, l.reported_sku, l.meter, l.above_tokens, l.reported_currency, l.variant,
                   b.currency, b.sku, trim_scale(sum(b.quantity)), {PriceSql.Sum("b.list_amount")}, {PriceSql.Sum("b.amount")}, trim_scale(sum(b.unpriced)),
                   {PriceSql.Sum("b.unconverted")}, sum(b.events)::bigint, sum(b.unconverted_events)::bigint,
                   trim_scale(sum(b.incomplete))
            from booked as b join spend.cost_line as l using (line_id)
            group by b.origin, line_id, l.workload, l.approach, l.component, l.reported_sku, l.meter, l.above_tokens, l.reported_currency, l.variant, b.currency, b.sku
            order by b.origin, line_id, b.currency
            """, connection);
        BookedCosts.AddParameters(query, month, month, BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone));
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        List<ClosedLine> lines = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            lines.Add(new ClosedLine(
                reader.GetString(0),
                new CostLineKey(
                    reader.GetString(1), EnumName.Parse<Approach>(reader.GetString(2)), EnumName.Parse<Component>(reader.GetString(3)), reader.GetString(4),
                    reader.GetString(5), reader.GetInt32(6), reader.GetString(7), reader.GetString(8)),
                reader.GetString(9), reader.GetString(10), reader.GetDecimal(11), reader.GetDecimal(12), reader.GetDecimal(13), reader.GetDecimal(14),
                reader.GetDecimal(15), reader.GetInt64(16), reader.GetInt64(17), reader.GetDecimal(18)));
        }

        return (position, lines);
    }

    private static string StreamOf(BillingPeriod month) => StreamNames.Periods + month;
}
