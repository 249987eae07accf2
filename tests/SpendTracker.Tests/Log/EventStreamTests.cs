using Marten;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Log;

/// <summary>What is in the way of a decision or a record, and what its caller hears of it.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private static readonly Recorder Recorder = new("test");

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("alert_snoozed", null)]
    [InlineData("alert_acknowledged", """{"schemaVersion": 2}""")]
    public async Task What_is_recorded_once_is_recorded_also_where_an_earlier_event_cannot_be_read(string type, string? headers)
    {
        var alert = Guid.NewGuid();
        await OtherProgram.WriteAsync(_database, type, "{}", headers, $"alert/{alert}");
        var delivered = new EventToAppend($"alert/{alert}", EventId.Version5(alert, "delivered"), new AlertDelivered(alert, "ops", NoticeKind.Crossed, alert, 1), Recorder);

        await _database.Store.Streams.RecordOnceAsync([delivered], Cancel);
        await _database.Store.Streams.RecordOnceAsync([delivered], Cancel);

        Assert.Equal([type, "alert_delivered"], await _database.TextsAsync($"select type from spend.mt_events where stream_id = 'alert/{alert}' order by version"));
        Assert.Empty(await _database.BrokenStreamsAsync());
    }

    [Fact]
    public async Task Who_gives_up_while_another_holds_the_stream_has_given_up_and_met_no_fault()
    {
        var registry = new WorkloadRegistry(_database.DataSource, _database.Store);
        await registry.RegisterAsync(new WorkloadRegistered("chat", "One", "team", Approach.Hybrid), Recorder, Cancel);
        await using var holder = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await OtherProgram.ExecuteAsync(holder, "select from spend.mt_streams where id = 'workload/chat' for update");
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.RegisterAsync(new WorkloadRegistered("chat", "Two", "team", Approach.Hybrid), Recorder, patience.Token));

        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name like '%: append' and state like '%transaction%' and datname = current_database()"));
    }

    [Fact]
    public async Task A_stream_that_a_service_has_archived_is_not_taken_for_one_that_is_not_there()
    {
        var keys = new ApiKeys(_database.Store, TimeProvider.System);
        var key = await keys.IssueAsync("name", [Scope.Read], [], anySource: false, Recorder, Cancel);
        var id = Assert.Single(await keys.ListAsync(Cancel)).Id;
        await using (var session = _database.Spend.Marten.LightweightSession())
        {
            session.Events.ArchiveStream($"access/key-{id}");
            await session.SaveChangesAsync(Cancel);
        }

        Assert.NotNull(await keys.FindAsync(key, Cancel));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => keys.RevokeAsync(id, "leaked", Recorder, Cancel));
        Assert.Contains("archived", fault.Message, StringComparison.Ordinal);
    }
}
