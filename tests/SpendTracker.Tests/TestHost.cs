using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests;

/// <summary>The real host on a real port, over a database of the test's own.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHost(WebApplication app, TestDatabase database, HttpClient client)
    {
        _app = app;
        Database = database;
        Client = client;
    }

    public TestDatabase Database { get; }

    /// <summary>Sends an API key with every scope, for any source.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public string Address => _app.Urls.First();

    /// <param name="configure">Settings, logging and services of the test's own.</param>
    public static async Task<TestHost> StartAsync(TestDatabase? database = null, Action<WebApplicationBuilder>? configure = null)
    {
        database ??= await TestDatabase.CreateAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(SpendTrackerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["SpendTracker:Anomalies:Watch"] = "false"; // It would append to the log of whoever tests something else for more than ten seconds.
        configure?.Invoke(builder);
        var app = SpendTrackerHost.Build(builder, database.Spend);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var host = new TestHost(app, database, new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) });
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await host.IssueKeyAsync("test", Enum.GetValues<Scope>(), [], anySource: true));
        return host;
    }

    /// <returns>A key that takes ids of its own source, <c>test</c>.</returns>
    public Task<string> IssueKeyAsync(IReadOnlyList<Scope> scopes, params string[] workloads) => IssueKeyAsync("test", scopes, workloads, anySource: false);

    public Task<string> IssueKeyAsync(string name, IReadOnlyList<Scope> scopes, string[] workloads, bool anySource) => Services.GetRequiredService<ApiKeys>()
        .IssueAsync(name, scopes, workloads, anySource, new Recorder("test"), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostAsync(string path, string body, string contentType = "application/json") => SendAsync(HttpMethod.Post, path, body, contentType);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts usage and gives the answer, whatever its status.</summary>
    public async Task<(HttpStatusCode Status, UsageResponse Answer)> RecordAsync(string body, string contentType = "application/json")
    {
        using var response = await PostAsync("/api/v1/usage", body, contentType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonSerializer.Deserialize(text, ContractsJson.Default.UsageResponse) ?? throw new InvalidOperationException(text));
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>An answer that is a problem of some status, as RFC 9457 has it.</summary>
    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(
            (response.StatusCode, response.Content.Headers.ContentType?.MediaType) == (status, "application/problem+json"),
            $"{response.RequestMessage?.RequestUri} answered {response.StatusCode} instead of {status}: {text}");
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    /// <summary>Asks again until the answer is as expected: projections are a moment behind, so that what was just written may also be unknown yet.</summary>
    public async Task<JsonElement> GetUntilAsync(string path, Func<JsonElement, bool> expected)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            using var response = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            if (response.StatusCode != HttpStatusCode.NotFound)
            {
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                if (expected(answer))
                {
                    return answer;
                }
            }

            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1), $"{path} stays at {answer}");
            await Task.Delay(10, TestContext.Current.CancellationToken); // A look each time; the cores are for the projections.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }
}
