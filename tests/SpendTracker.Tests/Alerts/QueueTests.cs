using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Alerts;

/// <summary>What hosts take on to send over one channel, one after the other, on a clock that stands still.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = Alerting.Noon;

    private TestDatabase _database = null!;

    private AlertQueue Queue => _database.Get<AlertQueue>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_another_host_is_sending_takes_room_of_the_hour_a_digest_as_one_message()
    {
        await AddAsync(2);
        Assert.Equal([1, 1], await ClaimAsync(new(MostPerHour: 3), Now));
        await AddAsync(2);
        Assert.Equal([2], await ClaimAsync(new(MostPerHour: 3), Now));

        // Two messages and a digest are on their way.
        await AddAsync(1);
        Assert.Empty(await ClaimAsync(new(MostPerHour: 3), Now));
        Assert.Equal([1], await ClaimAsync(new(MostPerHour: 4), Now));
    }

    [Fact]
    public async Task What_was_sent_takes_room_for_an_hour_to_the_tick()
    {
        await AddAsync(1, "sent", Now.AddHours(-1));
        await AddAsync(1);
        Assert.Equal([1], await ClaimAsync(new(MostPerHour: 1), Now));

        await AddAsync(1, "sent", Now.AddHours(-1).AddMilliseconds(1));
        await AddAsync(1);
        Assert.Empty(await ClaimAsync(new(MostPerHour: 2), Now)); // One on its way and one sent.
    }

    [Fact]
    public async Task What_a_host_has_taken_on_is_another_s_when_its_time_is_up_and_not_before()
    {
        await AddAsync(1);
        Assert.Equal([1], await ClaimAsync(new(), Now, Now.AddMinutes(1)));
        Assert.Empty(await Queue.DueChannelsAsync(Now.AddMinutes(1).AddMilliseconds(-1), Cancel));
        Assert.Empty(await ClaimAsync(new(), Now.AddMinutes(1).AddMilliseconds(-1)));
        Assert.Equal(["ops"], await Queue.DueChannelsAsync(Now.AddMinutes(1), Cancel));
        Assert.Equal([1], await ClaimAsync(new(), Now.AddMinutes(1)));
    }

    [Fact]
    public async Task What_is_put_off_goes_out_when_the_first_message_of_the_hour_is_an_hour_old()
    {
        await AddAsync(1, "sent", Now.AddMinutes(-50));
        await AddAsync(1, "sent", Now.AddMinutes(-20));
        await AddAsync(1);
        Assert.Empty(await ClaimAsync(new(MostPerHour: 2), Now));
        Assert.Empty(await Queue.DueChannelsAsync(Now.AddMinutes(10).AddMilliseconds(-1), Cancel));
        Assert.Equal(["ops"], await Queue.DueChannelsAsync(Now.AddMinutes(10), Cancel));
        Assert.Equal([1], await ClaimAsync(new(MostPerHour: 2), Now.AddMinutes(10)));
    }

    /// <returns>How many messages each unit has.</returns>
    private async Task<IEnumerable<int>> ClaimAsync(ChannelSchedule schedule, DateTimeOffset now, DateTimeOffset? until = null)
    {
        var channel = new Channel("ops", "Ops", ChannelKind.Webhook, "example.com", schedule, Now, "test");
        return (await Queue.ClaimAsync(channel, now, until ?? now.AddMinutes(2), 10, Cancel)).Units.Select(unit => unit.Count);
    }


    private Task AddAsync(int count) => AddAsync(count, "pending", Now);

    private Task AddAsync(int count, string state, DateTimeOffset at) => _database.ExecuteAsync(
        $"""
        insert into spend.alert_message (message, tenant_id, alert, channel, channel_kind, kind, due_at, state, next_attempt_at, settled_at)
        select gen_random_uuid(), '{Tenant.Default}', gen_random_uuid(), 'ops', 'webhook', 'crossed', '{at:o}', '{state}', '{at:o}',
               case '{state}' when 'sent' then '{at:o}'::timestamptz end
        from generate_series(1, {count})
        """);
}
