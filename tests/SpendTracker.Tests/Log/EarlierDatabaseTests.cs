using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Npgsql;

namespace SpendTracker.Tests.Log;

/// <summary>
/// A database of an earlier build opens and is migrated without touching an event. It is <c>database-of-6a64aec.sql</c>; how it
/// was made is written there. Beside it is what a host of that build answered.
/// </summary>
public sealed class EarlierDatabaseTests : IAsyncLifetime
{
    /// <summary>The sequence number of the last event in the file.</summary>
    private const long LastEvent = 135;

    /// <summary>The sum of all events, then of all streams' versions. Columns are those that the log had then.</summary>
    private static readonly string Checksum =
        $"""
        select md5(string_agg(e::text, e'\n' order by seq_id)) from (
            select seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived
            from spend.mt_events where seq_id <= {LastEvent}) as e
        union all
        select md5(string_agg(s.id || ' ' || s.version, e'\n' order by s.id)) from spend.mt_streams as s
        where s.id in (select stream_id from spend.mt_events where seq_id <= {LastEvent})
        """;

    /// <summary>When the earlier host answered. Budgets and forecasts depend on the day.</summary>
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 3, 30, 8, 0, 0, TimeSpan.Zero));

    private string _connectionString = null!;
    private IReadOnlyList<string> _before = [];
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await TestServer.CreateDatabaseAsync(empty: true);
        await using (var earlier = NpgsqlDataSource.Create(_connectionString))
        {
            await using var load = earlier.CreateCommand(await ReadAsync("database-of-6a64aec.sql"));
            await load.ExecuteNonQueryAsync(Cancel);
        }

        _before = await ChecksumAsync();
        _database = await TestDatabase.CreateAsync(Task.FromResult(_connectionString), clock: Clock);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Opening_changes_no_event_adds_but_the_age_of_exchange_rates_and_leaves_the_tables_as_Marten_wants_them()
    {
        Assert.Equal(_before[0], (await ChecksumAsync())[0]);
        Assert.Equal(
            ["""settings_changed {"exchangeRateDays": 45, "reportingCurrency": "USD", "reportingTimeZone": "Europe/Berlin", "exchangeRateDaysFrom": "2026-03-01"}"""],
            await _database.TextsAsync($"select type || ' ' || data::text from spend.mt_events where seq_id > {LastEvent}"));
        await _database.Spend.Marten.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Cancel);
        Assert.Empty(await _database.BrokenStreamsAsync());
    }

    [Fact]
    public async Task A_host_answers_as_the_earlier_host_did_and_goes_on_from_there()
    {
        await using var host = await TestHost.StartAsync(_database);

        var differences = await DifferencesAsync(host);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(["settings_changed", "api_key_issued"], await _database.TextsAsync($"select type from spend.mt_events where seq_id > {LastEvent}")); // The age of exchange rates, and the test's own key.

        // The addresses of channels can be decrypted: the message fails at its receiver, which runs no longer.
        using var told = await host.PostAsync("/api/v1/channels/ops/test", "{}");
        Assert.DoesNotContain("decrypt", await told.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        var spent = SpentOn(await host.GetAsync("/api/v1/costs?from=2026-03"));
        Assert.Equal(HttpStatusCode.OK, (await host.RecordAsync(Given.TokensJson("new", usedAt: "2026-03-30T07:00:00Z"))).Status);
        using var registered = await host.PostAsync("/api/v1/workloads", """{"workload":"new","name":"New","team":"Support","approach":"hybrid"}""");
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        await host.GetUntilAsync("/api/v1/costs?from=2026-03", costs => SpentOn(costs) == spent + 0.0035m); // 1,000 tokens at $2.50 and 100 at $10 a million.
        await host.GetUntilAsync("/api/v1/workloads", workloads => workloads.GetProperty("items").EnumerateArray().Any(workload => workload.GetProperty("id").GetString() == "new"));

        await _database.ProjectAsync();
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
        Assert.Equal(_before[0], (await ChecksumAsync())[0]); // A stream has gone on, the earlier events are as they were.
    }

    private static decimal SpentOn(JsonElement costs) => costs.GetProperty("total").GetProperty("actual").GetDecimal();

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "SpendTracker.Tests", "Log", file), Cancel);

    /// <summary>On a connection of its own: rows are written as text by a session's settings.</summary>
    private async Task<IReadOnlyList<string>> ChecksumAsync()
    {
        await using var dataSource = NpgsqlDataSource.Create(_connectionString);
        await using var command = dataSource.CreateCommand(Checksum);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        List<string> sums = [];
        while (await reader.ReadAsync(Cancel))
        {
            sums.Add(reader.GetString(0));
        }

        return sums;
    }

    /// <summary>Where today's answers differ from the earlier ones. Asks again for a while: forecasts are read again after twenty times as long as the last reading took.</summary>
    private static async Task<IReadOnlyList<string>> DifferencesAsync(TestHost host)
    {
        using var earlier = JsonDocument.Parse((await ReadAsync("answers-of-6a64aec.json")).Replace("+00:00\"", "Z\"", StringComparison.Ordinal)); // The same times, written one way now.
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            List<string> differences = [];
            foreach (var answer in earlier.RootElement.EnumerateObject())
            {
                Compare(answer.Name, answer.Value, await host.GetAsync(answer.Name.Replace("/v1/", "/v0/", StringComparison.Ordinal)), differences);
            }

            if (differences.Count == 0 || Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1))
            {
                return differences;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken); // A look each time; the cores are for the host.
        }
    }

    /// <summary>
    /// An answer may have got members since; those that it had must be the same. How often what is set aside was tried is left out: a
    /// read model with another layout reads the log again. And a read model that came since sets aside what it cannot read, too.
    /// </summary>
    private static void Compare(string place, JsonElement then, JsonElement now, List<string> differences)
    {
        switch (then.ValueKind)
        {
            case JsonValueKind.Object when now.ValueKind == JsonValueKind.Object:
                foreach (var member in then.EnumerateObject())
                {
                    Compare($"{place} {member.Name}", member.Value, now.TryGetProperty(member.Name, out var value) ? value : default, differences);
                }

                break;
            case JsonValueKind.Array when place == "/api/v1/set-aside events":
                foreach (var one in then.EnumerateArray())
                {
                    Compare($"{place} {Which(one)}", one, now.EnumerateArray().SingleOrDefault(other => Which(other) == Which(one)), differences);
                }

                break;
            case JsonValueKind.Number when (place == "/api/v1/set-aside total" || place.EndsWith(" setAside", StringComparison.Ordinal)) && now.ValueKind == JsonValueKind.Number:
                if (now.GetInt32() < then.GetInt32())
                {
                    differences.Add($"{place}: was {then}, is {now}");
                }

                break;
            case JsonValueKind.Array when now.ValueKind == JsonValueKind.Array && then.GetArrayLength() == now.GetArrayLength():
                for (var i = 0; i < then.GetArrayLength(); i++)
                {
                    Compare($"{place} [{i}]", then[i], now[i], differences);
                }

                break;
            case var _ when now.ValueKind == JsonValueKind.Undefined || !JsonElement.DeepEquals(then, now):
                differences.Add($"{place}: was {then}, is {now}");
                break;
        }
    }

    private static string Which(JsonElement setAside) => $"{setAside.GetProperty("projection").GetString()} {setAside.GetProperty("seqId").GetInt64()}";
}
