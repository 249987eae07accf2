using System.Data;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Forecasts;
using SpendTracker.Settings;

namespace SpendTracker.Budgets;

/// <summary>
/// Figures that nobody keeps in memory: what terms would mean before they are set, and periods that are long over. Read from
/// the database when somebody asks, by the arithmetic that decides crossings.
/// </summary>
public sealed class BudgetOutlook(NpgsqlDataSource dataSource, DailyCostReading daily, OrganisationSettings settings, TimeProvider clock)
{
    /// <summary>What checked terms would mean now; null where their time is not now.</summary>
    public async Task<BudgetFigures?> NowAsync(BudgetSet terms, CancellationToken cancellationToken)
    {
        var today = BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone);
        if (BudgetCalendar.At(terms.Period, today) is not { } span)
        {
            return null;
        }

        var expected = await RunRateQuery.LoadAsync(daily, dataSource, today, cancellationToken);
        return (await FiguresAsync([(1, terms, span)], expected, cancellationToken))[0];
    }

    /// <summary>
    /// Periods that are over, the latest first, each by the terms that held when it ended; by the first ones, where it ended
    /// before there was a budget.
    /// </summary>
    /// <param name="versions">Of the budget, the newest first; at least one.</param>
    public async Task<IReadOnlyList<BudgetFigures>> PastAsync(IReadOnlyList<BudgetVersion> versions, int most, CancellationToken cancellationToken)
    {
        var today = BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone);
        var wanted = BudgetCalendar.Ended(versions[0].Terms.Period, today).Take(most).Select(span =>
        {
            var held = versions.FirstOrDefault(version => BillingPeriod.DayOf(version.SetAt, settings.ReportingTimeZone) < span.End) ?? versions[^1];

            // Where that version had other periods, its amount says nothing about this one.
            return BudgetCalendar.At(held.Terms.Period, span.Start) == span ? (held.Version, held.Terms, span) : (versions[0].Version, versions[0].Terms, span);
        }).ToArray();
        return wanted.Length == 0 ? [] : await FiguresAsync(wanted, null, cancellationToken);
    }

    /// <param name="expected">What days to come are expected to cost; null where that does not matter.</param>
    private async Task<IReadOnlyList<BudgetFigures>> FiguresAsync(
        IReadOnlyList<(int Version, BudgetSet Terms, BudgetSpan Span)> wanted, RunRates? expected, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var query = new SpendQuery(connection);
        var now = clock.GetUtcNow();
        var changes = await query.ChangesAsync(long.MaxValue, long.MaxValue, cancellationToken);

        // Several versions side by side, as if each were a budget of its own.
        var states = wanted.DistinctBy(one => one.Version).ToDictionary(
            one => one.Version, one => BudgetState.Of([]) with { Terms = one.Terms with { Budget = $"{one.Version}" }, Version = one.Version });
        var spend = new BudgetSpend();
        spend.Cover(states.Values, await query.OwnersAsync(cancellationToken));
        var first = wanted.Min(one => BudgetArithmetic.FirstNeeded(one.Terms, one.Span));
        foreach (var month in await query.MonthsAsync(first, wanted.Max(one => one.Span.Last), BillingPeriod.DayOf(now, settings.ReportingTimeZone), cancellationToken))
        {
            spend.SetMonth(month.Key, [.. month]);
        }

        spend.Expect(expected ?? RunRates.None);
        var rates = await BudgetRates.LoadAsync(query, settings.ReportingCurrency, wanted.Select(one => (one.Terms, one.Span)), cancellationToken);
        var moment = SpendMoment.Of(now, settings.ReportingTimeZone, changes);
        return [.. wanted.Select(one => BudgetArithmetic.Figures(states[one.Version], one.Span, moment, spend, rates) with { Budget = one.Terms.Budget })];
    }
}
