using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Log;

/// <summary>What random interleavings found, each alone.</summary>
public sealed class AppendFaultTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_retry_is_a_duplicate_also_beside_a_contradiction_of_the_same_id()
    {
        await _database.RecordAsync(("a", Given.Tokens(input: 1)));

        var results = await _database.RecordAsync(("a", Given.Tokens(input: 2)), ("a", Given.Tokens(input: 1)));

        Assert.Equal([AppendStatus.Conflict, AppendStatus.Duplicate], results.Select(result => result.Status));
    }

    [Fact]
    public async Task An_append_at_a_version_of_a_stream_that_is_not_there_stores_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        var registered = new WorkloadRegistered("w", "W", "team", Approach.Hybrid);

        Assert.False(await _database.Store.Streams.AppendAsync("workload/w", 3, [registered], new Recorder("test"), token));
        Assert.Empty(await _database.TextsAsync("select id from spend.mt_streams where id = 'workload/w'"));
        Assert.True(await _database.Store.Streams.AppendAsync("workload/w", 0, [registered], new Recorder("test"), token));
    }

    [Fact]
    public async Task Connections_that_were_ended_while_they_waited_in_the_pool_fail_no_append()
    {
        for (var time = 0; time < 5; time++)
        {
            await _database.RecordAsync([.. Enumerable.Range(0, 8).Select(i => Given.Tokens(workload: $"w{i}"))]);
            await using var other = await OtherConnectionAsync();
            await ExecuteAsync(other, "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

            var results = await _database.RecordAsync(Given.Tokens(workload: "w1"));

            Assert.Equal(AppendStatus.Appended, results[0].Status);
        }
    }

    [Fact]
    public async Task A_host_opens_while_another_program_is_in_the_middle_of_an_append()
    {
        await using var other = await OtherConnectionAsync();
        await ExecuteAsync(
            other,
            """
            begin;
            insert into spend.mt_streams (id, version) values ('other', 1);
            insert into spend.mt_events (seq_id, id, stream_id, version, data, type)
                values (nextval('spend.mt_events_sequence'), gen_random_uuid(), 'other', 1, '{}', 'other');
            update spend.monthly_cost set events = 0
            """);

        await using var opened = await TestDatabase.CreateAsync(
            Task.FromResult(_database.Spend.Options.ConnectionString + ";Options=-c lock_timeout=3s"));

        Assert.Equal(AppendStatus.Appended, (await opened.RecordAsync(Given.Tokens()))[0].Status);
    }

    private async Task<NpgsqlConnection> OtherConnectionAsync()
    {
        var connection = new NpgsqlConnection(_database.Spend.Options.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
