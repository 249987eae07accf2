using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

public sealed class ServerLifeTests : IAsyncDisposable
{
    private readonly ServerFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_started_server_answers_and_ends_cleanly_when_disposed()
    {
        var server = await _folder.StartAsync();
        Assert.True(server.StartedHere);
        Assert.Equal(server.Version, (await ServerFolder.QueryAsync<string>(server, "show server_version")).Split(' ')[0]);
        Assert.Equal(_folder.Data, server.DataFolder);

        await server.DisposeAsync();

        Assert.False(ServerFolder.Runs(server.ProcessId));
        var log = await File.ReadAllTextAsync(server.LogFile, ServerFolder.Cancel);
        Assert.Contains("database system is shut down", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_is_private_to_the_machine_and_safe_for_data()
    {
        await using var server = await _folder.StartAsync();

        Assert.Equal("127.0.0.1", await ServerFolder.QueryAsync<string>(server, "show listen_addresses"));
        Assert.Equal("", await ServerFolder.QueryAsync<string>(server, "show unix_socket_directories"));
        Assert.Equal("on", await ServerFolder.QueryAsync<string>(server, "show data_checksums"));
        Assert.Equal("UTF8", await ServerFolder.QueryAsync<string>(server, "show server_encoding"));
        Assert.Equal("C", await ServerFolder.QueryAsync<string>(server, "select datcollate from pg_database where datname = 'postgres'"));
        var otherWaysIn = await ServerFolder.QueryAsync<long>(
            server, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'");
        Assert.Equal(0, otherWaysIn);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Modes.FileOurs, File.GetUnixFileMode(_folder.Record));
            Assert.Equal(Modes.FolderOurs, File.GetUnixFileMode(server.DataFolder));
        }
    }

    [Fact]
    public async Task A_second_start_keeps_the_data_and_the_port()
    {
        await _folder.TakeClusterAsync();
        int port;
        await using (var first = await _folder.StartAsync())
        {
            port = first.Port;
            await ServerFolder.QueryAsync<int>(first, "create table kept as select 42 as n; select n from kept");
        }

        await using var second = await _folder.StartAsync();

        Assert.Equal(42, await ServerFolder.QueryAsync<int>(second, "select n from kept"));
        Assert.Equal(port, second.Port);
        Assert.True(second.StartedHere);
    }

    [Fact]
    public async Task A_second_instance_uses_the_running_server_and_leaves_it_running()
    {
        await _folder.TakeClusterAsync();
        await using var first = await _folder.StartAsync();

        var second = await _folder.StartAsync();
        Assert.False(second.StartedHere);
        Assert.Equal((first.ProcessId, first.Port, first.Version), (second.ProcessId, second.Port, second.Version));
        Assert.Equal(1, await ServerFolder.QueryAsync<int>(second, "select 1"));
        await second.DisposeAsync();

        Assert.Equal(1, await ServerFolder.QueryAsync<int>(first, "select 1"));
    }

    [Fact]
    public async Task Of_several_starts_at_once_exactly_one_starts_the_server()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(_folder.StartAsync, ServerFolder.Cancel)));

        Assert.Single(servers, server => server.StartedHere);
        Assert.Single(servers.Select(server => server.ProcessId).Distinct());
        await servers.Single(server => server.StartedHere).DisposeAsync();
    }

    [Fact]
    public async Task Disposing_leaves_a_server_alone_that_was_started_later_by_another()
    {
        await _folder.TakeClusterAsync();
        var first = await _folder.StartAsync();
        await (await _folder.StartAsync()).StopAsync(ServerFolder.Cancel);
        await using var later = await _folder.StartAsync();

        await first.DisposeAsync();

        Assert.Equal(1, await ServerFolder.QueryAsync<int>(later, "select 1"));
    }

    [Fact]
    public async Task A_reset_stops_the_running_server_and_starts_without_data()
    {
        await _folder.TakeClusterAsync();
        var first = await _folder.StartAsync();
        await ServerFolder.QueryAsync<int>(first, "create table old as select 1 as n; select n from old");
        var password = _folder.Password;

        await using var second = await LocalServer.StartAsync(_folder.Options with { Reset = true }, ServerFolder.Cancel);

        Assert.True(second.StartedHere);
        Assert.False(ServerFolder.Runs(first.ProcessId));
        Assert.Equal(0, await ServerFolder.QueryAsync<long>(second, "select count(*) from pg_class where relname = 'old'"));
        Assert.NotEqual(password, _folder.Password);
    }

    [Fact]
    public async Task A_reset_does_not_delete_a_folder_that_is_not_PostgreSQLs()
    {
        var photo = Path.Combine(Directory.CreateDirectory(_folder.Data).FullName, "photo.jpg");
        await File.WriteAllTextAsync(photo, "dear", ServerFolder.Cancel);

        await Assert.ThrowsAsync<LocalPostgresException>(
            () => LocalServer.StartAsync(_folder.Options with { Reset = true }, ServerFolder.Cancel));

        Assert.True(File.Exists(photo));
    }

    [Fact]
    public async Task A_missing_database_is_created_once_whatever_its_name()
    {
        await _folder.TakeClusterAsync();
        await using var server = await _folder.StartAsync();
        const string Name = "o'dd \"name\"";

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => server.CreateDatabaseIfMissingAsync(Name, ServerFolder.Cancel)));
        await server.CreateDatabaseIfMissingAsync(Name, ServerFolder.Cancel);

        Assert.Equal(1, await ServerFolder.QueryAsync<long>(server, "select count(*) from pg_database where datname = 'o''dd \"name\"'"));
    }

    [Fact]
    public async Task A_setting_reaches_the_server_as_it_is_though_pg_ctl_uses_a_shell()
    {
        await _folder.TakeClusterAsync();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "cmd.exe quotes differently: such values are refused there.");
        const string Value = "it's $HOME `id` \"and\" \\ so on; $(id)";

        var settings = new Dictionary<string, string> { ["cluster_name"] = Value, ["listen_addresses"] = "*" };

        await using var server = await LocalServer.StartAsync(_folder.Options with { Settings = settings }, ServerFolder.Cancel);

        Assert.Equal(Value, await ServerFolder.QueryAsync<string>(server, "show cluster_name"));
        Assert.Equal("127.0.0.1", await ServerFolder.QueryAsync<string>(server, "show listen_addresses"));
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("")]
    [InlineData("a b")]
    public async Task A_name_that_is_not_letters_digits_and_hyphens_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => LocalServer.StartAsync(new() { Name = name }, ServerFolder.Cancel));
}
