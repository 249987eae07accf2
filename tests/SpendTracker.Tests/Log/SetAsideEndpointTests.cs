using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Benchmarks;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

/// <summary>What was set aside, over HTTP, as a command and as a metric.</summary>
public sealed class SetAsideEndpointTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>All that read the log: each sets aside what it does not know.</summary>
    private long Readers => _host.Database.Spend.Projections().Count;

    [Fact]
    public async Task It_is_listed_with_its_reason_and_what_was_written_and_a_retry_applies_what_can_be()
    {
        await _host.Database.ExecuteAsync("alter table spend.cost_line add constraint old check (workload <> 'support-chat')");
        var usage = await OtherProgram.WriteAsync(_host.Database, "token_usage_recorded", OtherProgram.Json(Given.Tokens()), """{"user": "somebody"}""");
        var unknown = await OtherProgram.WriteAsync(_host.Database, "no_such_type", """{"a": 1}""");

        var answer = await _host.GetUntilAsync("/api/v1/set-aside", a => a.GetProperty("total").GetInt64() == Readers + 1);
        var e = answer.GetProperty("items").EnumerateArray().Single(e => e.GetProperty("seqId").GetInt64() == usage);
        Assert.Equal(
            ["DailyUsage", "token_usage_recorded", "foreign", """{"user": "somebody"}"""],
            ((string[])["projection", "type", "stream", "headers"]).Select(name => e.GetProperty(name).GetString()));
        Assert.Contains("23514", e.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (e.GetProperty("attempts").GetInt32(), e.GetProperty("version").GetInt32()));

        await _host.Database.ExecuteAsync("alter table spend.cost_line drop constraint old");
        Assert.Equal((1, 0, Readers + 1), await RetryAsync($$"""{"seqId": {{unknown}}, "projection": "DailyUsage"}"""));
        Assert.Equal((1, 1, Readers), await RetryAsync($$"""{"seqId": {{usage}}}"""));
        Assert.Equal(((int)Readers, 0, Readers), await RetryAsync("{}"));
        Assert.Equal((0, 0, Readers), await RetryAsync("""{"seqId": 1}"""));
    }

    [Fact]
    public async Task The_total_is_of_the_moment_of_the_list_and_all_of_them_come_page_by_page()
    {
        // A list of one moment with a total of another would differ in one of these readings, while events are set aside.
        const int Events = 40;
        using var ended = new CancellationTokenSource();
        var reading = ReadAsync();
        for (var i = 0; i < Events; i++)
        {
            await OtherProgram.WriteAsync(_host.Database, "no_such_type", "{}");
        }

        await _host.GetUntilAsync("/api/v1/set-aside?limit=1", a => a.GetProperty("total").GetInt64() == Events * Readers);
        await ended.CancelAsync();
        Assert.True(await reading > 0);

        HashSet<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await GetAsync($"?limit=150{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.Equal(Events * Readers, page.GetProperty("total").GetInt64());
            Assert.All(page.GetProperty("items").EnumerateArray(), e => Assert.True(seen.Add($"{e.GetProperty("seqId")} {e.GetProperty("projection")}")));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        Assert.Equal(Events * Readers, seen.Count);

        async Task<int> ReadAsync()
        {
            for (var readings = 0; ; readings++)
            {
                var page = await GetAsync($"?limit={SetAsideEvents.MostListed}");
                Assert.Equal(Math.Min(page.GetProperty("total").GetInt64(), SetAsideEvents.MostListed), page.GetProperty("items").GetArrayLength());
                if (ended.IsCancellationRequested)
                {
                    return readings;
                }
            }
        }

        async Task<JsonElement> GetAsync(string query) =>
            await _host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/set-aside{query}", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("MSAyIHRocmVlIGZvdXI")]
    [InlineData("OTIyMzM3MjAzNjg1NDc3NTgwNyAxIHg")]
    public async Task A_cursor_that_no_page_gave_is_refused(string cursor)
    {
        using var response = await _host.Client.GetAsync(new Uri($"/api/v1/set-aside?cursor={cursor}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors").TryGetProperty("cursor", out _));
    }

    [Theory]
    [InlineData("""{"projection": "Nothing"}""", "projection")]
    [InlineData("""{"seqId": "one"}""", "seqId")]
    [InlineData("""{"seq": 1}""", "seq")]
    public async Task A_retry_that_makes_no_sense_names_the_field(string body, string field)
    {
        using var response = await _host.PostAsync("/api/v1/set-aside/retry", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData("record,read", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("record,publish", HttpStatusCode.Forbidden, HttpStatusCode.OK)]
    public async Task Looking_and_trying_again_need_a_scope_each(string? scopes, HttpStatusCode get, HttpStatusCode post)
    {
        var wanted = scopes?.Split(',').Select(SpendTracker.Contracts.EnumName.Parse<Scope>).ToArray();
        _host.Client.DefaultRequestHeaders.Authorization = wanted is null ? null : new("Bearer", await _host.IssueKeyAsync(wanted));
        using var list = await _host.Client.GetAsync(new Uri("/api/v1/set-aside", UriKind.Relative), TestContext.Current.CancellationToken);
        using var retry = await _host.PostAsync("/api/v1/set-aside/retry", "{}");

        Assert.Equal((get, post), (list.StatusCode, retry.StatusCode));
    }

    [Fact]
    public async Task The_command_lists_and_tries_again_and_says_by_its_exit_code_whether_something_is_left()
    {
        Assert.Equal((0, "Nothing is set aside."), await RunAsync("list"));
        await OtherProgram.WriteAsync(_host.Database, "no_such_type", "{}");
        await _host.GetUntilAsync("/api/v1/set-aside", a => a.GetProperty("total").GetInt64() == Readers);

        Assert.Equal((2, $"{Readers} set aside."), await RunAsync("list"));
        Assert.Equal((2, $"0 of 1 applied; {Readers} set aside."), await RunAsync("retry", "--projection", "DailyUsage"));
        await _host.Database.ExecuteAsync("update spend.mt_events set type = 'settings_changed' where type = 'no_such_type'; update spend.mt_events set data = (select data from spend.mt_events where type = 'settings_changed' and stream_id <> 'foreign') where stream_id = 'foreign'");
        Assert.Equal((0, $"{Readers} of {Readers} applied; 0 set aside."), await RunAsync("retry"));
    }

    [Fact]
    public async Task How_many_are_set_aside_now_is_a_metric_that_falls_again()
    {
        // The hosts of other tests are in this process too; ours is the one with five, and it must be the one that falls.
        const int Events = 5;
        Dictionary<Instrument, Dictionary<string, long>> seen = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "spendtracker.projection.set_aside.now")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            seen.TryAdd(instrument, []);
            seen[instrument][(string)tags[0].Value!] = value;
        });
        listener.Start();
        for (var i = 0; i < Events; i++)
        {
            await OtherProgram.WriteAsync(_host.Database, "no_such_type", "{}");
        }

        Instrument? ours = null;
        await UntilAsync(() => (ours = seen.FirstOrDefault(host => host.Value.Count == Readers && host.Value.Values.All(count => count == Events)).Key) is not null);
        await _host.Database.ExecuteAsync("delete from spend.event_set_aside");
        await UntilAsync(() => seen[ours!].Values.All(count => count == 0));

        async Task UntilAsync(Func<bool> condition)
        {
            for (var patience = Stopwatch.StartNew(); !condition(); await Task.Delay(10, TestContext.Current.CancellationToken))
            {
                Assert.True(patience.Elapsed < TimeSpan.FromSeconds(30), string.Join(", ", seen.Values.SelectMany(counts => counts)));
                listener.RecordObservableInstruments();
            }
        }
    }

    private async Task<(int Tried, int Applied, long Left)> RetryAsync(string body)
    {
        using var response = await _host.PostAsync("/api/v1/set-aside/retry", body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return (answer.GetProperty("tried").GetInt32(), answer.GetProperty("applied").GetInt32(), answer.GetProperty("left").GetInt64());
    }

    private async Task<(int ExitCode, string LastLine)> RunAsync(params string[] arguments)
    {
        var (exitCode, output, _) = await CommandFolder.RunHereAsync(_host.Database.Spend.Options.ConnectionString, ["set-aside", .. arguments]);
        return (exitCode, output.TrimEnd().Split('\n')[^1].Trim());
    }
}
