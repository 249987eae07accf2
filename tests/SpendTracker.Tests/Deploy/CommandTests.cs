using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SpendTracker.Benchmarks;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Deploy;

/// <summary>The commands that images, jobs and units run.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Setup_prepares_an_empty_database_and_may_be_run_again()
    {
        var database = await TestServer.CreateDatabaseAsync(empty: true);
        for (var run = 0; run < 2; run++)
        {
            var (exitCode, output) = await HostProcess.RunAsync(database, ["setup"], new() { ["SpendTracker__ReportingTimeZone"] = "Europe/Berlin" });

            Assert.True(exitCode == 0, output);
            Assert.Contains("It reports in USD and the time zone Europe/Berlin.", output, StringComparison.Ordinal);
        }

        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        await using var command = source.CreateCommand("select count(*) from spend.mt_events where type = 'settings_changed'");
        Assert.Equal(1L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Setup_ends_with_1_and_a_line_where_there_is_no_database()
    {
        var (exitCode, output) = await HostProcess.RunAsync($"Host=127.0.0.1;Port={Ports.Free()};Database=none", ["setup"]);

        Assert.True(exitCode == 1, output);
        Assert.Contains("The database cannot be used", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_asks_the_host_on_the_port_that_the_image_names()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostProcess.StartAsync(database, []);
        Dictionary<string, string> port = new() { ["ASPNETCORE_HTTP_PORTS"] = $"{host.Client.BaseAddress!.Port}" };

        var ready = await HostProcess.RunAsync("", ["health"], port);
        await TestServer.ChangeDatabaseAsync(database, "allow_connections false");
        var away = await HostProcess.RunAsync("", ["health"], port);
        await host.KillAsync();
        var gone = await HostProcess.RunAsync("", ["health"], port);

        Assert.Equal((0, 1, 1), (ready.ExitCode, away.ExitCode, gone.ExitCode));
        Assert.EndsWith("answers 200 Healthy.", ready.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("answers 503 Unhealthy.", away.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("does not answer", gone.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, HealthStatus.Healthy)]
    [InlineData(61, HealthStatus.Degraded)] // Answered 200: usage is still taken.
    public void Numbers_that_are_behind_make_no_host_unready(int seconds, HealthStatus expected) =>
        Assert.Equal(expected, ReadyCheck.Of(TimeSpan.FromSeconds(seconds)).Status);

    [Fact]
    public async Task Health_gives_up_on_a_host_that_does_not_answer()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var (exitCode, output) = await HostProcess.RunAsync("", ["health", "--urls", $"http://{silent.LocalEndpoint}"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("does not answer within", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Serve_listens_on_the_ports_of_the_image_and_prints_a_link_unless_told_not_to(bool link)
    {
        await using var database = await TestDatabase.CreateAsync();
        var port = Ports.Free();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var process = HostProgram.Run(
            ["serve", .. link ? Array.Empty<string>() : ["--no-sign-in-link"]], database.Spend.Options.ConnectionString,
            new() { ["HTTP_PORTS"] = $"{port}", ["ASPNETCORE_HTTP_PORTS"] = "1" }, redirect: true);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(await HostProgram.IsReadyAsync(process, client, TestContext.Current.CancellationToken));
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(link, (await output).Contains("/sign-in#", StringComparison.Ordinal));
    }
}
