using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

/// <summary>Events that cannot be applied stop nothing, and none of them vanishes.</summary>
public sealed class PoisonTests
{
    private const string Hosting = """{"workload":"w","approach":"hybrid","sku":"a/b","hours":1,"periodStart":"START","periodEnd":"END"}""";
    private const string Rate = """{"sku":"a/b","effectiveFrom":"DAY","currency":"USD","prices":[PRICES],"source":"s"}""";

    private static readonly string Good = OtherProgram.Json(Given.Tokens());

    private sealed record Poison(string Reason, string Type, string Data, string? Headers = null, string Column = "mt_dotnet_type", string Sql = "null")
    {
        public static Poison Usage(string reason, string? headers = null, string column = "causation_id", string sql = "null") => new(reason, "token_usage_recorded", Good, headers, column, sql);
    }

    private static readonly Poison[] Unreadable =
    [
        new("Event type 'no_such_type' is not known.", "no_such_type", "{}"),
        new("missing required", "token_usage_recorded", """{"workload": "w"}"""),
        Poison.Usage("Version 2", """{"schemaVersion": 2}"""),
        Poison.Usage("Its schemaVersion is no number.", """{"schemaVersion": "two"}"""),
        Poison.Usage("Its schemaVersion is no number.", """{"schemaVersion": [1]}"""),
        Poison.Usage("Its headers are no JSON object.", "[1]"),
        Poison.Usage("Its headers are no JSON object.", "\"text\""),
        Poison.Usage("Its data are binary.", column: "bdata", sql: @"'\x00'"),
        Poison.Usage("It has no tenant.", column: "tenant_id", sql: "null"),
        Poison.Usage("It was recorded before 2000", column: "timestamp", sql: "'infinity'"),
        Poison.Usage("It was recorded before 2000", column: "timestamp", sql: "'-infinity'"),
        Poison.Usage("It was recorded before 2000", column: "timestamp", sql: "'4000-01-01 BC'"),
        new("JSON value could not be converted", "charge_recorded", """{"workload":"w","approach":"hybrid","component":"other","amount":1e40,"currency":"USD","chargedAt":"2026-01-01T00:00:00Z"}"""),
        new("It is larger than 1 MiB.", "token_usage_recorded", $$"""{"workload": "{{new string('x', 2_000_000)}}"}"""),
        new("could not be converted", "token_usage_recorded", $$"""{"workload": {{new string('[', 3_000)}}{{new string(']', 3_000)}} }"""),
    ];

    private static readonly Poison[] Inapplicable =
    [
        new("It happened before 2000", "token_usage_recorded", Good.Replace(Given.Day.ToString("yyyy-MM-dd"), "0001-01-01", StringComparison.Ordinal)),
        new("Its period is empty", "hosting_hours_recorded", Hosting.Replace("START", "2001-01-01T00:00:00Z", StringComparison.Ordinal).Replace("END", "9999-12-31T23:59:59Z", StringComparison.Ordinal)),
        new("Its period is empty", "hosting_hours_recorded", Hosting.Replace("START", "2026-01-01T00:00:00Z", StringComparison.Ordinal).Replace("END", "2026-01-01T00:00:00Z", StringComparison.Ordinal)),
        new("A number is negative.", "token_usage_recorded", Good.Replace("1000", "-1", StringComparison.Ordinal)),
        new("A number is too large.", "token_usage_recorded", Good.Replace("1000", "9223372036854775807", StringComparison.Ordinal)),
        new("exactly one of labourHours", "dataset_prep_recorded", """{"workload":"w","dataset":"d","activity":"label","preparedAt":"2026-01-01T00:00:00Z"}"""),
        new("out of range", "rate_published", Rate.Replace("DAY", "0001-01-01", StringComparison.Ordinal).Replace("PRICES", """{"meter":"items","price":1}""", StringComparison.Ordinal)),
        new("out of range", "rate_published", Rate.Replace("DAY", "2026-01-01", StringComparison.Ordinal).Replace("PRICES", """{"meter":"items","price":1,"per":0}""", StringComparison.Ordinal)),
        new("Object reference", "rate_published", Rate.Replace("DAY", "2026-01-01", StringComparison.Ordinal).Replace("PRICES", "null", StringComparison.Ordinal)),

        // Only PostgreSQL finds these: the meter twice breaks a key, and the SKU is longer than a key may be.
        new("23505", "rate_published", Rate.Replace("DAY", "2026-01-01", StringComparison.Ordinal).Replace("PRICES", """{"meter":"items","price":1},{"meter":"items","price":2}""", StringComparison.Ordinal)),
        new("54000", "token_usage_recorded", Good.Replace("gpt-4o", Convert.ToHexString(System.Security.Cryptography.SHA512.HashData([1])) + string.Concat(Enumerable.Range(0, 400).Select(_ => Guid.NewGuid().ToString("n"))), StringComparison.Ordinal)),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20_000)]
    public async Task Whatever_another_program_writes_all_other_events_are_counted_once_and_it_is_set_aside_with_its_reason(int pageEvents)
    {
        await using var database = await OpenAsync(pageEvents);
        Dictionary<long, string> expected = [];
        foreach (var poison in Unreadable.Concat(Inapplicable))
        {
            await database.RecordAsync(Given.Tokens(), Given.Tokens());
            expected.Add(await OtherProgram.WriteAsync(database, poison.Type, poison.Data, poison.Headers, columns: poison.Column == "mt_dotnet_type" ? [] : [(poison.Column, poison.Sql)]), poison.Reason);
        }

        await database.RecordAsync(Given.Tokens());
        await database.ProjectAsync();

        var good = 2 * expected.Count + 1;
        Assert.Equal((decimal)good, await database.ScalarAsync<decimal>("select sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
        Assert.Equal(good * 1_000m, await database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        var setAside = (await database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, TestContext.Current.CancellationToken)).Items.Where(e => e.Projection == "DailyUsage").OrderBy(e => e.SeqId).ToArray();
        Assert.Equal(expected.Keys, setAside.Select(e => e.SeqId));
        Assert.All(setAside, e => Assert.Contains(expected[e.SeqId], e.Reason, StringComparison.Ordinal));
        await AssertIsWhatAReplayGivesAsync(database);
    }

    [Fact]
    public async Task An_estimate_without_a_month_stops_no_other_estimate()
    {
        await using var database = await OpenAsync(20_000);
        await SubmitAsync(database, Given.Estimate(1));
        var poison = await OtherProgram.WriteAsync(database, "estimate_submitted", OtherProgram.Json(Given.Estimate(2) with { From = "soon" }));
        await SubmitAsync(database, Given.Estimate(3));
        await database.ProjectAsync();

        Assert.Equal(3m, await database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_estimate where superseded_on = 'infinity'"));
        Assert.Equal([$"Estimates {poison} 'soon' is not a month."], await database.TextsAsync("select projection || ' ' || seq_id || ' ' || reason from spend.event_set_aside"));
        await AssertIsWhatAReplayGivesAsync(database);
    }

    [Fact]
    public async Task A_fault_of_the_database_sets_nothing_aside()
    {
        await using var database = await OpenAsync(20_000);
        await database.RecordAsync(Given.Tokens());
        await database.ExecuteAsync("create function spend.full() returns trigger language plpgsql as $$ begin raise exception 'disk full' using errcode = '53100'; end $$; create trigger full_disk before insert on spend.daily_usage execute function spend.full()");

        await Assert.ThrowsAsync<PostgresException>(database.ProjectAsync);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from spend.event_set_aside"));
        await database.ExecuteAsync("drop trigger full_disk on spend.daily_usage");
        await database.ProjectAsync();
        Assert.Equal(1_000m, await database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
    }

    [Fact]
    public async Task A_database_of_the_first_version_gets_the_columns_that_it_lacks()
    {
        await using var database = await OpenAsync(20_000);
        await database.ExecuteAsync("drop table spend.event_set_aside; create table spend.event_set_aside (projection text, seq_id bigint, reason text not null, primary key (projection, seq_id)); insert into spend.event_set_aside values ('DailyUsage', 1, 'old')");

        await EventSchema.CreateAsync(database.Spend.Projecting, TestContext.Current.CancellationToken);

        Assert.Equal(1, Assert.Single((await database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, TestContext.Current.CancellationToken)).Items).Attempts);
    }

    internal static Task<TestDatabase> OpenAsync(int pageEvents) =>
        TestDatabase.CreateAsync(events: new EventStoreOptions { PageEvents = pageEvents, GapGrace = TimeSpan.Zero, PollInterval = TimeSpan.FromMilliseconds(20) });

    internal static Task SubmitAsync(TestDatabase database, EstimateSubmitted estimate) => OtherProgram.WriteAsync(database, "estimate_submitted", OtherProgram.Json(estimate), stream: $"estimate/{estimate.Workload}");

    internal static async Task AssertIsWhatAReplayGivesAsync(TestDatabase database)
    {
        foreach (var projection in database.Spend.ReadModels())
        {
            Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(projection, null, TestContext.Current.CancellationToken));
        }
    }
}
