using System.Globalization;
using Npgsql;
using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Append;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Ingest;

/// <summary>
/// What an event leaves for the garbage collector decides how much of a core is left for events. Alone in the process, since it
/// counts what the whole process allocates.
/// </summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Events = 20_000;
    private const int Batch = 500;

    // Measured: 340 and 2,500, to 1 %. One more copy of an event is 360, so the second limit leaves less room by proportion.
    private const double MostAppending = 500;
    private const double MostOverHttp = 2_800;

    [Fact]
    public async Task An_event_of_fifty_megabytes_is_set_aside_without_being_read()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.RecordAsync(Given.Tokens());
        await OtherProgram.WriteAsync(database, "token_usage_recorded", "{}");
        await database.ExecuteAsync("update spend.mt_events set data = jsonb_build_object('workload', (select string_agg(md5(i::text), '') from generate_series(1, 1600000) as i)) where stream_id = 'foreign'");
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await database.ProjectAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        Assert.Equal(1m, await database.ScalarAsync<decimal>("select sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
        Assert.Equal("It is larger than 1 MiB.", await database.ScalarAsync<string>("select reason from spend.event_set_aside where projection = 'DailyUsage'"));
        Assert.True(allocated < 25_000_000, $"{allocated:#,0} bytes were allocated.");
        var shown = Assert.Single((await database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, TestContext.Current.CancellationToken)).Items, e => e.Projection == "DailyUsage");
        Assert.Equal("(larger than 64 KiB)", shown.Data);
    }

    [Fact]
    public async Task Appending_allocates_little_for_an_event()
    {
        await using var database = await TestDatabase.CreateAsync();
        var source = new UsageEvents(workloads: 100);
        async Task AppendAsync(IEnumerable<EventToAppend[]> calls)
        {
            foreach (var call in calls)
            {
                await database.Store.AppendAsync(call, TestContext.Current.CancellationToken);
            }
        }

        await AppendAsync(source.Stored(Events).Chunk(Batch)); // Statements are prepared and pools filled by it.
        EventToAppend[][] calls = [.. source.Stored(Events).Chunk(Batch)];

        Assert.InRange(await AllocatedByEventAsync(() => AppendAsync(calls)), 0, MostAppending);
    }

    /// <summary>The client has its requests prepared, and hardly allocates. Projections are stopped: what they take depends on how they share their pages.</summary>
    [Fact]
    public async Task Recording_over_HTTP_allocates_little_for_an_event()
    {
        await using var host = await TestHost.StartAsync();
        await using var stopped = await StopProjectionsAsync(host.Database);
        var key = await host.IssueKeyAsync([Scope.Record]);
        using var client = new LoadConnection();
        await client.ConnectAsync(new Uri(host.Address).Port, TestContext.Current.CancellationToken);
        var source = new UsageEvents(workloads: 100);
        LoadRequest[] Requests() => [.. source.Json(Events).Chunk(Batch).Select(events => LoadRequest.Of(key, events))];
        async Task SendAsync(LoadRequest[] requests)
        {
            foreach (var request in requests)
            {
                await client.SendAsync(request, TestContext.Current.CancellationToken);
            }
        }

        await SendAsync(Requests());
        var requests = Requests();

        Assert.InRange(await AllocatedByEventAsync(() => SendAsync(requests)), 0, MostOverHttp);
    }

    private static async Task<double> AllocatedByEventAsync(Func<Task> run)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await run();
        var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Events;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{allocated:0} B an event"));
        return allocated;
    }

    /// <summary>Takes their locks, as another host would. Waits for pages that are being applied.</summary>
    private static async Task<NpgsqlConnection> StopProjectionsAsync(TestDatabase database)
    {
        var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        foreach (var projection in database.Spend.Projections())
        {
            await using var command = new NpgsqlCommand($"select pg_advisory_lock({ProjectionRun.ProjectionLock})", connection);
            command.Parameters.Add(new() { Value = projection.Checkpoint });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        return connection;
    }
}
