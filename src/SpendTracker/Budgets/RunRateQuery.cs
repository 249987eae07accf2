using Npgsql;
using SpendTracker.Forecasts;

namespace SpendTracker.Budgets;

/// <summary>
/// What the parts of the costs are expected to cost, as every forecast has it (<see cref="Outlook"/>). What happens once, training, the
/// preparation of datasets and charges that are not scheduled, is not expected again.
/// </summary>
internal static class RunRateQuery
{
    /// <summary>Days that a habit rests on: four weeks, and the gaps before them.</summary>
    private const int Days = 150;

    /// <summary>Whether what was used on a day counts: not of today, which <see cref="BudgetSpend"/> has.</summary>
    public static bool Counts(DateOnly day, DateOnly today) => day != today && day >= today.AddDays(-Days);

    public static async Task<RunRates> LoadAsync(DailyCostReading daily, NpgsqlDataSource dataSource, DateOnly today, CancellationToken cancellationToken)
    {
        var components = (await daily.ReadAsync(today, cancellationToken)).Components(today);
        var restated = (await RestatedPrices.ReadAsync(dataSource, today, cancellationToken)).ToLookup(change => change.Part);
        return new(today, components.SelectMany(component => Outlook.Of(component, restated)).Where(outlook => !outlook.Part.IsOnce || outlook.Scheduled.Count > 0)
            .ToLookup(outlook => new SpendKey(outlook.Part.Workload, outlook.Part.Approach, outlook.Part.Component, outlook.Part.Model, outlook.Part.Variant)));
    }
}
