using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

public sealed class PrivilegeTests : IAsyncDisposable
{
    private const string NotRoot = "Only root has privileges to drop.";
    private readonly ServerFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Root_runs_the_server_as_a_user_without_privileges()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, NotRoot);

        await using var server = await _folder.StartAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status", ServerFolder.Cancel);
        Assert.All(["Uid:", "Gid:"], line => Assert.DoesNotContain("0", Values(status, line)));
        Assert.DoesNotContain("0", Values(status, "Groups:"));
        Assert.Equal(["0000000000000000"], Values(status, "CapEff:"));
    }

    [Theory]
    [InlineData("runuser", "-u", "nobody", "--")]
    [InlineData("sudo", "-n", "-u", "nobody", "--")]
    public async Task Root_drops_privileges_with_other_programs_where_setpriv_is_missing(params string[] prefix)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, NotRoot);
        var present = await new ExternalProgram("which", [prefix[0]], TimeSpan.FromSeconds(5)).RunAsync(ServerFolder.Cancel);
        Assert.SkipUnless(present.Succeeded, $"{prefix[0]} is not installed.");
        var user = new ServerUser("nobody", 65534, 65534, prefix);

        var outcome = await user.Run(new("id", ["-un"], TimeSpan.FromSeconds(5))).RunAsync(ServerFolder.Cancel);

        Assert.Equal("nobody", outcome.Output.Trim());
    }

    [Fact]
    public async Task Root_keeps_data_and_programs_in_system_folders_when_its_home_is_closed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, NotRoot);
        var user = await ServerUser.ChooseAsync(ServerFolder.Cancel);
        var folders = new UserFolders(_ => Path.Combine(Closed(), "home"), user);

        Assert.Equal("/var/lib/spendtracker/demo", await folders.DataAsync("demo", ServerFolder.Cancel));
        Assert.Equal("/var/cache/spendtracker", await folders.CacheAsync(ServerFolder.Cancel));

        folders = new(_ => Path.Combine(_folder.Parent, "open"), user);
        Assert.Equal(Path.Combine(_folder.Parent, "open", "spendtracker", "demo"), await folders.DataAsync("demo", ServerFolder.Cancel));
    }

    [Fact]
    public async Task A_given_folder_the_servers_user_cannot_get_to_is_refused_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, NotRoot);
        var options = _folder.Options with { Folder = Path.Combine(Closed(), "server") };

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalServer.StartAsync(options, ServerFolder.Cancel));

        Assert.Contains("cannot get to the folder", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_and_our_environment_reach_no_program_and_no_log()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The recording programs are shell scripts.");
        Environment.SetEnvironmentVariable("SPENDTRACKER_TEST_API_KEY", "key-of-ours");
        var bin = await RecordingProgramsAsync();

        await using var server = await _folder.StartAsync(
            name => name == "SPENDTRACKER_POSTGRES_BIN" ? bin : Environment.GetEnvironmentVariable(name));

        var recorded = await File.ReadAllTextAsync(Path.Combine(bin, "recorded"), ServerFolder.Cancel);
        Assert.Contains("initdb", recorded, StringComparison.Ordinal);
        Assert.Contains("pg_ctl start", recorded, StringComparison.Ordinal);
        Assert.DoesNotContain("key-of-ours", recorded, StringComparison.Ordinal);
        Assert.All(
            [Path.Combine(bin, "recorded"), server.LogFile, Path.Combine(_folder.Data, "postmaster.opts")],
            file => Assert.DoesNotContain(_folder.Password, File.ReadAllText(file), StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_folder.Server, "password.new")));
        Assert.Contains(_folder.Password, server.ConnectionString("postgres"), StringComparison.Ordinal); // We looked for the right one.
    }

    private static string[] Values(string[] status, string name)
    {
        var line = status.Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }

    private string Closed()
    {
        var closed = Directory.CreateDirectory(Path.Combine(_folder.Parent, "closed")).FullName;
        ServerFolder.SetMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return closed;
    }

    /// <summary>Programs that write down their arguments and environment, then do the real ones' work.</summary>
    private async Task<string> RecordingProgramsAsync()
    {
        var user = await ServerUser.ChooseAsync(ServerFolder.Cancel);
        var search = new PostgresSearch(Environment.GetEnvironmentVariable, user, new(Environment.GetEnvironmentVariable, user), null);
        var real = await search.FindAsync(null, ServerFolder.Cancel);
        var bin = Directory.CreateDirectory(Path.Combine(_folder.Parent, "recording")).FullName;
        ServerFolder.SetMode(bin, ServerFolder.Open | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite);
        foreach (var program in (string[])["initdb", "pg_ctl", "postgres"])
        {
            var file = Path.Combine(bin, program);
            var script = $"""
                #!/bin/sh
                echo {program} "$@" >> {bin}/recorded
                env >> {bin}/recorded
                exec {real.Folder}/{program} "$@"

                """;
            await File.WriteAllTextAsync(file, script, ServerFolder.Cancel);
            ServerFolder.SetMode(file, ServerFolder.Open);
        }

        return bin;
    }
}
