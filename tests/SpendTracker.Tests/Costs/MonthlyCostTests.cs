using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Costs;

public sealed class MonthlyCostTests : IAsyncLifetime
{
    private static readonly BillingPeriod Month = BillingPeriod.Of(Given.Day);

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Usage_costs_the_rate_of_its_day_even_when_the_rate_is_published_later()
    {
        await _database.PublishAsync("openai/own", Given.Day.AddDays(-5), new("input-tokens", 2, 1_000), new("output-tokens", 0));
        await _database.RecordAsync(
            Given.Tokens(Given.At(Given.Day.AddDays(-1)), model: "own"), Given.Tokens(Given.At(Given.Day), model: "own"));
        await _database.ProjectAsync();
        Assert.Equal(4m, (await TotalAsync()).Actual);

        await _database.PublishAsync("openai/own", Given.Day, new MeterPrice("input-tokens", 1, 1_000));
        await _database.ProjectAsync();

        Assert.Equal(3m, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task Of_two_rates_from_one_day_the_later_publication_holds_and_an_older_day_never_overrides_a_newer_one()
    {
        await _database.RecordAsync(Given.Tokens(model: "own", output: 0));
        await _database.PublishAsync("openai/own", Given.Day.AddDays(-1), new MeterPrice("input-tokens", 5));
        await _database.PublishAsync("openai/own", Given.Day.AddDays(-1), new MeterPrice("input-tokens", 3));
        await _database.PublishAsync("openai/own", Given.Day.AddDays(-2), new MeterPrice("input-tokens", 9));
        await _database.ProjectAsync();

        Assert.Equal(3_000m, (await TotalAsync()).Actual);
    }

    [Fact]
    public async Task Usage_without_a_rate_is_unpriced_not_free_and_leaves_the_queue_when_a_rate_covers_it()
    {
        await _database.RecordAsync(Given.Tokens(model: "brand-new"));
        await _database.ProjectAsync();
        var before = await TotalAsync();
        Assert.Equal(0, before.Actual);
        Assert.Equal(1_100m, before.Unpriced["tokens"]);
        var queue = await _database.Get<UnpricedQuery>().ListAsync(Month, Month, null, TestContext.Current.CancellationToken);
        Assert.Equal([("input-tokens", 1_000m), ("output-tokens", 100m)], queue.Select(usage => (usage.Meter, usage.Quantity)));

        await _database.PublishAsync("openai/brand-new", Given.Day.AddDays(-1), new("input-tokens", 0), new("output-tokens", 1));
        await _database.ProjectAsync();

        var after = await TotalAsync();
        Assert.Equal(100m, after.Actual);
        Assert.Empty(after.Unpriced);
        Assert.Empty(await _database.Get<UnpricedQuery>().ListAsync(null, null, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_rate_does_not_reach_back_before_its_day()
    {
        await _database.RecordAsync(Given.Tokens(Given.At(Given.Day.AddDays(-1)), model: "own", output: 0), Given.Tokens(model: "own", output: 0));
        await _database.PublishAsync("openai/own", Given.Day, new MeterPrice("input-tokens", 1));
        await _database.ProjectAsync();

        var total = await TotalAsync();
        Assert.Equal(1_000m, total.Actual);
        Assert.Equal(1_000m, total.Unpriced["tokens"]);
    }

    [Fact]
    public async Task A_fine_tuned_model_never_falls_back_to_its_base_model()
    {
        await _database.RecordAsync(Given.Tokens(model: "ft:gpt-4o:acme", approach: Approach.FineTuning));
        await _database.ProjectAsync();

        Assert.Equal(1_100m, (await TotalAsync()).Unpriced["tokens"]);
    }

    [Fact]
    public async Task Cached_cache_write_and_reasoning_tokens_are_counted_once_each()
    {
        await _database.PublishAsync(
            "openai/own", Given.Day, new("input-tokens", 1), new("cached-input-tokens", 0.5m), new("cache-write-tokens", 2), new("output-tokens", 10), new("reasoning-tokens", 20));
        await _database.RecordAsync(Given.Tokens(model: "own", input: 100, output: 50) with { CachedInputTokens = 60, CacheWriteTokens = 10, ReasoningTokens = 20 });
        await _database.ProjectAsync();

        Assert.Equal(30 * 1 + 60 * 0.5m + 10 * 2 + 30 * 10 + 20 * 20, (await TotalAsync()).Actual);
        Assert.Equal(150m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter like '%tokens'"));
    }

    [Fact]
    public async Task A_tier_has_prices_of_its_own()
    {
        await _database.PublishAsync("openai/own", Given.Day, new("input-tokens", 2), new("batch-input-tokens", 1));
        await _database.RecordAsync(
            Given.Tokens(model: "own", output: 0), Given.Tokens(model: "own", output: 0) with { ServiceTier = ServiceTier.Batch },
            Given.Tokens(model: "own", output: 0) with { ServiceTier = ServiceTier.Flex });
        await _database.ProjectAsync();

        var total = await TotalAsync();
        Assert.Equal(3_000m, total.Actual);
        Assert.Equal(1_000m, total.Unpriced["tokens"]);
    }

    [Fact]
    public async Task Charges_count_at_once_in_the_reporting_currency_and_are_unconverted_in_another()
    {
        await _database.RecordAsync(
            new ChargeRecorded("w", Approach.Hybrid, Component.Infrastructure, 250.55m, "USD", Given.At(Given.Day)),
            new ChargeRecorded("w", Approach.Hybrid, Component.Other, -50m, "USD", Given.At(Given.Day), ChargeCategory.Credit),
            new ChargeRecorded("w", Approach.Hybrid, Component.Other, 10m, "EUR", Given.At(Given.Day)));
        await _database.ProjectAsync();

        var total = await TotalAsync();
        Assert.Equal(200.55m, total.Actual);
        Assert.Equal(10m, total.Unconverted["EUR"]);
        Assert.Empty(total.Unpriced);
    }

    [Fact]
    public async Task Every_breakdown_has_the_same_sum_and_estimates_count_also_where_nothing_was_used()
    {
        await GivenAMonthAsync();

        var total = await TotalAsync();
        Assert.Equal(1_234.5m + 900, total.Estimated);
        foreach (var dimension in CostDimension.All)
        {
            var parts = await ByAsync(dimension.Name);
            Assert.Equal(total.Actual, parts.Sum(part => part.Actual));
            Assert.Equal(total.Estimated, parts.Sum(part => part.Estimated));
            Assert.Equal(total.Unpriced["tokens"], parts.Sum(part => part.Unpriced.GetValueOrDefault("tokens")));
        }

        var rows = await ByAsync("approach", "component", "workload", "team", "model", "variant", "month");
        Assert.Equal(total.Actual, rows.Sum(row => row.Actual));
        Assert.Contains(rows, row => row.Keys["workload"] == "planned-only" && row.Estimated == 900 && row.Actual == 0);
    }

    [Fact]
    public async Task Teams_come_from_the_registry_and_unknown_workloads_are_shown_as_unregistered()
    {
        await GivenAMonthAsync();

        var teams = await ByAsync("team");
        Assert.Equal(["(unregistered)", "support"], teams.Select(team => team.Keys["team"]));
    }

    [Fact]
    public async Task A_filter_narrows_and_never_injects()
    {
        await GivenAMonthAsync();
        var only = await Query.ByAsync(
            new CostFilter(Month, Month) { Where = new Dictionary<string, IReadOnlyList<string>> { ["component"] = ["labour"] } }, [], TestContext.Current.CancellationToken);
        var none = await Query.ByAsync(
            new CostFilter(Month, Month) { Where = new Dictionary<string, IReadOnlyList<string>> { ["workload"] = ["' or true --"] } }, [], TestContext.Current.CancellationToken);

        var byComponent = (await ByAsync("component")).ToDictionary(row => row.Keys["component"], row => row.Actual);
        var either = await Query.ByAsync(
            new CostFilter(Month, Month) { Where = new Dictionary<string, IReadOnlyList<string>> { ["component"] = ["labour", "usage"] } }, [], TestContext.Current.CancellationToken);

        Assert.Equal(180m, Assert.Single(only).Actual);
        Assert.Equal(byComponent["labour"] + byComponent["usage"], Assert.Single(either).Actual);
        Assert.Empty(none);
    }

    [Fact]
    public async Task The_latest_estimate_of_a_month_counts_and_earlier_months_keep_theirs()
    {
        var book = new SpendTracker.Estimates.EstimateBook(_database.DataSource, _database.Store);
        var recorder = new SpendTracker.Events.Recorder("test");
        await book.SubmitAsync(
            new("w", Approach.Hybrid, Month.Previous.ToString(), Month.Next.ToString(), "USD", [new(Component.Usage, 100)]), recorder, TestContext.Current.CancellationToken);
        await book.SubmitAsync(
            new("w", Approach.Hybrid, Month.ToString(), Month.ToString(), "USD", [new(Component.Usage, Sku: "a/b", Meter: "input-tokens", Quantity: 3_000_000, Price: 2.5m, Per: 1_000_000)]),
            recorder, TestContext.Current.CancellationToken);
        await _database.ProjectAsync();

        var costs = await Query.ByAsync(new CostFilter(Month.Previous, Month.Next), [], TestContext.Current.CancellationToken);
        Assert.Equal([100m, 7.5m, 100m], costs.Select(cost => cost.Estimated));
    }

    [Fact]
    public async Task Huge_and_tiny_amounts_are_added_exactly()
    {
        await _database.PublishAsync("openai/own", Given.Day, new MeterPrice("input-tokens", 0.000000000001m), new MeterPrice("output-tokens", 1_000_000));
        await _database.RecordAsync(Given.Tokens(model: "own", input: 1, output: 0), Given.Tokens(model: "own", input: 0, output: 999));
        await _database.ProjectAsync();

        Assert.Equal(999_000_000.000000000001m, (await TotalAsync()).Actual);

        await _database.RecordAsync(Given.Tokens(model: "own", input: 0, output: 1_000_000_000_000));
        await _database.ProjectAsync();
        Assert.Equal(1_000_000_000_999_000_000m, (await TotalAsync()).Actual);
    }

    private MonthlyCostQuery Query => _database.Get<MonthlyCostQuery>();

    private async Task<MonthlyCost> TotalAsync() => Assert.Single(await ByAsync("month"));

    private Task<IReadOnlyList<MonthlyCost>> ByAsync(params string[] dimensions) => Query.ByAsync(
        new CostFilter(Month, Month), [.. dimensions.Select(name => CostDimension.Find(name)!)], TestContext.Current.CancellationToken);

    private async Task GivenAMonthAsync()
    {
        var at = Given.At(Given.Day);
        await _database.PublishAsync("labour/engineer", Given.Day.AddYears(-1), new MeterPrice("labour-hours", 90));
        await _database.RecordAsync(
            Given.Tokens() with { Variant = "few-shot/v3" }, Given.Tokens(workload: "other", approach: Approach.Hybrid), Given.Tokens(model: "brand-new"),
            new HostingHoursRecorded("other", Approach.FineTuning, "azure/gpt-35-turbo-fine-tuned", 24, at, at.AddHours(24)),
            new LabourRecorded("support-chat", Approach.PromptEngineering, "engineer", 2, LabourActivity.PromptCrafting, at));
        var recorder = new SpendTracker.Events.Recorder("test");
        await _database.Get<WorkloadRegistry>().RegisterAsync(
            new WorkloadRegistered("support-chat", "Support chat", "support", Approach.PromptEngineering), recorder, TestContext.Current.CancellationToken);
        var book = new SpendTracker.Estimates.EstimateBook(_database.DataSource, _database.Store);
        await book.SubmitAsync(
            new("support-chat", Approach.PromptEngineering, Month.ToString(), Month.ToString(), "USD", [new(Component.Usage, 1_000), new(Component.Labour, 234.5m)]),
            recorder, TestContext.Current.CancellationToken);
        await book.SubmitAsync(
            new("planned-only", Approach.FineTuning, Month.ToString(), Month.ToString(), "USD", [new(Component.Hosting, 900)]), recorder, TestContext.Current.CancellationToken);
        await _database.ProjectAsync();
    }
}
