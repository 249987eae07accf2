using System.Diagnostics;

namespace SpendTracker.AppHost.Tests;

/// <summary>The AppHost as a program of its own, ended as a terminal or an operating system ends it.</summary>
[Collection("AppHost")]
public sealed class SignalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_stops_the_AppHost_its_web_host_and_PostgreSQL(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It finds the web host in /proc.");
        using var folder = await PrivateFolder.CreateAsync();
        using var appHost = Start(folder);
        try
        {
            var said = appHost.StandardOutput.ReadToEndAsync(Cancel);
            int? port;
            for (var since = Stopwatch.StartNew(); (port = folder.Port) is null || !WebHosts(port.Value).Any();)
            {
                Assert.True(since.Elapsed < Patience, "The web host does not start.");
                Assert.False(appHost.HasExited, appHost.HasExited ? await said : "");
                await Task.Delay(100, Cancel);
            }

            using var kill = Process.Start("kill", [$"-{signal}", $"{appHost.Id}"]);
            await appHost.WaitForExitAsync(Cancel).WaitAsync(Patience, Cancel);
            Assert.Empty(WebHosts(port.Value));
            Assert.False(folder.ServerRuns);
        }
        finally
        {
            appHost.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(PrivateFolder folder)
    {
        var program = typeof(Projects.SpendTracker_AppHost).Assembly.Location;
        // A script's background jobs ignore SIGINT, and so would their children.
        string[] command = ["--default-signal=INT", "dotnet", program, .. folder.Arguments];
        return Process.Start(new ProcessStartInfo("env", command)
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0",
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
            },
        })!;
    }

    /// <summary>The processes that got the connection string of the server on a port.</summary>
    private static IEnumerable<string> WebHosts(int port) => Directory.GetDirectories("/proc").Where(process =>
    {
        try
        {
            var environment = File.ReadAllText(Path.Combine(process, "environ"));
            return environment.Contains($"\0ConnectionStrings__spendtracker=Host=127.0.0.1;Port={port};", StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false; // Gone, or another user's.
        }
    });
}
