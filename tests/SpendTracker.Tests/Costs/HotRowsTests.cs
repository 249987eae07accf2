namespace SpendTracker.Tests.Costs;

/// <summary>
/// Under load all rows of today are updated with each page of events, several times a second. Alone on its server: PostgreSQL
/// keeps dead rows while a transaction of any database writes that was open when they died.
/// </summary>
[CollectionDefinition(nameof(HotRowsTests), DisableParallelization = true)]
[Collection(nameof(HotRowsTests))]
public sealed class HotRowsTests : IAsyncLifetime
{
    private const int Workloads = 200;
    private const int Pages = 30;

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>Each page leaves a dead row for each that it updates: without room beside it, 30 times as many as are alive.</summary>
    [Fact]
    public async Task Tables_do_not_grow_by_what_nobody_reads()
    {
        await PageAsync();
        var (daily, monthly) = (await SizeAsync("daily_usage"), await SizeAsync("monthly_cost"));
        for (var page = 1; page < Pages; page++)
        {
            await PageAsync();
        }

        Assert.InRange(await SizeAsync("daily_usage"), daily, 6 * daily);
        Assert.InRange(await SizeAsync("monthly_cost"), monthly, 6 * monthly);
    }

    [Fact]
    public async Task A_database_of_before_gets_the_room_when_it_is_opened()
    {
        await _database.ExecuteAsync("alter table spend.daily_usage reset (fillfactor); alter table spend.monthly_cost reset (fillfactor)");

        await using var opened = await SpendDatabase.OpenAsync(new() { ConnectionString = _database.Spend.ConnectionString }, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["daily_usage fillfactor=90", "monthly_cost fillfactor=80"],
            await _database.TextsAsync("select relname || ' ' || array_to_string(reloptions, ',') from pg_class where relname in ('daily_usage', 'monthly_cost') order by 1"));
    }

    [Fact]
    public async Task Somebody_elses_setting_of_a_table_stays_and_does_not_keep_the_room_away()
    {
        await _database.ExecuteAsync("alter table spend.monthly_cost reset (fillfactor); alter table spend.monthly_cost set (autovacuum_vacuum_threshold = 500)");

        await using var opened = await SpendDatabase.OpenAsync(new() { ConnectionString = _database.Spend.ConnectionString }, TestContext.Current.CancellationToken);

        Assert.Equal("autovacuum_vacuum_threshold=500,fillfactor=80", await _database.ScalarAsync<string>("select array_to_string(reloptions, ',') from pg_class where relname = 'monthly_cost'"));
    }

    private async Task PageAsync()
    {
        await _database.RecordAsync([.. Enumerable.Range(0, Workloads).Select(i => Given.Tokens(workload: $"support-{i}"))]);
        await _database.ProjectAsync();
    }

    /// <summary>Bytes, indexes included.</summary>
    private Task<long> SizeAsync(string table) => _database.ScalarAsync<long>($"select pg_table_size('spend.{table}') + pg_indexes_size('spend.{table}')");
}
