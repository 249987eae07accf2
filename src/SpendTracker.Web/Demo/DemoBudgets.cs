using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Web.Demo;

/// <summary>Sets a budget.</summary>
internal sealed record SetsBudget(DateOnly On, BudgetSet Terms) : DemoAct(On)
{
    private static readonly Recorder Finance = new("person:Finance");

    public override async Task DoAsync(DemoBooks books, CancellationToken cancellationToken)
    {
        if (!(await books.Budgets.HistoryAsync(Terms.Budget, cancellationToken)).Any(version => BudgetBook.SameTerms(version.Terms, Terms)))
        {
            await books.Budgets.SetAsync(Terms, null, Finance, cancellationToken);
        }
    }
}

/// <summary>The demo's budgets: one in each state that a budget can be in. None tells anybody.</summary>
internal static class DemoBudgets
{
    /// <summary>The demo began in month 0; most budgets are set in the one before this.</summary>
    private const int LastMonth = DemoYear.Months - 1;

    private static readonly BudgetThreshold[] Usual = [new(ThresholdOn.Actual, 80), new(ThresholdOn.Actual, 100), new(ThresholdOn.Forecast, 100)];

    public static IEnumerable<DemoAct> For(BillingPeriod first)
    {
        var last = BillingPeriod.Of(first.Start.AddMonths(LastMonth));
        var (from, set) = ($"{first}", last.Previous.Start);
        yield return new SetsBudget(set.AddMonths(-3), Monthly("aurora-team", "Aurora, all it spends", from, 7_500, ("team", AuroraProject.Team)));
        yield return new SetsBudget(set, Monthly("aurora-team", "Aurora, all it spends", from, 9_500, ("team", AuroraProject.Team)));
        yield return new SetsBudget(set, Monthly("aurora-helpdesk", "Aurora’s helpdesk", from, 100, ("workload", AuroraProject.Helpdesk)));
        yield return new SetsBudget(set, Monthly("claims-hosting", "Hosting of the claims model", from, 9_800, ("workload", AtlasProject.Claims), ("component", "hosting")));
        yield return new SetsBudget(set, Monthly("trials", "Trials that nobody registered", from, 0.5m, ("team", SpendTracker.Costs.CostDimension.Unregistered)));
        yield return new SetsBudget(set, Monthly("risk-analysis", "Risk analysis", from, 900, ("workload", AtlasProject.Analysis)) with
        {
            Thresholds = [.. Usual, new(ThresholdOn.Unpriced, 5)],
        });
        yield return new SetsBudget(set, Monthly("knowledge", "Knowledge, prompts only", $"{last.Previous}", 1_100, ("cost-centre", "7300 Knowledge"), ("approach", "prompt-engineering")) with { Currency = "EUR", Rollover = true });
        yield return new SetsBudget(set, Monthly("london", "London office", from, 1_000, ("team", "Atlas Service")) with { Currency = "GBP", Note = "Nobody published an exchange rate for the pound." });
        yield return new SetsBudget(set, new(
            "organisation", "Everything, by the fiscal year", new Dictionary<string, IReadOnlyList<string>>(), new(BudgetPeriodKind.Year, from, null, first.Month), "USD", 420_000, Thresholds: Usual));
        yield return new SetsBudget(set, Monthly("fine-tuning-next", "Fine-tuning, from next month", $"{last.Next}", 30_000, ("approach", "fine-tuning")));
    }

    private static BudgetSet Monthly(string id, string name, string from, decimal amount, params (string Dimension, string Value)[] scope) => new(
        id, name, scope.ToDictionary(part => part.Dimension, part => (IReadOnlyList<string>)[part.Value]), new(BudgetPeriodKind.Month, from), "USD", amount, Thresholds: Usual);
}
