using System.Diagnostics;
using System.Net;
using SpendTracker.LocalPostgres;
using SpendTracker.Tests.LocalPostgres;

namespace SpendTracker.Tests.Faults;

/// <summary>A disk that is really full: a small file system in memory, with PostgreSQL's data on it.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly ServerFolder _folder = new();
    private bool _mounted;
    private LocalServer? _server;

    public async ValueTask InitializeAsync() =>
        _mounted = OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", _folder.Parent) == 0;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_mounted)
        {
            await RunAsync("umount", "-l", _folder.Parent);
        }

        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_turns_callers_away_with_503_and_loses_nothing_that_was_acknowledged()
    {
        Assert.SkipUnless(_mounted, "Mounting a small file system needs root on Linux.");
        var ballast = Path.Combine(_folder.Parent, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[20 * 1024 * 1024], TestContext.Current.CancellationToken);
        _server = await StartAsync();
        await _server.CreateDatabaseIfMissingAsync("spendtracker", TestContext.Current.CancellationToken);
        await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_server.ConnectionString("spendtracker"))));

        HashSet<string> acknowledged = [];
        var turnedAway = 0;
        for (var request = 0; turnedAway < 3; request++)
        {
            string[] ids = [.. Enumerable.Range(0, 1_000).Select(n => $"{request}-{n}")];
            using var response = await host.PostAsync("/api/v1/usage", string.Join('\n', ids.Select(id => Given.TokensJson(id))), "application/x-ndjson");
            if (response.StatusCode == HttpStatusCode.OK)
            {
                acknowledged.UnionWith(ids);
            }
            else
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                turnedAway++;
            }
        }

        File.Delete(ballast);
        await _server.DisposeAsync(); // It may have ended by itself: PostgreSQL cannot go on without room for its log.
        _server = await StartAsync();
        host.Database.DataSource.Clear();
        var stored = await host.Database.TextsAsync("select headers->>'sourceId' from spend.mt_events where stream_id like 'usage/%'");

        Assert.NotEmpty(acknowledged);
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));
        await Eventually.Async(async () => (await host.PostAsync("/api/v1/usage", Given.TokensJson("after"))).StatusCode == HttpStatusCode.OK);
    }

    private Task<LocalServer> StartAsync() => LocalServer.StartAsync(
        new() { Name = "full-disk", Folder = _folder.Server, Settings = new Dictionary<string, string> { ["max_wal_size"] = "64MB", ["shared_buffers"] = "16MB" } },
        TestContext.Current.CancellationToken);

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }
}
