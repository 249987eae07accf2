namespace SpendTracker.Tests.Faults;

/// <summary>Two hosts on one database, and what becomes of the work of the one that hangs or dies.</summary>
public sealed class TwoHostsTests
{
    private static readonly TimeSpan Takeover = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_host_that_hangs_or_is_killed_in_the_middle_of_a_page_is_taken_over_from_within_5_seconds_and_nothing_counts_twice()
    {
        await using var database = await TestDatabase.CreateAsync();
        var starting = new[] { "a", "b" }.Select(name => HostProcess.StartAsync(database, [], $"{database.Spend.Options.ConnectionString};Application Name={name}"));
        var hosts = await Task.WhenAll(starting);
        await using var a = hosts[0];
        await using var b = hosts[1];
        await using var callers = new Callers(TimeSpan.FromSeconds(2), a, b);
        callers.Start();

        // It hangs, and with it whatever its writers were at: they hold stream heads that the other host needs, too.
        var page = await HeldPage.HoldAsync(database);
        var hanging = page.Holder == "a" ? 0 : 1;
        await hosts[hanging].FreezeAsync();
        var acknowledged = callers.AcknowledgedBy(1 - hanging);
        var projecting = page.TakenOverAsync();
        var appending = Eventually.Async(() => callers.AcknowledgedBy(1 - hanging) >= acknowledged + 20);
        Assert.InRange(await projecting, TimeSpan.Zero, Takeover);
        Assert.InRange(await appending, TimeSpan.Zero, Takeover);

        await hosts[hanging].ThawAsync();
        var before = callers.AcknowledgedBy(hanging);
        await Eventually.Async(() => callers.AcknowledgedBy(hanging) >= before + 20);

        page = await HeldPage.HoldAsync(database);
        await hosts[page.Holder == "a" ? 0 : 1].KillAsync();
        Assert.InRange(await page.TakenOverAsync(), TimeSpan.Zero, Takeover);

        await callers.StopAsync();
        var stored = await Once.StoredAsync(database, callers.Acknowledged.Keys);
        Assert.Equal(callers.Acknowledged.Count, stored.Count);
        await Once.ProjectedAsync(database, stored.Count);
    }
}
