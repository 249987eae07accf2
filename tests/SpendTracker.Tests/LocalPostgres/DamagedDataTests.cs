using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

public sealed class DamagedDataTests : IAsyncLifetime
{
    private readonly ServerFolder _folder = new();

    public async ValueTask InitializeAsync() => await _folder.TakeClusterAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_start_on_damaged_data_shows_the_log_and_the_ways_on_but_no_password()
    {
        await (await _folder.StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(_folder.Data, "global", "pg_control"));

        var failure = await FailureAsync();

        Assert.Contains("pg_control", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Restore the folder from a backup", failure.Message, StringComparison.Ordinal);
        Assert.Contains("demo --reset", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Password, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_the_server_refuses_is_named_in_the_message()
    {
        var options = _folder.Options with { Settings = new Dictionary<string, string> { ["shared_buffers"] = "much" } };

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalServer.StartAsync(options, ServerFolder.Cancel));

        Assert.Contains("shared_buffers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_without_PG_VERSION_are_called_damaged_and_left_alone()
    {
        await (await _folder.StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(_folder.Data, "PG_VERSION"));

        var failure = await FailureAsync();

        Assert.Contains("PG_VERSION", failure.Message, StringComparison.Ordinal);
        Assert.Contains("demo --reset", failure.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(_folder.Data, "base")));
        await using var afresh = await LocalServer.StartAsync(_folder.Options with { Reset = true }, ServerFolder.Cancel);
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(afresh, "select 1"));
    }

    [Fact]
    public async Task Data_of_another_major_version_name_both_versions_and_the_variable()
    {
        var server = await _folder.StartAsync();
        await server.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.Data, "PG_VERSION"), "11\n", ServerFolder.Cancel);

        var failure = await FailureAsync();

        Assert.Contains("PostgreSQL 11", failure.Message, StringComparison.Ordinal);
        Assert.Contains(server.Version, failure.Message, StringComparison.Ordinal);
        Assert.Contains("SPENDTRACKER_POSTGRES_BIN", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ half")]
    public async Task A_lost_password_is_said_to_be_lost(string? text)
    {
        await (await _folder.StartAsync()).DisposeAsync();
        File.Delete(_folder.Record);
        if (text is not null)
        {
            await File.WriteAllTextAsync(_folder.Record, text, ServerFolder.Cancel);
        }

        var failure = await FailureAsync();

        Assert.Contains("server.json is missing or damaged", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_is_not_the_servers_fails_with_a_message_and_leaves_nothing_running()
    {
        await (await _folder.StartAsync()).DisposeAsync();
        _folder.ChangeRecord(record => record["password"] = "something-else");

        var failure = await FailureAsync();

        Assert.Contains("does not accept the connection", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("something-else", failure.ToString(), StringComparison.Ordinal);
        Assert.Null(Postmaster.Read(_folder.Data));
    }

    private Task<LocalPostgresException> FailureAsync() => Assert.ThrowsAsync<LocalPostgresException>(_folder.StartAsync);
}
