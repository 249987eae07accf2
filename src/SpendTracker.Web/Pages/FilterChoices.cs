using System.Diagnostics;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Views;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Pages;

/// <summary>What the filter bar offers.</summary>
/// <param name="Values">Dimension → values.</param>
/// <param name="Names">Workload → the name it is registered with.</param>
/// <param name="Views">All saved views: a page shows those that its person sees.</param>
/// <param name="FiscalYearStart">The month that fiscal years begin with: of the organisation's budget by the year, or January.</param>
internal sealed record FilterOffer(IReadOnlyDictionary<string, IReadOnlyList<string>> Values, IReadOnlyDictionary<string, string> Names, int FiscalYearStart, IReadOnlyList<SavedView> Views)
{
    public static FilterOffer Nothing { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, string>(), 1, []);
}

/// <summary>Reads what the filter bars of all open pages offer, at most every ten seconds.</summary>
internal sealed class FilterChoices(CostValuesQuery values, WorkloadRegistry registry, BudgetBook budgets, SavedViews views, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<FilterOffer>? _latest;
    private long _readAt;

    /// <summary>At most ten seconds old.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<FilterOffer> GetAsync()
    {
        lock (_lock)
        {
            if (_latest is null or { IsFaulted: true } or { IsCanceled: true } || Stopwatch.GetElapsedTime(_readAt) > Kept)
            {
                (_latest, _readAt) = (ReadAsync(lifetime.ApplicationStopping), Stopwatch.GetTimestamp());
            }

            return _latest;
        }
    }

    /// <summary>For who has just changed something of it.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _latest = null;
        }
    }

    /// <summary>The months that an address asks for.</summary>
    /// <param name="current">The month that it is.</param>
    /// <param name="otherwise">Those that the page shows where none are asked for.</param>
    public async Task<(BillingPeriod First, BillingPeriod Last)> MonthsAsync(Filters filters, BillingPeriod current, PeriodName otherwise)
    {
        var start = filters.Span is null ? (await GetAsync()).FiscalYearStart : 1; // Where months are written out, it does not matter.
        return filters.Months(current, start) ?? Filters.Months(otherwise, current, start);
    }

    private async Task<FilterOffer> ReadAsync(CancellationToken cancellationToken)
    {
        var known = await values.ListAsync(cancellationToken);
        var registered = await registry.ListAsync(cancellationToken);
        var ofYears = (await budgets.ListAsync(cancellationToken)).FirstOrDefault(budget => budget.Terms is { Scope.Count: 0, Period.Kind: BudgetPeriodKind.Year });
        return new(known, registered.ToDictionary(workload => workload.Id, workload => workload.Name), ofYears?.Terms.Period.FiscalYearStart ?? 1, await views.ListAsync(cancellationToken));
    }
}
