using System.Diagnostics;
using System.Net;
using SpendTracker.LocalPostgres;
using SpendTracker.Tests.LocalPostgres;

namespace SpendTracker.Tests.Faults;

/// <summary>PostgreSQL goes away, on a server of the test's own that flushes as in production.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private readonly ServerFolder _folder = new();
    private LocalServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StartServerAsync();
        await _server.CreateDatabaseIfMissingAsync("spendtracker", TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task While_PostgreSQL_is_down_callers_get_503_with_Retry_After_and_afterwards_all_is_well_by_itself()
    {
        await using var host = await TestHost.StartAsync(await OpenAsync());
        var (before, _) = await host.RecordAsync(Given.TokensJson("before"));
        await _server.StopAsync(TestContext.Current.CancellationToken);

        foreach (var ask in (Func<Task<HttpResponseMessage>>[])
            [
                () => host.PostAsync("/api/v1/usage", Given.TokensJson("during")),
                () => host.Client.GetAsync(new Uri("/api/v1/costs", UriKind.Relative), TestContext.Current.CancellationToken),
            ])
        {
            using var down = await ask();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, down.StatusCode);
            Assert.Equal("1", down.Headers.RetryAfter?.ToString());
            Assert.Equal("application/problem+json", down.Content.Headers.ContentType?.MediaType);
        }

        using (var ready = await host.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken))
        using (var live = await host.Client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
        }

        _server = await StartServerAsync();
        HttpStatusCode after = default;
        await Eventually.Async(async () =>
        {
            using var response = await host.PostAsync("/api/v1/usage", Given.TokensJson("during"));
            after = response.StatusCode;
            return after == HttpStatusCode.OK;
        });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before, after));
        await host.GetUntilAsync(
            $"/api/v1/costs?from={BillingPeriod.Of(Given.Day)}&to={BillingPeriod.Of(Given.Day)}",
            costs => costs.GetProperty("total").GetProperty("actual").GetDecimal() == 2 * 0.0035m);
    }

    private Task<LocalServer> StartServerAsync() => LocalServer.StartAsync(
        new() { Name = "crash", Folder = _folder.Server }, TestContext.Current.CancellationToken);

    private Task<TestDatabase> OpenAsync() => TestDatabase.CreateAsync(Task.FromResult(_server.ConnectionString("spendtracker") + ";Timeout=5"));
}
