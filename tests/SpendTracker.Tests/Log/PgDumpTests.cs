using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SpendTracker.LocalPostgres;
using SpendTracker.Log;
using SpendTracker.Tests.Deploy;

namespace SpendTracker.Tests.Log;

/// <summary>A backup reads the sequence, and keeps its lock on it until the backup is written.</summary>
public sealed class PgDumpTests : IAsyncLifetime
{
    private const string ReadsSequence =
        """
        select exists (
            select from pg_locks join pg_stat_activity using (pid)
            where application_name = 'pg_dump' and mode = 'AccessShareLock' and relation = 'spend.mt_events_sequence'::regclass
              and database = (select oid from pg_database where datname = current_database()))
        """;

    private const string Projected =
        "select coalesce(sum(events), 0)::bigint from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'";

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(
        events: new EventStoreOptions { GapGrace = TimeSpan.FromMilliseconds(100), PollInterval = TimeSpan.FromMilliseconds(100) });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Projections_go_on_and_pass_gaps_while_pg_dump_runs()
    {
        // More than the buffers between us take, so that pg_dump is at work until we read what it writes.
        await _database.ExecuteAsync("create table spend.filler as select md5(n::text) as text from generate_series(1, 200000) as n");
        using var dump = await StartAsync();
        await Eventually.Async(() => _database.ScalarAsync<bool>(ReadsSequence));
        using var stop = new CancellationTokenSource();
        var daemon = _database.Spend.CreateDaemon().RunAsync(stop.Token);

        for (var recorded = 1; recorded <= 5; recorded++)
        {
            await _database.ScalarAsync<long>("select nextval('spend.mt_events_sequence')"); // A gap before each event.
            await _database.RecordAsync(Given.Tokens());
            await Eventually.Async(async () => await _database.ScalarAsync<long>(Projected) == recorded);
        }

        Assert.True(await _database.ScalarAsync<bool>(ReadsSequence));
        var written = await dump.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await dump.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, dump.ExitCode);
        Assert.Contains("COPY spend.mt_events ", written, StringComparison.Ordinal);
        await stop.CancelAsync();
        await daemon;
    }

    private async Task<Process> StartAsync()
    {
        var program = Checker.Find("pg_dump");
        var version = (await Checker.RunAsync("pg_dump", "--version")).Split(' ')[2];
        Assert.SkipWhen(
            PostgresBinaries.MajorOf(version.Trim()) < PostgresBinaries.MajorOf(TestServer.Running.Version), $"pg_dump {version} is older than the server.");
        var database = new NpgsqlConnectionStringBuilder(_database.Spend.Options.ConnectionString);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        start.Environment["PGHOST"] = database.Host;
        start.Environment["PGPORT"] = database.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGUSER"] = database.Username;
        start.Environment["PGPASSWORD"] = database.Password;
        start.Environment["PGDATABASE"] = database.Database;
        return Process.Start(start)!;
    }
}
