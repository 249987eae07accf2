using Marten;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Tests;

namespace SpendTracker.Marten.Tests;

/// <summary>A database that SpendTracker has set up and a service with Marten shares.</summary>
internal sealed class SharedDatabase : IAsyncDisposable
{
    public static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    /// <summary>Where <see cref="Given.Tokens"/> goes.</summary>
    public static readonly string SupportChat = $"usage/support-chat/{Month}";

    private SharedDatabase(TestDatabase own, IDocumentStore store) => (Own, Store) = (own, store);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestDatabase Own { get; }

    public IDocumentStore Store { get; }

    public static async Task<SharedDatabase> CreateAsync()
    {
        var own = await TestDatabase.CreateAsync();
        return new SharedDatabase(own, Open(own.Spend.Options.ConnectionString));
    }

    /// <param name="connectionString">In a time zone that is nobody's, so that a time that depends on the session's is seen.</param>
    public static DocumentStore Open(string connectionString) => DocumentStore.For(options =>
    {
        options.Connection($"{connectionString};Timezone=Asia/Kathmandu");
        options.AddSpendTracker();
        options.Schema.For<StreamTokens>().MultiTenanted();
    });

    /// <summary>Records in a session of its own and saves it.</summary>
    public async Task<UsageResult> RecordAsync(IUsageEvent usage, string? id = null)
    {
        await using var session = Store.LightweightSession();
        var result = await session.RecordUsageAsync(usage, RecorderOf(id), Cancel);
        await session.SaveChangesAsync(Cancel);
        return result;
    }

    /// <summary>As the API key of the tests: its name is the source of what it sends.</summary>
    public static Recorder RecorderOf(string? id) => new("service:test", "test", id);

    /// <summary>What one thousand input tokens cost is one; others cost nothing.</summary>
    public Task PriceAsync() => Own.PublishAsync("openai/gpt-4o", Given.Day.AddDays(-1), new("input-tokens", 1, 1_000), new("output-tokens", 0));

    public async Task<decimal> CostAsync()
    {
        await Own.ProjectAsync();
        await using var session = Store.QuerySession();
        return (await session.MonthlyCostsAsync(new CostFilter(Month, Month), [], Cancel)).Sum(cost => cost.Actual);
    }

    public Task<long> UsageCountAsync() => Own.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'token_usage_recorded'");

    public async ValueTask DisposeAsync()
    {
        Store.Dispose();
        await Own.DisposeAsync();
    }
}

/// <summary>A read model of the service's own: the tokens of a stream.</summary>
public sealed partial class StreamTokens
{
    public string Id { get; set; } = "";

    public long Input { get; set; }

    public void Apply(TokenUsageRecorded usage) => Input += usage.InputTokens;
}
