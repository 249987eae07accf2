using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Alerts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Tests.Access;

/// <summary>How much one caller may take of a host.</summary>
public sealed class LimitTests
{
    /// <summary>With one a second, they would have to take half a minute for all to get through.</summary>
    private const int Requests = 30;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_sends_more_than_its_rate_is_told_to_come_back_and_others_go_on()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Limits:KeyRequestsPerSecond"] = "1");
        var (busy, other) = (await host.IssueKeyAsync([Scope.Read]), await host.IssueKeyAsync([Scope.Read]));

        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(host, "/api/v1/workloads", busy)));

        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        await AssertRefusedAsync(Assert.IsType<HttpResponseMessage>(answers.FirstOrDefault(answer => answer.StatusCode != HttpStatusCode.OK)), "1 requests within a second");
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/api/v1/workloads", other)).StatusCode);
    }

    [Theory]
    [InlineData("spend_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "/api/v1/workloads", HttpStatusCode.Unauthorized)]
    [InlineData("revoked", "/api/v1/workloads", HttpStatusCode.Unauthorized)] // Though it was good a moment ago.
    [InlineData("valid", "/sign-in", HttpStatusCode.OK)] // Where a key does not count.
    [InlineData(null, "/api/v1/workloads", HttpStatusCode.Unauthorized)]
    [InlineData(null, "/sign-in", HttpStatusCode.OK)]
    public async Task An_address_without_a_valid_key_is_held_back_and_a_key_in_use_and_health_checks_are_not(string? key, string path, HttpStatusCode usual)
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Limits:AddressRequestsPerSecond"] = "1");
        var valid = await host.IssueKeyAsync([Scope.Read]);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/api/v1/workloads", valid)).StatusCode);
        key = key switch { "valid" => valid, "revoked" => await UsedAndRevokedAsync(host), _ => key };

        await Eventually.Async(async () => (await AskAsync(host, path, key)).StatusCode == usual); // Its first request is charged to the address, too.
        var answers = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(host, path, key)));

        await AssertRefusedAsync(Assert.IsType<HttpResponseMessage>(answers.FirstOrDefault(answer => answer.StatusCode != usual)), "from your address");
        Assert.All(await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(host, "/health/live", null))), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => AskAsync(host, "/api/v1/workloads", valid))), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task Expensive_queries_beyond_a_callers_turns_are_refused_and_all_else_goes_on()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Limits:QueryWait"] = "00:00:00.1");
        var (busy, other) = (await host.IssueKeyAsync([Scope.Read, Scope.Publish]), await host.IssueKeyAsync([Scope.Read, Scope.Publish]));
        var queries = host.Services.GetRequiredService<ExpensiveQueries>();
        var end = new TaskCompletionSource();
        var running = Enumerable.Range(0, 2).Select(_ => queries.RunAsync($"key:{busy.Split('_')[1]}", _ => end.Task, Cancel)).ToArray();

        foreach (var expensive in (string[])["/api/v1/events?workload=w", "/api/v1/costs/explain?month=2026-01", $"/api/v1/costs?knownOn={DateTime.UtcNow:yyyy-MM-dd}"])
        {
            await AssertRefusedAsync(await AskAsync(host, expensive, busy), "2 at a time for one caller");
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, expensive, other)).StatusCode);
        }

        foreach (var (path, body, type) in ((string, string, string)[])
            [("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":1}],"source":"s"}""", "application/json"),
             ("rates/import", """{"x":{"litellm_provider":"own","input_cost_per_token":1}}""", "application/json"), ("exchange-rates/import", "currency,date,rate\nEUR,2026-01-01,2", "text/csv")])
        {
            await AssertRefusedAsync(await PreviewAsync(host, path, body, type, busy), "2 at a time for one caller");
            Assert.Equal(HttpStatusCode.OK, (await PreviewAsync(host, path, body, type, other)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/api/v1/costs", busy)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(host, $"/api/v1/events?id={Guid.Empty}", busy)).StatusCode);
        end.SetResult();
        await Task.WhenAll(running);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/api/v1/events?workload=w", busy)).StatusCode);
    }

    [Fact]
    public async Task An_expensive_query_is_cancelled_in_the_database_when_its_time_is_up()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder.Configuration["SpendTracker:Limits:QueryTime"] = "00:00:00.5");
        await using var connection = await host.Database.Spend.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var alone = new NpgsqlCommand("lock table spend.daily_usage in access exclusive mode", connection))
        {
            await alone.ExecuteNonQueryAsync(Cancel);
        }

        using var answer = await AskAsync(host, "/api/v1/costs/explain?month=2026-01", host.Client.DefaultRequestHeaders.Authorization!.Parameter);

        await TestHost.ProblemAsync(answer, HttpStatusCode.GatewayTimeout);
        await Eventually.Async(async () => await WaitingAsync(host.Database.Spend.DataSource) == 0);
        await transaction.RollbackAsync(Cancel);
    }

    [Fact]
    public async Task Queries_wait_for_their_turn_two_of_a_caller_and_four_in_all()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var queries = new ExpensiveQueries(new LimitOptions { QueryWait = TimeSpan.FromMinutes(1) }, database.Store);
        List<(string Caller, TaskCompletionSource End)> begun = [];
        Task RunAsync(string caller) => queries.RunAsync(caller, _ =>
        {
            var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            begun.Add((caller, end));
            return end.Task;
        }, Cancel);

        var running = new[] { "a", "a", "a", "b", "b", "c" }.Select(RunAsync).ToArray();
        Assert.Equal(["a", "a", "b", "b"], begun.Select(query => query.Caller)); // A third of a waits for its own, c for the host.

        begun[2].End.SetResult();
        await Eventually.Async(() => begun.Count == 5);
        Assert.Equal("c", begun[4].Caller);
        begun[0].End.SetResult();
        await Eventually.Async(() => begun.Count == 6);
        begun.ForEach(query => query.End.TrySetResult());
        await Task.WhenAll(running);
    }

    [Fact]
    public async Task A_query_whose_turn_does_not_come_is_refused_one_that_lasts_is_cancelled_and_a_caller_who_leaves_has_left()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var queries = new ExpensiveQueries(new LimitOptions { QueriesPerHost = 1, QueryWait = TimeSpan.FromMilliseconds(100), QueryTime = TimeSpan.FromMilliseconds(100) }, database.Store);
        var end = new TaskCompletionSource();
        var running = queries.RunAsync("a", _ => end.Task, Cancel);

        await Assert.ThrowsAsync<TooManyQueriesException>(() => queries.RunAsync("b", _ => Task.CompletedTask, Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queries.RunAsync("b", _ => Task.CompletedTask, new CancellationToken(canceled: true)));
        end.SetResult();
        await running;
        await Assert.ThrowsAsync<QueryTimeException>(() => queries.RunAsync("a", token => Task.Delay(Timeout.Infinite, token), Cancel));
        using var leaving = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queries.RunAsync("a", token =>
        {
            leaving.Cancel();
            return Task.Delay(Timeout.Infinite, token);
        }, leaving.Token));
        await queries.RunAsync("b", _ => Task.CompletedTask, Cancel); // Each gave its turn back.
    }

    [Theory]
    [InlineData(2, 1.0, 8)]
    [InlineData(2, 0.99, 0)] // Ingestion was idle for more than half of the time.
    [InlineData(2, 0, 0)]
    [InlineData(0, 0, 0)]
    public void Beside_busy_ingestion_a_turn_rests_four_times_as_long_as_its_query_took(double took, double appended, double rest) => Assert.Equal(
        TimeSpan.FromSeconds(rest), ExpensiveQueries.RestAfter(TimeSpan.FromSeconds(took), TimeSpan.FromSeconds(appended)));

    /// <summary>A writer that waits for PostgreSQL appends, too: here, it waits for a lock.</summary>
    [Fact]
    public async Task Beside_busy_ingestion_the_next_query_waits_until_the_turn_has_rested()
    {
        await using var database = await TestDatabase.CreateAsync(events: new() { Writers = 1 });
        await using var queries = new ExpensiveQueries(new LimitOptions { QueriesPerHost = 1, QueryWait = TimeSpan.FromMilliseconds(100) }, database.Store);
        await queries.RunAsync("a", async _ =>
        {
            await using var connection = await database.DataSource.OpenConnectionAsync(Cancel);
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await using var alone = new NpgsqlCommand("lock table spend.mt_streams in access exclusive mode", connection);
            await alone.ExecuteNonQueryAsync(Cancel);
            var appending = database.RecordAsync(Given.Tokens());
            await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            await transaction.RollbackAsync(Cancel);
            await appending;
        }, Cancel);

        await Assert.ThrowsAsync<TooManyQueriesException>(() => queries.RunAsync("b", _ => Task.CompletedTask, Cancel));
    }

    [Fact]
    public void Unknown_keys_are_told_of_once_and_then_once_a_minute_with_a_count_and_never_with_a_secret()
    {
        var clock = new MinuteClock();
        using var logged = new LoggedLines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(logged));
        using var unknown = new UnknownKeys(clock, new Logger<UnknownKeys>(loggers));
        var secret = new string('a', 64);

        for (var i = 0; i < 1_000; i++)
        {
            unknown.Note(i == 999 ? $"spend_0123456789ab_{secret}" : $"hunter{i}", IPAddress.Parse("203.0.113.9"));
        }

        Assert.Contains("from 203.0.113.9.", Assert.Single(logged.All), StringComparison.Ordinal);
        clock.Pass();
        Assert.Equal(2, logged.All.Count);
        Assert.StartsWith("999 requests of the last minute", logged.All[1], StringComparison.Ordinal);
        Assert.Contains("from 203.0.113.9 with the id 0123456789ab", logged.All[1], StringComparison.Ordinal);
        clock.Pass(); // Nothing more: silence.
        Assert.Equal(2, logged.All.Count);
        unknown.Note("hunter", IPAddress.Loopback);
        Assert.Equal(3, logged.All.Count);
        Assert.DoesNotContain(logged.All, line => line.Contains(secret, StringComparison.Ordinal) || line.Contains("hunter", StringComparison.Ordinal));
    }

    private static async Task<string> UsedAndRevokedAsync(TestHost host)
    {
        var key = await host.IssueKeyAsync([Scope.Read]);
        await Eventually.Async(async () => (await AskAsync(host, "/api/v1/workloads", key)).StatusCode == HttpStatusCode.OK);
        await host.Services.GetRequiredService<ApiKeys>().RevokeAsync(key.Split('_')[1], "leaked", new Recorder("test"), Cancel);
        await Eventually.Async(async () => (await AskAsync(host, "/api/v1/workloads", key)).StatusCode == HttpStatusCode.Unauthorized);
        return key;
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, string why)
    {
        var problem = await TestHost.ProblemAsync(answer, HttpStatusCode.TooManyRequests);
        Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    private static async Task<HttpResponseMessage> PreviewAsync(TestHost host, string path, string body, string type, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{host.Address}/api/v1/{path}?dryRun=true") { Content = new StringContent(body, Encoding.UTF8, type) };
        request.Headers.Authorization = new("Bearer", key);
        return await host.Client.SendAsync(request, Cancel);
    }

    private static async Task<HttpResponseMessage> AskAsync(TestHost host, string path, string? key)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Address) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new("Bearer", key);
        return await http.SendAsync(request, Cancel);
    }

    /// <summary>Queries of explanations that wait for the lock.</summary>
    private static async Task<long> WaitingAsync(NpgsqlDataSource dataSource)
    {
        await using var command = dataSource.CreateCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name not like '%project%' and query like '%daily_usage%'");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    /// <summary>A clock whose timers ring when the test says so.</summary>
    private sealed class MinuteClock : TimeProvider
    {
        private readonly List<Timer> _timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)), (dueTime, period));
            var timer = new Timer(callback, this);
            _timers.Add(timer);
            return timer;
        }

        public void Pass() => _timers.ToList().ForEach(timer => timer.Callback(null));

        private sealed record Timer(TimerCallback Callback, MinuteClock Clock) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => Clock._timers.Remove(this);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
