using System.Diagnostics;

namespace SpendTracker.Tests;

/// <summary>Waits for a condition, by looking.</summary>
public static class Eventually
{
    /// <returns>How long it took.</returns>
    public static Task<TimeSpan> Async(Func<bool> condition) => Async(() => Task.FromResult(condition()));

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> Async(Func<Task<bool>> condition)
    {
        var patience = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "It takes too long.");
            await Task.Delay(10, TestContext.Current.CancellationToken); // A look each time; the cores are for the hosts.
        }

        return patience.Elapsed;
    }
}
