using System.Net;
using Npgsql;
using SpendTracker.Benchmarks;

namespace SpendTracker.Tests.Deploy;

/// <summary>PostgreSQL fails over: for a while no server takes writes.</summary>
public sealed class FailoverTests
{
    [Theory]
    [InlineData(false)] // One address, whose server only reads for a while.
    [InlineData(true)] // A list of servers, one of them gone.
    public async Task Callers_are_told_to_come_again_while_no_server_takes_writes_and_are_served_as_soon_as_one_does(bool list)
    {
        var settings = new NpgsqlConnectionStringBuilder(await TestServer.CreateDatabaseAsync(empty: false));
        if (list)
        {
            settings.Host = $"127.0.0.1:{Ports.Free()},{settings.Host}:{settings.Port}";
            settings.TargetSessionAttributes = "read-write";
            settings.HostRecheckSeconds = 1;
        }

        await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(settings.ConnectionString)));
        Assert.Equal(HttpStatusCode.OK, await RecordAsync(host, "before"));

        await TestServer.ChangeDatabaseAsync(host.Database, "set default_transaction_read_only = on");
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await RecordAsync(host, "meanwhile"));
        }

        await TestServer.ChangeDatabaseAsync(host.Database, "reset default_transaction_read_only");
        var month = BillingPeriod.Of(Given.Day);
        await ServedAsync(() => RecordAsync(host, "meanwhile"));
        await ServedAsync(async () =>
        {
            // By another pool, whose sessions have ended as well.
            using var response = await host.Client.GetAsync(new Uri($"/api/v1/costs?from={month}&to={month}", UriKind.Relative), TestContext.Current.CancellationToken);
            return response.StatusCode;
        });
        await host.GetUntilAsync($"/api/v1/costs?from={month}&to={month}&by=workload", costs => costs.GetRawText().Contains("support-chat", StringComparison.Ordinal));
        Assert.Equal(2, await host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'token_usage_recorded'"));
    }

    private static Task<TimeSpan> ServedAsync(Func<Task<HttpStatusCode>> call) => Eventually.Async(async () =>
    {
        var status = await call();
        Assert.Contains(status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]);
        return status == HttpStatusCode.OK;
    });

    private static async Task<HttpStatusCode> RecordAsync(TestHost host, string id)
    {
        using var response = await host.PostAsync("/api/v1/usage", Given.TokensJson(id));
        return response.StatusCode;
    }
}
