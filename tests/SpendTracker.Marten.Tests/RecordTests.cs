using System.Text.Json;
using System.Text.Json.Nodes;
using Marten;
using Marten.Exceptions;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Tests;
using static SpendTracker.Marten.Tests.SharedDatabase;

namespace SpendTracker.Marten.Tests;

/// <summary>What Marten appends is what SpendTracker would have appended, and costs what it should.</summary>
public sealed class RecordTests : IAsyncLifetime
{
    private SharedDatabase _shared = null!;

    public async ValueTask InitializeAsync() => _shared = await CreateAsync();

    public ValueTask DisposeAsync() => _shared.DisposeAsync();

    [Fact]
    public async Task Usage_that_Marten_appends_costs_what_it_should()
    {
        await _shared.PriceAsync();
        await _shared.RecordAsync(Given.Tokens(input: 3_000));
        await _shared.Own.RecordAsync(Given.Tokens(input: 40_000));
        await using (var session = _shared.Store.LightweightSession())
        {
            session.Events.Append(SupportChat, Given.Tokens(input: 500_000)); // Without our help: no id of the caller's, no headers.
            await session.SaveChangesAsync(Cancel);
        }

        Assert.Equal(543m, await _shared.CostAsync());
        Assert.Empty((await _shared.Own.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, Cancel)).Items);
        Assert.Equal(3, await _shared.Own.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'usage/%' and timestamp between now() - interval '1 minute' and now() + interval '1 second'"));
    }

    [Fact]
    public async Task Rows_of_all_seven_kinds_are_those_of_the_HTTP_path()
    {
        await using var host = await TestHost.StartAsync();
        await host.RecordAsync(Given.OfEachKindJson, "application/x-ndjson");
        foreach (var line in Given.OfEachKindJson.Split('\n'))
        {
            var json = JsonNode.Parse(line)!.AsObject();
            var (type, id) = ((string)json["type"]!, (string)json["id"]!);
            json.Remove("type");
            json.Remove("id");
            var result = await _shared.RecordAsync((IUsageEvent)EventTypes.FindUsage(type)!.Read(JsonSerializer.SerializeToUtf8Bytes(json)), id);
            Assert.Equal((AppendStatus.Appended, id), (result.Status, result.Id));
        }

        // Who recorded it differs, and so may the request that it came with.
        const string Rows = """
            select jsonb_set(to_jsonb(e) - '{seq_id,timestamp,correlation_id,causation_id}'::text[], '{headers}', headers - '{recordedBy,traceparent}'::text[])::text
            from spend.mt_events as e where stream_id like 'usage/%' order by id
            """;
        var rows = await _shared.Own.TextsAsync(Rows);
        Assert.Equal(7, rows.Count);
        Assert.Equal(await host.Database.TextsAsync(Rows), rows);
        Assert.Equal(["service:test"], await _shared.Own.TextsAsync("select distinct headers->>'recordedBy' from spend.mt_events where stream_id like 'usage/%'"));
    }

    [Fact]
    public async Task The_trace_goes_with_the_event_as_over_HTTP()
    {
        using var activity = new System.Diagnostics.Activity("request").SetIdFormat(System.Diagnostics.ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = System.Diagnostics.ActivityTraceFlags.Recorded;
        activity.Start();
        await _shared.RecordAsync(Given.Tokens());

        Assert.Equal(
            [$"{activity.TraceId} {activity.SpanId} {activity.Id}"],
            await _shared.Own.TextsAsync("select correlation_id || ' ' || causation_id || ' ' || (headers->>'traceparent') from spend.mt_events where stream_id like 'usage/%'"));
    }

    [Fact]
    public async Task The_same_id_over_both_ways_is_stored_once()
    {
        await using var host = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_shared.Own.Spend.Options.ConnectionString)));
        await host.RecordAsync(Given.TokensJson("http-first"));
        Assert.Equal(AppendStatus.Appended, (await _shared.RecordAsync(Given.Tokens(), "marten-first")).Status);

        var again = await _shared.RecordAsync(Given.Tokens(), "http-first");
        var other = await _shared.RecordAsync(Given.Tokens(input: 7), "http-first");
        var otherKind = await _shared.RecordAsync(new LabourRecorded("support-chat", Approach.Hybrid, "engineer", 1, LabourActivity.Evaluation, Given.At(Given.Day)), "http-first");
        var (_, overHttp) = await host.RecordAsync($"[{Given.TokensJson("marten-first")},{Given.TokensJson("marten-first", ",\"variant\":\"b\"")}]");

        Assert.Equal(AppendStatus.Duplicate, again.Status);
        Assert.Equal([new FieldReason("inputTokens", "Stored as 1000, sent as 7.")], other.Reasons);
        Assert.Equal((AppendStatus.Conflict, "type"), (otherKind.Status, otherKind.Reasons![0].Field));
        Assert.Equal((1, 1), (overHttp.Duplicate, overHttp.Conflict));
        Assert.Equal(2, await _shared.UsageCountAsync());
    }

    [Fact]
    public async Task An_id_twice_in_one_session_is_stored_once()
    {
        await using var session = _shared.Store.LightweightSession();
        var results = new List<UsageResult>();
        foreach (var input in (long[])[1_000, 1_000, 7])
        {
            results.Add(await session.RecordUsageAsync(Given.Tokens(input: input), RecorderOf("twice"), Cancel));
        }

        await session.SaveChangesAsync(Cancel);

        Assert.Equal([AppendStatus.Appended, AppendStatus.Duplicate, AppendStatus.Conflict], results.Select(result => result.Status));
        Assert.Equal(1, await _shared.UsageCountAsync());
    }

    [Fact]
    public async Task Of_two_sessions_with_one_id_the_second_saves_nothing_and_its_retry_is_a_duplicate()
    {
        await using var first = _shared.Store.LightweightSession();
        await using var second = _shared.Store.LightweightSession();
        await first.RecordUsageAsync(Given.Tokens(), RecorderOf("race"), Cancel);
        await second.RecordUsageAsync(Given.Tokens(workload: "another"), RecorderOf("fine"), Cancel);
        await second.RecordUsageAsync(Given.Tokens(), RecorderOf("race"), Cancel);
        await first.SaveChangesAsync(Cancel);

        await Assert.ThrowsAsync<MartenCommandException>(() => second.SaveChangesAsync(Cancel));

        Assert.Equal(1, await _shared.UsageCountAsync());
        Assert.Equal(AppendStatus.Appended, (await _shared.RecordAsync(Given.Tokens(workload: "another"), "fine")).Status);
        Assert.Equal(AppendStatus.Duplicate, (await _shared.RecordAsync(Given.Tokens(), "race")).Status);

        // The save that failed left a tombstone under the number that it had drawn. It is nobody's usage.
        await Eventually.Async(async () => await _shared.Own.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'tombstone'") == 1);
        await _shared.Own.ProjectAsync();
        Assert.Empty((await _shared.Own.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, Cancel)).Items);
    }

    [Fact]
    public async Task What_HTTP_refuses_is_refused()
    {
        var result = await _shared.RecordAsync(Given.Tokens() with { Requests = 0 }, new string('x', 256));
        Assert.Equal((AppendStatus.Refused, (Guid?)null), (result.Status, result.EventId));
        Assert.Equal(["id", "requests"], result.Reasons!.Select(reason => reason.Field));

        await using var ofAnother = _shared.Store.LightweightSession("another");
        await Assert.ThrowsAsync<InvalidOperationException>(() => ofAnother.RecordUsageAsync(Given.Tokens(), RecorderOf(null), Cancel));
        Assert.Equal(0, await _shared.UsageCountAsync());
    }

    [Fact]
    public async Task Many_sessions_and_hosts_write_to_one_busy_stream_and_none_fails()
    {
        const int Each = 40;
        await Task.WhenAll([
            .. Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    await _shared.RecordAsync(Given.Tokens());
                }
            }, Cancel)),
            .. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Each; i++)
                {
                    Assert.All(await _shared.Own.RecordAsync(Given.Tokens(), Given.Tokens(workload: "another")), result => Assert.Equal(AppendStatus.Appended, result.Status));
                }
            }, Cancel))]);

        Assert.Equal((6 * Each) + (2 * 2 * Each), await _shared.UsageCountAsync());
        Assert.Empty(await _shared.Own.BrokenStreamsAsync());
    }
}
