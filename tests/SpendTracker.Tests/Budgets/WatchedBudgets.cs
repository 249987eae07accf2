using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Budgets;

/// <summary>A database whose budgets are looked at when the test says so, and one or several hosts' watches over it.</summary>
internal sealed class WatchedBudgets : IAsyncDisposable
{
    private readonly List<BudgetWatch> _watches = [];

    private WatchedBudgets(TestDatabase database, FixedClock clock) => (Database, Clock) = (database, clock);

    public TestDatabase Database { get; }

    /// <summary>Noon on the twentieth of a month of 30 days.</summary>
    public FixedClock Clock { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static readonly DateOnly Today = new(2026, 6, 20);

    public static async Task<WatchedBudgets> StartAsync()
    {
        var clock = new FixedClock(Given.At(Today));
        var watched = new WatchedBudgets(await TestDatabase.CreateAsync(clock: clock), clock);
        await watched.Database.PublishAsync("openai/own", new(2025, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        return watched;
    }

    /// <summary>The watch of another host.</summary>
    public BudgetWatch NewWatch()
    {
        var watch = Database.Make<BudgetWatch>();
        _watches.Add(watch);
        return watch;
    }

    public static BudgetSet Monthly(string id, decimal amount, params BudgetThreshold[] thresholds) => new(
        id, id, new Dictionary<string, IReadOnlyList<string>>(), new BudgetPeriod(BudgetPeriodKind.Month, "2026-01"), "USD", amount, Thresholds: thresholds);

    public static BudgetThreshold Actual(decimal percent) => new(ThresholdOn.Actual, percent);

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Scope(params (string Dimension, string Value)[] parts) =>
        parts.GroupBy(part => part.Dimension).ToDictionary(part => part.Key, part => (IReadOnlyList<string>)[.. part.Select(p => p.Value)]);

    public Task SetAsync(BudgetSet terms)
    {
        Assert.Empty(BudgetBook.Check(terms));
        return Database.Get<BudgetBook>().SetAsync(terms, null, new Recorder("test"), Cancel);
    }

    public Task RemoveAsync(string budget) => Database.Get<BudgetBook>().RemoveAsync(budget, "over", new Recorder("test"), Cancel);

    /// <summary>Costs an amount in dollars.</summary>
    public static TokenUsageRecorded Costing(long amount, DateOnly? day = null, string workload = "chat", Approach approach = Approach.PromptEngineering) =>
        Given.Tokens(Given.At(day ?? Today), workload, approach, "own", amount, 0);

    public async Task SpendAsync(params TokenUsageRecorded[] usage)
    {
        var results = await Database.RecordAsync([.. usage]);
        Assert.All(results, result => Assert.Equal(AppendResult.Appended, result));
    }

    /// <summary>Projects, looks, and projects what was decided.</summary>
    public async Task LookAsync(params BudgetWatch[] watches)
    {
        await Database.ProjectAsync();
        foreach (var watch in watches)
        {
            await watch.RefreshAsync(Cancel);
        }

        await Database.ProjectAsync();
    }

    /// <summary>What was decided on a budget, in order: <c>crossed actual:80%</c>, <c>resolved below</c>.</summary>
    public async Task<IReadOnlyList<string>> DecidedAsync(string budget) =>
        [.. (await EventsAsync(budget)).Select(stored => stored.Data switch
        {
            BudgetThresholdCrossed crossed => $"crossed {Thresholds.KeyOf(crossed.Threshold)}",
            BudgetThresholdResolved resolved => $"resolved {EnumName.Of(resolved.Because)}",
            _ => "",
        }).Where(text => text != "")];

    public Task<IReadOnlyList<StoredEvent>> EventsAsync(string budget) => Database.Store.ReadStreamAsync($"budget/{budget}", Cancel);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
    }
}
