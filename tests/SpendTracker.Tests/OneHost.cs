namespace SpendTracker.Tests;

/// <summary>A host that all tests of a class share.</summary>
public sealed class OneHost : IAsyncLifetime
{
    public TestHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
