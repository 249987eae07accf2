using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;

namespace SpendTracker.Tests.Closing;

/// <summary>What the queries and the budgets of teams answer in a play.</summary>
internal sealed class OwnerAnswers(TestDatabase database, BillingPeriod first)
{
    private static readonly BillingPeriod Last = new(2199, 12);

    private readonly MonthlyCostQuery _costs = database.Get<MonthlyCostQuery>();
    private readonly BudgetWatch _watch = database.Make<BudgetWatch>();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    public async Task SetBudgetsAsync(IEnumerable<string> teams)
    {
        foreach (var team in teams)
        {
            await database.Get<BudgetBook>().SetAsync(BudgetOf(team), null, new Recorder("test:property"), _stop);
        }
    }

    /// <summary>By month, team and cost centre.</summary>
    public async Task<(IEnumerable<string> Costs, IEnumerable<string> Estimates)> ByOwnerAsync()
    {
        var rows = await ByAsync("team", "cost-centre");
        return (
            OwnerModel.Text(rows.Select(row => ($"{row.Month} {row.Keys["team"]}/{row.Keys["cost-centre"]}", row.Actual))),
            OwnerModel.Text(rows.Select(row => ($"{row.Month} {row.Keys["team"]}/{row.Keys["cost-centre"]}", row.Estimated))));
    }

    public async Task<IEnumerable<string>> EstimatesByModelAsync() =>
        OwnerModel.Text((await ByAsync("model")).Select(row => ($"{row.Month} {row.Keys["model"]}", row.Estimated)));

    /// <summary>What a team spent by its budget, in each period that is watched, is what costs by team say of that month.</summary>
    public async Task CheckWatchedAsync(IEnumerable<string> teams)
    {
        await _watch.RefreshAsync(_stop);
        var costs = await CostByTeamAsync();
        foreach (var team in teams)
        {
            Assert.All(_watch.Of(team), figures => Check(costs, team, figures));
        }
    }

    /// <summary>The same of every period that is over.</summary>
    public async Task CheckPastAsync(IEnumerable<string> teams)
    {
        var costs = await CostByTeamAsync();
        foreach (var team in teams)
        {
            var past = await database.Get<BudgetOutlook>().PastAsync([new(1, BudgetOf(team), DateTimeOffset.UnixEpoch, "test")], 60, _stop);
            Assert.NotEmpty(past);
            Assert.All(past, figures => Check(costs, team, figures));
        }
    }

    private static void Check(IReadOnlyDictionary<(string Month, string Team), decimal> costs, string team, BudgetFigures figures) => Assert.Equal(
        (figures.Span, MoneyAnswers.Rounded(costs.GetValueOrDefault((figures.Span.First.ToString(), team)))), (figures.Span, MoneyAnswers.Rounded(figures.Spent!.Value)));

    private async Task<IReadOnlyDictionary<(string Month, string Team), decimal>> CostByTeamAsync() =>
        (await ByAsync("team")).ToDictionary(row => (row.Month, row.Keys["team"]), row => row.Actual);

    private Task<IReadOnlyList<MonthlyCost>> ByAsync(params string[] dimensions) =>
        _costs.ByAsync(new CostFilter(new(2000, 1), Last), [.. dimensions.Select(name => CostDimension.Find(name)!)], _stop);

    private BudgetSet BudgetOf(string team) => new(
        team, team, new Dictionary<string, IReadOnlyList<string>> { ["team"] = [team] }, new BudgetPeriod(BudgetPeriodKind.Month, first.ToString()), "USD", 1_000);
}
