using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Comparison;

/// <summary>A host over the play's usage, which all tests share.</summary>
public sealed class ComparedHost : IAsyncLifetime
{
    internal ComparedPlay Play { get; } = new();

    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await TestDatabase.CreateAsync(clock: new FixedClock(ComparedPlay.Now));
        await Play.RecordAsync(database);
        await RegisterAsync(database, "Post");
        await database.ProjectAsync(); // A closing waits for what is recorded.
        await database.Get<BillingPeriods>().CloseAsync(BillingPeriod.Of(new DateOnly(2026, 4, 1)), new CloseRequest("Over.", true, true),
            new Recorder("test"), TestContext.Current.CancellationToken);
        await database.ProjectAsync();
        await RegisterAsync(database, "Later");
        await database.ProjectAsync();
        Host = await TestHost.StartAsync(database);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static Task RegisterAsync(TestDatabase database, string team) => database.Get<WorkloadRegistry>().RegisterAsync(
        new WorkloadRegistered("mail", "Mail", team, Approach.Hybrid), new Recorder("test"), TestContext.Current.CancellationToken);
}
