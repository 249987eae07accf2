using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Log;

public sealed class AppendTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_same_id_and_content_again_is_a_duplicate_and_appends_nothing()
    {
        var first = await _database.RecordAsync(("a", Given.Tokens()));
        var events = await CountAsync();
        var again = await _database.RecordAsync(("a", Given.Tokens()));

        Assert.Equal(AppendStatus.Appended, first[0].Status);
        Assert.Equal(AppendStatus.Duplicate, again[0].Status);
        Assert.Equal(events, await CountAsync());
    }

    [Fact]
    public async Task Every_column_is_as_it_was_given_to_the_microsecond_and_the_letter()
    {
        await using var database = await TestDatabase.CreateAsync(clock: new FixedClock(new DateTimeOffset(2026, 2, 28, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_999)));
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await database.RecordAsync(("Grüße ☕", Given.Tokens(workload: "wörk-☕")));
        request.Stop();

        Assert.Equal(
            [$"{EventId.From(Tenant.Default, "test", "Grüße ☕")} t 1 wörk-☕ token_usage_recorded 2026-02-28 23:59:59.999999 *DEFAULT* SpendTracker.Contracts.TokenUsageRecorded, SpendTracker.Contracts {request.TraceId} {request.SpanId} Grüße ☕ f"],
            await database.TextsAsync(
                """
                select concat_ws(' ', id, seq_id = (select last_value from spend.mt_events_sequence), version, data->>'workload', type, timestamp at time zone 'UTC',
                       tenant_id, mt_dotnet_type, correlation_id, causation_id, headers->>'sourceId', is_archived)
                from spend.mt_events where stream_id like 'usage/wörk-☕/%'
                """));
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_a_conflict_that_names_the_difference_and_appends_nothing()
    {
        await _database.RecordAsync(("a", Given.Tokens(input: 1_000)));
        var events = await CountAsync();
        var again = await _database.RecordAsync(("a", Given.Tokens(input: 1_001)));

        Assert.Equal(AppendStatus.Conflict, again[0].Status);
        Assert.Equal(new FieldReason("inputTokens", "Stored as 1000, sent as 1001."), Assert.Single(again[0].Difference!));
        Assert.Equal(events, await CountAsync());
    }

    [Fact]
    public async Task The_same_id_for_another_type_is_a_conflict()
    {
        await _database.RecordAsync(("a", Given.Tokens()));
        var again = await _database.RecordAsync(("a", new LabourRecorded("support-chat", Approach.Hybrid, "engineer", 1, LabourActivity.Integration, Given.At(Given.Day))));

        Assert.Equal(AppendStatus.Conflict, again[0].Status);
    }

    [Fact]
    public async Task One_id_several_times_in_one_request_is_appended_once()
    {
        var results = await _database.RecordAsync(("a", Given.Tokens()), ("a", Given.Tokens()), ("a", Given.Tokens(input: 5)));

        Assert.Equal([AppendStatus.Appended, AppendStatus.Duplicate, AppendStatus.Conflict], results.Select(result => result.Status));
        Assert.Equal(1, await _database.CountUsageAsync());
    }

    [Fact]
    public async Task Duplicates_leave_no_hole_in_the_versions_nor_in_the_sequence()
    {
        await _database.RecordAsync(("a", Given.Tokens()), ("b", Given.Tokens()));
        await _database.RecordAsync(("a", Given.Tokens()), ("c", Given.Tokens()), ("b", Given.Tokens()), ("d", Given.Tokens()));

        Assert.Equal(4, await _database.CountUsageAsync());
        await AssertGaplessAsync();
        Assert.Equal(await CountAsync(), await _database.ScalarAsync<long>("select max(seq_id) from spend.mt_events"));
    }

    [Fact]
    public async Task Many_callers_on_few_streams_get_gapless_versions_and_keep_their_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await _database.RecordAsync([.. Enumerable.Range(0, 5).Select(n => ($"{caller}-{i}-{n}", (IUsageEvent)Given.Tokens(workload: $"w{n % 3}", input: n)))]);
            }
        })));

        Assert.Equal(16 * 20 * 5, await _database.CountUsageAsync());
        await AssertGaplessAsync();
        Assert.Equal(0, await _database.ScalarAsync<long>(
            """
            select count(*) from spend.mt_events as a join spend.mt_events as b using (tenant_id, stream_id)
            where a.type = 'token_usage_recorded' and b.version = a.version + 1 and b.seq_id < a.seq_id
            """));
    }

    [Fact]
    public async Task Two_hosts_that_take_one_id_at_once_store_it_once()
    {
        await using var other = new EventStore(_database.DataSource, _database.DataSource, _database.Spend.Marten, new EventStoreOptions(), TimeProvider.System);
        for (var i = 0; i < 50; i++)
        {
            // Two months: two streams, so that no stream's row makes them take turns; only the id does.
            var here = _database.Store.AppendAsync([_database.ToAppend($"id-{i}", Given.Tokens(Given.At(Given.Day)))], TestContext.Current.CancellationToken);
            var there = other.AppendAsync([_database.ToAppend($"id-{i}", Given.Tokens(Given.At(Given.Day.AddMonths(-1))))], TestContext.Current.CancellationToken);
            var statuses = new[] { (await here)[0].Status, (await there)[0].Status };

            Assert.Contains(AppendStatus.Appended, statuses);
            Assert.Contains(AppendStatus.Conflict, statuses);
        }

        Assert.Equal(50, await _database.CountUsageAsync());
        await AssertGaplessAsync();
    }

    [Fact]
    public async Task What_PostgreSQL_will_not_take_fails_alone_and_its_neighbours_are_stored()
    {
        // No text of ours gets so far with a zero character in it; this stands for whatever else the database may refuse.
        var bad = _database.ToAppend("bad", Given.Tokens(model: "zero\0character"));
        var good = Enumerable.Range(0, 10).Select(i => _database.ToAppend($"good-{i}", Given.Tokens())).ToArray();
        var waiting = good.Take(5).Select(e => _database.Store.AppendAsync([e], TestContext.Current.CancellationToken)).ToList();
        var failing = _database.Store.AppendAsync([bad], TestContext.Current.CancellationToken);
        waiting.AddRange(good.Skip(5).Select(e => _database.Store.AppendAsync([e], TestContext.Current.CancellationToken)));

        Assert.All(await Task.WhenAll(waiting), results => Assert.Equal(AppendStatus.Appended, results[0].Status));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => failing);
        Assert.Equal(10, await _database.CountUsageAsync());
    }

    [Fact]
    public async Task An_append_at_an_expected_version_is_refused_when_somebody_was_faster()
    {
        var registered = new WorkloadRegistered("w", "W", "team", Approach.Hybrid);
        var recorder = new Recorder("test");
        var token = TestContext.Current.CancellationToken;

        Assert.True(await _database.Store.Streams.AppendAsync("workload/w", 0, [registered], recorder, token));
        Assert.False(await _database.Store.Streams.AppendAsync("workload/w", 0, [registered], recorder, token));
        Assert.True(await _database.Store.Streams.AppendAsync("workload/w", 1, [registered, registered], recorder, token));
        Assert.False(await _database.Store.Streams.AppendAsync("workload/w", 2, [registered], recorder, token));
        Assert.Equal([1L, 2L, 3L], (await _database.Store.ReadStreamAsync("workload/w", token)).Select(stored => stored.Version));
        await AssertGaplessAsync();
    }

    [Fact]
    public async Task Decisions_on_one_stream_at_once_are_all_made_each_on_what_the_others_left()
    {
        var token = TestContext.Current.CancellationToken;
        var deciders = Enumerable.Range(0, 40).Select(i => _database.Store.Streams.DecideAsync<WorkloadState, int>(
            "workload/busy",
            state => new(state is null ? 0 : int.Parse(state.Details.Name, CultureInfo.InvariantCulture), new WorkloadRegistered("busy", $"{(state is null ? 0 : int.Parse(state.Details.Name, CultureInfo.InvariantCulture)) + 1}", "team", Approach.Hybrid)),
            new Recorder("test"), token));

        var seen = await Task.WhenAll(deciders);

        Assert.Equal(Enumerable.Range(0, 40), seen.Order()); // Each saw all before it, and nobody saw the same.
        Assert.Equal(Enumerable.Range(1, 40).Select(version => (long)version), (await _database.Store.ReadStreamAsync("workload/busy", token)).Select(stored => stored.Version));
        await AssertGaplessAsync();
    }

    [Fact]
    public async Task A_decision_is_in_the_callers_trace_with_Martens_own_spans()
    {
        ConcurrentBag<string> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Marten" or "test.decisions",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Add($"{span.TraceId} {span.Source.Name}"),
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test.decisions");
        using var caller = source.StartActivity("caller")!;

        await new WorkloadRegistry(_database.DataSource, _database.Store).RegisterAsync(new WorkloadRegistered("traced", "W", "team", Approach.Hybrid), new Recorder("test"), TestContext.Current.CancellationToken);

        Assert.Contains($"{caller.TraceId} Marten", spans);
        Assert.Equal(caller.TraceId.ToHexString(), await _database.ScalarAsync<string>("select correlation_id from spend.mt_events where stream_id = 'workload/traced'"));
    }

    [Fact]
    public async Task More_than_the_queue_holds_is_turned_away_and_stores_nothing()
    {
        await using var small = new EventStore(_database.DataSource, _database.DataSource, _database.Spend.Marten, new EventStoreOptions { QueuedEvents = 10 }, TimeProvider.System);
        var events = Enumerable.Range(0, 11).Select(i => _database.ToAppend($"{i}", Given.Tokens())).ToArray();

        await Assert.ThrowsAsync<EventStoreBusyException>(() => small.AppendAsync(events, TestContext.Current.CancellationToken));
        Assert.Equal(0, await _database.CountUsageAsync());
    }

    private Task<long> CountAsync() => _database.ScalarAsync<long>("select count(*) from spend.mt_events");

    private async Task AssertGaplessAsync() => Assert.Empty(await _database.BrokenStreamsAsync());
}
