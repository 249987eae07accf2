using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Access;

public sealed class LinkExpiryTests
{
    [Fact]
    public async Task A_link_signs_in_for_ten_minutes_to_the_tick()
    {
        var clock = new FixedClock(Given.At(Given.Day));
        await using var database = await TestDatabase.CreateAsync(clock: clock);
        var links = database.Get<SignInLinks>();
        var (first, second) = (await IssueAsync(), await IssueAsync());

        clock.Now += TimeSpan.FromMinutes(10);
        Assert.NotNull(await links.UseAsync(first, null, TestContext.Current.CancellationToken));
        clock.Now += TimeSpan.FromTicks(1);
        Assert.Null(await links.UseAsync(second, null, TestContext.Current.CancellationToken));

        Task<string> IssueAsync() => links.IssueAsync("Ada", Role.Viewer, new Recorder("test"), TestContext.Current.CancellationToken);
    }
}
