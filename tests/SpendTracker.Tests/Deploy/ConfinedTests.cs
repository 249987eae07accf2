using System.Diagnostics;
using System.Net;
using System.Text;
using SpendTracker.Benchmarks;
using SpendTracker.Tests.LocalPostgres;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Deploy;

/// <summary>As the image and the chart run it: every file system read-only, a user without rights, no capabilities.</summary>
public sealed class ConfinedTests
{
    /// <summary>In a mount namespace of its own, so that nobody else's files become read-only.</summary>
    private const string Confine =
        """
        mount --make-rprivate /
        for place in $(awk '$2 !~ "^/(proc|sys|dev)" {print $2}' /proc/mounts); do mount -o remount,bind,ro "$place" 2>/dev/null; done
        touch /tmp/written && exit 99
        exec setpriv --reuid 1654 --regid 1654 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
        """;

    [Fact]
    public async Task The_host_runs_without_a_place_to_write_and_without_rights()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Mounting needs root on Linux.");
        Checker.Find("unshare");
        Checker.Find("setpriv");
        await using var folder = new ServerFolder();
        var program = Copy(folder.Parent);
        await using var database = await TestDatabase.CreateAsync();
        var port = Ports.Free();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var process = Start(program, database, port);
        try
        {
            Assert.True(await HostProgram.IsReadyAsync(process, client, TestContext.Current.CancellationToken), $"It ended with {(process.HasExited ? process.ExitCode : null)}.");
            Assert.Contains("Uid:\t1654", await File.ReadAllTextAsync($"/proc/{process.Id}/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);

            client.DefaultRequestHeaders.Authorization = new("Bearer", await HostProcess.IssueKeyAsync(database));
            var body = $"[{string.Join(',', Enumerable.Range(0, 2_000).Select(n => Given.TokensJson($"{n}")))}]"; // More than is kept in memory by whoever keeps bodies in files.
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var recorded = await client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, TestContext.Current.CancellationToken);
            using var page = await client.GetAsync(new Uri("/sign-in", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (recorded.StatusCode, page.StatusCode));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Process Start(string program, TestDatabase database, int port)
    {
        var start = new ProcessStartInfo(
            Checker.Find("unshare"), ["--mount", "sh", "-c", Confine, "sh", "dotnet", program, "serve", "--no-sign-in-link"]);
        start.Environment["ConnectionStrings__spendtracker"] = database.Spend.Options.ConnectionString;
        start.Environment["ASPNETCORE_HTTP_PORTS"] = $"{port}";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["HOME"] = "/nowhere";
        return Process.Start(start)!;
    }

    /// <summary>Where that user can read it, and as it is published: without the list of where its files are while it is developed.</summary>
    private static string Copy(string folder)
    {
        var program = typeof(SpendTrackerHost).Assembly.Location;
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(program)!).Where(file => !file.EndsWith("staticwebassets.runtime.json", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, Path.GetFileName(program));
    }
}
