using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Settings;

namespace SpendTracker.Web.Reports;

/// <summary>Reads all that a month's report says. Each part is what its own page shows.</summary>
internal sealed class MonthReportQuery(
    MonthlyCostQuery costs, MonthChangeQuery changes, UnpricedQuery unpriced, BillingPeriods periods, ForecastQuery forecasts, DailySpendQuery spends, BudgetBook budgets, BudgetWatch watch,
    OrganisationSettings settings, ReportingClock clock, TimeProvider time)
{
    private const int MonthsShown = 12;

    /// <summary>The month that is reported unless another is asked for: the last one that is over.</summary>
    public BillingPeriod Usual => BillingPeriod.Of(clock.Today).Previous;

    /// <param name="month">Not after the current one.</param>
    public async Task<MonthReport> ReadAsync(BillingPeriod month, CancellationToken cancellationToken)
    {
        var (asOf, passed) = (time.GetUtcNow(), MonthProgress.DaysPassed(month, clock.Now));
        var ofMonth = new CostFilter(month, month);
        var lines = await ByAsync(ofMonth, ["workload", "approach", "component", "team"], cancellationToken);
        var year = await ByAsync(new CostFilter(BillingPeriod.Of(month.Start.AddMonths(1 - MonthsShown)), month), ["component"], cancellationToken);
        var change = await changes.OfAsync(new CostFilter(month.Previous, month), cancellationToken);
        var corrections = await ByAsync(ofMonth, ["origin"], cancellationToken);
        var end = passed is null ? null : (await forecasts.ByAsync([], ofMonth.Where, cancellationToken)).Total.Month;
        return new(
            month, asOf, settings.ReportingCurrency, passed, MonthlyCostQuery.Total(month.ToString(), lines), change.Before,
            (await periods.HistoryAsync(month, null, cancellationToken)).FirstOrDefault(closing => closing.Holds), await BudgetAsync(month, cancellationToken), end,
            [.. lines.OrderByDescending(line => line.Actual)], year, passed is null ? await DaysAsync(month, cancellationToken) : await RunningDaysAsync(ofMonth, cancellationToken),
            [.. change.Steps.Select(step => (step.Step, step.Amount))], await unpriced.ReadAsync(month, month, null, cancellationToken),
            [.. corrections.Where(row => row.Keys["origin"] != row.Month).Select(BookingMove.Of)]);
    }

    private Task<IReadOnlyList<MonthlyCost>> ByAsync(CostFilter filter, string[] by, CancellationToken cancellationToken) =>
        costs.ByAsync(filter, [.. by.Select(name => CostDimension.Find(name)!)], cancellationToken);

    /// <summary>Of the whole organisation, the one with the shortest period.</summary>
    private async Task<(string Name, BudgetFigures Figures)?> BudgetAsync(BillingPeriod month, CancellationToken cancellationToken) =>
        (await budgets.ListAsync(cancellationToken)).Where(budget => budget.Terms.Scope.Count == 0)
            .SelectMany(budget => watch.Of(budget.Terms.Budget).Where(figures => figures.Span.Start <= month.Start && figures.Span.End >= month.End)
                .Select(figures => ((string Name, BudgetFigures Figures)?)(budget.Terms.Name, figures)))
            .OrderBy(budget => budget!.Value.Figures.Span.End.DayNumber - budget.Value.Figures.Span.Start.DayNumber).ThenBy(budget => budget!.Value.Name, StringComparer.Ordinal)
            .FirstOrDefault();

    private async Task<IReadOnlyList<ReportDay>> RunningDaysAsync(CostFilter month, CancellationToken cancellationToken) =>
        [.. (await forecasts.CurveAsync(month.Where, cancellationToken)).Select(day => new ReportDay(day.Day, day.Spent, day.Expected, day.Low, day.High))];

    private async Task<IReadOnlyList<ReportDay>> DaysAsync(BillingPeriod month, CancellationToken cancellationToken)
    {
        var everything = new BudgetSet("report", "", new Dictionary<string, IReadOnlyList<string>>(), new BudgetPeriod(BudgetPeriodKind.Month, month.ToString()), settings.ReportingCurrency, 0);
        var spent = (await spends.ListAsync(everything, new BudgetSpan(month, month), cancellationToken) ?? []).ToDictionary(day => day.Day, day => day.Amount);
        List<ReportDay> days = [];
        var sum = 0m;
        for (var day = month.Start; day < month.End; day = day.AddDays(1))
        {
            sum += spent.GetValueOrDefault(day);
            days.Add(new(day, sum, null, null, null));
        }

        return days;
    }
}
