using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Access;

/// <summary>Which teams something belongs to.</summary>
public sealed class OwnersTests
{
    private static readonly Recorder Recorder = new("test");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Budgets_belong_to_the_teams_of_their_scope_and_workloads_to_their_team()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (owners, registry) = (database.Make<Owners>(), database.Get<WorkloadRegistry>());
        await registry.RegisterAsync(new("triage", "Triage", "Support", Approach.Hybrid), Recorder, Cancel);
        await registry.RegisterAsync(new("search", "Search", "Search", Approach.Hybrid), Recorder, Cancel);

        await OwnedAsync(["Support"], ("workload", ["triage"]));
        await OwnedAsync(["Support", "Search"], ("workload", ["triage", "search"]));
        await OwnedAsync(["Support", null], ("workload", ["triage", "unregistered"]));
        await OwnedAsync(["Search"], ("team", ["Search"]), ("workload", ["triage"])); // Narrower than the team.
        await OwnedAsync([null], ("model", ["gpt-4o"]));
        await OwnedAsync([null]);

        // Who changes a budget answers for what it is, too: else another team's could be taken over.
        await database.Get<BudgetBook>().SetAsync(Budget(("team", ["Search"])), null, Recorder, Cancel);
        await OwnedAsync(["Search", "Support"], ("team", ["Support"]));
        Assert.Equal(["Search"], (await owners.OfBudgetAsync("b", Cancel)).Teams);
        await database.Get<BudgetBook>().RemoveAsync("b", "over", Recorder, Cancel);
        await OwnedAsync(["Support"], ("team", ["Support"]));

        Assert.Equal("Support", Assert.Single((await owners.OfPlanAsync("p", "triage", Cancel)).Teams));
        Assert.Null(Assert.Single((await owners.OfPlanAsync("p", null, Cancel)).Teams));
        Assert.Null(Assert.Single((await owners.OfAlertAsync(Guid.Empty, Cancel)).Teams));

        async Task OwnedAsync(string?[] teams, params (string, string[])[] scope) => Assert.Equal(teams, (await owners.OfBudgetAsync(Budget(scope), Cancel)).Teams);
    }

    private static BudgetSet Budget(params (string Dimension, string[] Values)[] scope) => new(
        "b", "B", scope.ToDictionary(part => part.Dimension, part => (IReadOnlyList<string>)part.Values), new BudgetPeriod(BudgetPeriodKind.Month, "2026-01"), "USD", 100);
}
