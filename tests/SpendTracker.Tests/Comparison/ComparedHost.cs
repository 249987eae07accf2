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
        Host = await TestHost.StartAsync(database);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
