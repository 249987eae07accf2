using SpendTracker.Log;

namespace SpendTracker.Tests.Log;

/// <summary>Rows as Marten 9.29 writes them, where they differ from ours. SpendTracker.Marten.Tests has Marten itself write them.</summary>
public sealed class MartenRowTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Usage_without_headers_is_a_JSON_null_there_and_counts()
    {
        await OtherProgram.WriteAsync(_database, "token_usage_recorded", OtherProgram.Json(Given.Tokens()), headers: "null");
        await _database.ProjectAsync();

        Assert.Equal(1_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.event_set_aside"));
    }

    [Fact]
    public async Task What_Marten_keeps_for_itself_is_passed_by_and_not_set_aside()
    {
        // A tombstone has no time, and a version that is its number; it fills a gap, so that Marten's daemon need not wait.
        await OtherProgram.WriteAsync(_database, "tombstone", "{}", "null", "mt_tombstone", ("timestamp", "'-infinity'"));
        await OtherProgram.WriteAsync(_database, "archived", """{"reason": "over"}""", "null");
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();

        Assert.Equal(1_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.event_set_aside"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    [Fact]
    public async Task A_table_of_Martens_takes_an_event_without_a_stream_and_it_stops_nothing()
    {
        var seqId = await OtherProgram.WriteAsync(_database, "token_usage_recorded", OtherProgram.Json(Given.Tokens()));
        await _database.ExecuteAsync($"update spend.mt_events set stream_id = null where seq_id = {seqId}");
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();

        Assert.Equal(1_000m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        var setAside = Assert.Single((await _database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, TestContext.Current.CancellationToken)).Items);
        Assert.Equal((seqId, "It has no stream."), (setAside.SeqId, setAside.Reason));
    }

    [Fact]
    public async Task The_log_does_not_begin_with_a_tombstone()
    {
        await _database.ExecuteAsync("update spend.mt_events set type = 'tombstone', timestamp = '-infinity' where seq_id = (select min(seq_id) from spend.mt_events)");

        var first = await _database.Get<EventLog>().FirstRecordedAsync(TestContext.Current.CancellationToken);

        Assert.Equal(await _database.ScalarAsync<DateTime>("select min(timestamp) from spend.mt_events where isfinite(timestamp)"), first!.Value.UtcDateTime);
    }
}
