using SpendTracker.Budgets;

namespace SpendTracker.Tests.Budgets;

/// <summary>Tests of the watch over the budgets of a database, one database a test.</summary>
public abstract class WatchTests : IAsyncLifetime
{
    private protected WatchedBudgets Budgets { get; private set; } = null!;

    /// <summary>That of the first host; more are made as they are needed.</summary>
    private protected BudgetWatch Watch { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Budgets = await WatchedBudgets.StartAsync();
        Watch = Budgets.NewWatch();
    }

    public async ValueTask DisposeAsync()
    {
        await Budgets.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
