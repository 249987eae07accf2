using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>What must hold whenever a database is quiet.</summary>
internal static class SoakCheck
{
    /// <summary>Statements that find something only where a rule of the log is broken.</summary>
    private static readonly (string Broken, string Sql)[] Rules =
    [
        ("Versions have gaps, or the stream's head is not at the last", Stored.BrokenStreams),
        ("Numbers and versions of a stream differ in their order", """
            select stream_id || ' at ' || version
            from (select stream_id, version, seq_id, lag(seq_id) over (partition by tenant_id, stream_id order by version) as before from spend.mt_events) as e
            where before >= seq_id
            """),
        ("The high-water mark passed a number that appeared later", """
            select e.seq_id || ' in ' || e.stream_id from spend.high_water_skip as s join spend.mt_events as e on e.seq_id between s.first_seq_id and s.last_seq_id
            """),
        ("Events were set aside", "select projection || ' ' || seq_id || ': ' || reason from spend.event_set_aside"),
    ];

    /// <summary>Nobody appends any more; what is under way on connections of killed hosts is waited for.</summary>
    public static async Task RunAsync(SpendDatabase database, SoakModel model, CancellationToken cancellationToken)
    {
        const string Appending =
            "select count(*) from pg_locks where locktype = 'relation' and relation = 'spend.mt_events_sequence'::regclass and mode = 'RowExclusiveLock'";
        while (await Sql.ScalarAsync<long>(database.DataSource, Appending, cancellationToken) > 0)
        {
            await Task.Delay(20, cancellationToken);
        }

        foreach (var (broken, sql) in Rules)
        {
            await ExpectNoneAsync(database.DataSource, broken, sql, cancellationToken);
        }

        var rows = await SoakRow.ReadAsync(database.DataSource, cancellationToken);
        model.Check(rows);
        await CatchUp.ToTheEndAsync(database, cancellationToken);
        foreach (var projection in database.ReadModels())
        {
            var differences = await database.CreateRebuild().VerifyAsync(projection, null, cancellationToken);
            if (differences.Count > 0)
            {
                throw new InvariantBrokenException($"{projection.Name} differs from a replay: {string.Join(" ", differences)}");
            }
        }

        await CheckTotalsAsync(database, rows, cancellationToken);
    }

    private static async Task CheckTotalsAsync(SpendDatabase database, IReadOnlyList<SoakRow> rows, CancellationToken cancellationToken)
    {
        var corrected = rows.Select(row => row.Content).OfType<UsageCorrected>().Select(correction => correction.Corrects).ToHashSet();
        var recorded = rows.Where(row => row.Content is TokenUsageRecorded).ToDictionary(row => EventId.From(Tenant.Default, SoakEvent.Source, row.Key), row => (TokenUsageRecorded)row.Content);
        var usage = recorded.Where(row => !corrected.Contains(row.Key)).Select(row => row.Value).ToArray();
        await ExpectAsync(
            database, "select count(*)::numeric from spend.waiting_correction", corrected.Count(id => !recorded.ContainsKey(id)), cancellationToken);
        await ExpectAsync(
            database, "select coalesce(sum(quantity), 0) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'", usage.Sum(e => (decimal)e.InputTokens), cancellationToken);
        await ExpectAsync(
            database, "select coalesce(sum(events), 0) from spend.monthly_cost where meter = 'requests'", usage.Length, cancellationToken);
        var names = rows.Where(row => row.Content is WorkloadChanged).GroupBy(row => row.Stream).Select(stream => ((WorkloadChanged)stream.Last().Content).Name);
        var missing = string.Join(
            " union all ", names.Select(name => $"select '{name}' where not exists (select from spend.workload where name = '{name}')").DefaultIfEmpty("select '' where false"));
        await ExpectNoneAsync(database.DataSource, "Workloads are not as they were changed last", missing, cancellationToken);
    }

    private static async Task ExpectAsync(SpendDatabase database, string sql, decimal expected, CancellationToken cancellationToken)
    {
        var found = await Sql.ScalarAsync<decimal>(database.DataSource, sql, cancellationToken);
        if (found != expected)
        {
            throw new InvariantBrokenException($"{found} instead of {expected}: {sql}");
        }
    }

    private static async Task ExpectNoneAsync(NpgsqlDataSource dataSource, string broken, string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql + " limit 10");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(reader.GetString(0));
        }

        if (found.Count > 0)
        {
            throw new InvariantBrokenException($"{broken}: {string.Join("; ", found)}");
        }
    }
}
