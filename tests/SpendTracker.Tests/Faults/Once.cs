using SpendTracker.Benchmarks;

namespace SpendTracker.Tests.Faults;

/// <summary>What must hold whatever broke: once each.</summary>
internal static class Once
{
    /// <summary>Checks that what was acknowledged is stored, nothing is twice, and no stream has a gap.</summary>
    /// <returns>The ids of all usage that is stored.</returns>
    public static async Task<IReadOnlyList<string>> StoredAsync(TestDatabase database, IEnumerable<string> acknowledged)
    {
        var stored = await database.TextsAsync("select headers->>'sourceId' from spend.mt_events where stream_id like 'usage/%'");
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Except(stored));
        Assert.Empty(await database.TextsAsync(Stored.BrokenStreams));
        return stored;
    }

    /// <summary>Waits for running hosts to project everything, and replays it beside.</summary>
    public static async Task ProjectedAsync(TestDatabase database, int events)
    {
        const string Counted = "select coalesce(sum(events), 0) from spend.daily_usage join spend.cost_line using (line_id) where meter in ('requests', 'amount')";
        await Eventually.Async(async () => await database.ScalarAsync<decimal>(Counted) >= events);
        Assert.Equal(events, await database.ScalarAsync<decimal>(Counted));
        foreach (var projection in database.Spend.ReadModels())
        {
            Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(projection, null, TestContext.Current.CancellationToken));
        }
    }
}
