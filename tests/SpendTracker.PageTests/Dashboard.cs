using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Npgsql;
using SpendTracker.Access;
using SpendTracker.Benchmarks;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.LocalPostgres;
using SpendTracker.Tests;
using SpendTracker.Usage;
using SpendTracker.Web.Access;
using SpendTracker.Web.Commands;
using SpendTracker.Web.Hosting;

namespace SpendTracker.PageTests;

/// <summary>
/// The real site over a database of the test's own, and browsers that look at it. It runs in this process, where its code is compiled
/// once for all tests: a program of its own takes two seconds of a core to start, and compiles each page anew. Tests of the program itself start one.
/// </summary>
public sealed class Dashboard : IAsyncDisposable
{
    private static readonly string Program = typeof(Dashboard).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Site").Value!;

    private readonly string _connectionString;
    private readonly int _port = Ports.Free();
    private readonly HttpClient _client;
    private readonly List<IBrowserContext> _contexts = [];
    private readonly ConcurrentQueue<string> _refused = [];
    private readonly bool _isProgram;
    private readonly TimeProvider? _clock;
    private string? _signedIn;
    private Process? _program;
    private OpenedDatabase? _opened;
    private WebApplication? _app;

    private Dashboard(string connectionString, string key, bool isProgram, TimeProvider? clock)
    {
        _connectionString = connectionString;
        _isProgram = isProgram;
        _clock = clock;
        _client = new HttpClient { BaseAddress = new Uri(Address) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public static string Month => DateTime.UtcNow.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static string MonthName => DateTime.UtcNow.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    public string Address => $"http://127.0.0.1:{_port}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="server">The run's shared server, unless the test needs one to pull the plug of.</param>
    /// <param name="opened">When the database is set up, and the first prices are known; now unless the test asks for the past.</param>
    /// <param name="isProgram">Whether the site is a program of its own, as it is shipped.</param>
    /// <param name="clock">The site's; the system's unless the test has one.</param>
    public static async Task<Dashboard> StartAsync(LocalServer? server = null, DateTimeOffset? opened = null, bool isProgram = false, TimeProvider? clock = null)
    {
        _ = Browser.Running; // Skips before anything is started.
        var name = $"pages_{Guid.NewGuid():n}";
        if (server is null && opened is null)
        {
            await Browser.CreateDatabaseAsync(name, Cancel);
        }

        server ??= Browser.Server;
        await server.CreateDatabaseIfMissingAsync(name, Cancel);
        await using var database = await OpenDatabaseAsync(server.ConnectionString(name), opened);
        var key = await database.Get<ApiKeys>().IssueAsync("page-tests", Enum.GetValues<Scope>(), [], anySource: false, new Recorder("test"), Cancel);
        var dashboard = new Dashboard(server.ConnectionString(name), key, isProgram, clock);
        await dashboard.StartHostAsync();
        return dashboard;
    }

    private static Task<SpendDatabase> OpenDatabaseAsync(string connectionString, DateTimeOffset? now = null) => SpendDatabase.OpenAsync(
        new() { ConnectionString = $"{connectionString};Pooling=false", Clock = now is { } past ? new FixedClock(past) : TimeProvider.System }, Cancel);

    public Task StartHostAsync() => _isProgram ? StartProgramAsync() : StartHereAsync();

    /// <summary>Signs in, once.</summary>
    public string SignInLink { get; private set; } = "";

    /// <summary>A new link, where the clock has gone on since the last one.</summary>
    public async Task LinkAgainAsync() =>
        SignInLink = SignIn.Link(Address, await _app!.Services.GetRequiredService<SignInLinks>().IssueAsync("Administrator", Role.Admin, new Recorder("host:start"), Cancel));

    /// <summary>Without a word to anybody where it is a program.</summary>
    public async Task StopHostAsync()
    {
        if (_program is { HasExited: false })
        {
            _program.Kill(entireProcessTree: true);
            await _program.WaitForExitAsync(CancellationToken.None);
        }

        _program?.Dispose();
        _program = null;
        if (_app is not null)
        {
            await _app.StopAsync(CancellationToken.None);
            await _app.DisposeAsync();
            await _opened!.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>A page in a browser of its own where somebody is signed in.</summary>
    public async Task<IPage> OpenAsync(string path, int width = 1280, ColorScheme look = ColorScheme.Light)
    {
        var page = await NewSignedInPageAsync(width, look);
        await GoAsync(page, path);
        return page;
    }

    /// <summary>An empty page in a browser that has fetched nothing yet, but where somebody is signed in.</summary>
    public async Task<IPage> NewSignedInPageAsync(int width = 1280, ColorScheme look = ColorScheme.Light)
    {
        var page = await NewPageAsync(new() { StorageState = _signedIn, ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = look });
        if (_signedIn is null)
        {
            // As the link's own page does, but without a page: SignInTests follow the link.
            var form = page.APIRequest.CreateFormData().Set("token", SignInLink[(SignInLink.IndexOf('#', StringComparison.Ordinal) + 1)..]);
            var answer = await page.APIRequest.PostAsync($"{Address}/sign-in", new() { Form = form, MaxRedirects = 0 });
            Assert.Equal((int)HttpStatusCode.Found, answer.Status);
            _signedIn = await page.Context.StorageStateAsync();
        }

        return page;
    }

    /// <summary>
    /// Opens an address, and waits until the page answers: as it connects, its elements are made anew, and a click on an old
    /// one goes nowhere.
    /// </summary>
    public async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(Address + path);
        await Assertions.Expect(page.Locator("main[data-answers]")).ToBeVisibleAsync();
    }

    /// <summary>A page in a browser that has never been here.</summary>
    public async Task<IPage> NewPageAsync(BrowserNewContextOptions options)
    {
        var context = await Browser.Running.NewContextAsync(options);
        context.SetDefaultTimeout(30_000);
        _contexts.Add(context);
        context.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                _refused.Enqueue($"{message.Page?.Url}: {message.Text}");
            }
        };
        return await context.NewPageAsync();
    }

    /// <summary>How often the site's content security policy kept browsers from something.</summary>
    public int Refused => _refused.Count;

    /// <summary>What the site's content security policy kept browsers from; forgotten then. At the end of every test it must be nothing.</summary>
    public IReadOnlyList<string> TakeRefused()
    {
        string[] refused = [.. _refused];
        _refused.Clear();
        return refused;
    }

    public Task RecordAsync(params object[] usage) => PostAsync("usage", usage);

    /// <summary>Usage that was recorded at an earlier time.</summary>
    public async Task RecordAtAsync(DateTimeOffset recordedAt, TokenUsageRecorded usage)
    {
        await using var database = await OpenDatabaseAsync(_connectionString, recordedAt);
        await database.Store.AppendAsync([new EventToAppend(UsageStream.Of(usage, TimeZoneInfo.Utc), Guid.CreateVersion7(), usage, new Recorder("test"))], Cancel);
    }

    /// <summary>A day that was found to be unusual.</summary>
    public async Task DetectAsync(Guid id, AnomalyDetected detected)
    {
        await using var database = await OpenDatabaseAsync(_connectionString);
        await database.Store.AppendAsync([new EventToAppend($"anomaly/{id}", id, detected, new Recorder("test"))], Cancel);
    }

    public Task CorrectAsync(string id, string reason, object? replacement = null) =>
        PostAsync("usage/corrections", new { corrects = new { id }, reason, replacement });

    public Task PublishAsync(string sku, string meter, decimal price, decimal per = 1, string currency = "USD") => PostAsync(
        "rates", new { sku, effectiveFrom = "2020-01-01", currency, prices = new[] { new { meter, price, per } }, source = "test" });

    public Task RegisterAsync(string workload, string name, string team) =>
        PostAsync("workloads", new { workload, name, team, approach = "prompt-engineering" });

    /// <param name="month">Like <c>2026-11</c>; the current one unless another is said.</param>
    public Task EstimateAsync(string workload, decimal amount, string? month = null) => PostAsync(
        "estimates", new { workload, approach = "prompt-engineering", from = month ?? Month, to = month ?? Month, currency = "USD", lines = new[] { new { component = "usage", amount } } });

    /// <summary>What another program does to the database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create($"{_connectionString};Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>An event as another program writes it.</summary>
    public Task WriteForeignAsync(string type, string data, string headers = "null", string stream = "foreign") => ExecuteAsync(
        $"""
        with head as (
            insert into spend.mt_streams as s (id, version) values ('{stream}', 1)
            on conflict (tenant_id, id) do update set version = s.version + 1 returning version)
        insert into spend.mt_events (seq_id, id, stream_id, version, data, type, headers)
        select nextval('spend.mt_events_sequence'), gen_random_uuid(), '{stream}', version, '{data}', '{type}', {headers} from head
        """);

    /// <summary>A sign-in link for somebody who may only look, or has another role.</summary>
    public async Task<string> SignInLinkAsync(Role role = Role.Viewer, params string[] teams)
    {
        await using var database = await OpenDatabaseAsync(_connectionString);
        return $"{Address}/sign-in#{await database.Get<SignInLinks>().IssueAsync($"{role}{teams.FirstOrDefault()}", role, teams, new Recorder("test"), Cancel)}";
    }

    /// <summary>Gives a person another role; null takes it away.</summary>
    public async Task ChangeRoleAsync(string person, Role? role)
    {
        await using var database = await OpenDatabaseAsync(_connectionString);
        await (role is { } given ? (Task)database.Get<People>().GiveAsync(person, given, new Recorder("test"), Cancel) : database.Get<People>().RemoveAsync(person, new Recorder("test"), Cancel));
    }

    /// <summary>Tokens that were used just now, or when it is said.</summary>
    public static object Tokens(string workload, long input, long output = 0, string sku = "test/large", string? variant = null, string? id = null, DateTime? usedAt = null) => new
    {
        type = "token_usage_recorded",
        id = id ?? Guid.NewGuid().ToString(),
        workload,
        approach = "prompt-engineering",
        provider = sku.Split('/')[0],
        model = sku.Split('/')[1],
        inputTokens = input,
        outputTokens = output,
        usedAt = usedAt ?? DateTime.UtcNow,
        variant,
    };

    public async Task<JsonElement> GetAsync(string path) => await _client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/{path}", UriKind.Relative), Cancel);

    public Task PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>A monthly budget of dollars, from the current month on unless something else is said.</summary>
    public Task SetBudgetAsync(string id, string name, decimal amount, object? scope = null, object[]? thresholds = null, string currency = "USD", string? from = null) => SendAsync(
        HttpMethod.Put, $"budgets/{id}", new { name, scope = scope ?? new { }, period = new { kind = "month", from = from ?? Month }, currency, amount, thresholds = thresholds ?? [] });

    /// <summary>Two options from the current month on, one of them with a model that has no price, watched by a workload of the plan's name.</summary>
    public Task SubmitPlanAsync(string id, string name, decimal requests) => SendAsync(HttpMethod.Put, $"plans/{id}", new
    {
        assumptions = new
        {
            name, from = Month, months = 12, requestsPerMonth = new { low = requests / 2, expected = requests, high = requests },
            options = new object[]
            {
                new
                {
                    name = "Prompts", approach = "prompt-engineering", retirement = new { month = Month, cost = 1 },
                    routes = new[] { new { sku = $"test/{name}", inputTokens = new { low = 1, expected = 900, high = 1_200 }, outputTokens = 100, prices = new[] { new { meter = "input-tokens", price = 1, per = 1_000 }, new { meter = "output-tokens", price = 1, per = 1_000 } } } },
                },
                new { name = $"Tuned {name}", approach = "fine-tuning", infrastructurePerMonth = new { low = 1, expected = 5, high = 1_000_000 }, routes = new[] { new { sku = "test/nobody", inputTokens = 1, outputTokens = 1 } } },
            },
        },
        watch = new { workload = name, option = "Prompts" },
        note = name,
    });

    /// <summary>As any client should: a 503 names the time after which the same may be sent again.</summary>
    private async Task SendAsync(HttpMethod method, string path, object body)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, new Uri($"/api/v1/{path}", UriKind.Relative)) { Content = JsonContent.Create(body) };
            using var response = await _client.SendAsync(request, Cancel);
            if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
            {
                return;
            }

            Assert.True(response is { StatusCode: HttpStatusCode.ServiceUnavailable } && attempt < 10, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync(Cancel)}");
            await Task.Delay(response.Headers.RetryAfter!.Delta!.Value, Cancel);
        }
    }

    private async Task StartProgramAsync()
    {
        _program = Process.Start(new ProcessStartInfo("dotnet", [Program, "serve", "--urls", Address])
        {
            RedirectStandardOutput = true,
            Environment = { ["ConnectionStrings__spendtracker"] = _connectionString, ["Logging__LogLevel__Default"] = "Critical" },
        })!;
        while (await _program.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("Sign in", StringComparison.Ordinal))
            {
                SignInLink = line[line.IndexOf("http", StringComparison.Ordinal)..];
                _ = _program.StandardOutput.ReadToEndAsync(CancellationToken.None); // Else a full pipe would stop it.
                return;
            }
        }

        throw new InvalidOperationException("The host ended before it was ready.");
    }

    /// <summary>As the program does.</summary>
    private async Task StartHereAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(SpendTrackerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration["ConnectionStrings:spendtracker"] = _connectionString;
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address);
        _opened = await OpenedDatabase.OpenAsync(builder.Configuration, NullLoggerFactory.Instance, OpenedDatabase.Serve, reset: false, progress: null, Cancel, _clock);
        _app = SpendTrackerHost.Build(builder, _opened.Database);
        await _app.StartAsync(Cancel);
        await LinkAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts)
        {
            await context.CloseAsync();
        }

        _client.Dispose();
        await StopHostAsync();
        Assert.Empty(TakeRefused());
    }
}
