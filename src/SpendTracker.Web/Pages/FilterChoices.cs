using System.Diagnostics;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Pages;

/// <summary>What the filter bar offers.</summary>
/// <param name="Values">Dimension → values.</param>
/// <param name="Names">Workload → the name it is registered with.</param>
/// <param name="FiscalYearStart">The month that fiscal years begin with: of the organisation's budget by the year, or January.</param>
internal sealed record FilterOffer(IReadOnlyDictionary<string, IReadOnlyList<string>> Values, IReadOnlyDictionary<string, string> Names, int FiscalYearStart)
{
    public static FilterOffer Nothing { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), new Dictionary<string, string>(), 1);
}

/// <summary>Reads what the filter bars of all open pages offer, at most every ten seconds.</summary>
internal sealed class FilterChoices(CostValuesQuery values, WorkloadRegistry registry, BudgetBook budgets, IHostApplicationLifetime lifetime)
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

    private async Task<FilterOffer> ReadAsync(CancellationToken cancellationToken)
    {
        var known = await values.ListAsync(cancellationToken);
        var registered = await registry.ListAsync(cancellationToken);
        var ofYears = (await budgets.ListAsync(cancellationToken)).FirstOrDefault(budget => budget.Terms is { Scope.Count: 0, Period.Kind: BudgetPeriodKind.Year });
        return new(known, registered.ToDictionary(workload => workload.Id, workload => workload.Name), ofYears?.Terms.Period.FiscalYearStart ?? 1);
    }
}
