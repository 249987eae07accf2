using Marten;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>Costs for a service that has its own Marten store on SpendTracker's database.</summary>
public static class MonthlyCostSession
{
    /// <summary>
    /// Actual, estimated, unpriced and unconverted costs by month, over the session's connection and in its transaction. They
    /// are a moment behind the log: SpendTracker's projections keep them, and what this session has not saved is not in them.
    /// </summary>
    /// <param name="session">Any; the costs are those of the whole organisation.</param>
    /// <param name="filter">The months, from first to last, and what they are narrowed to.</param>
    /// <param name="by">The dimensions to break them down by, of <see cref="CostDimension.All"/>; none for one row a month.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Rows in the order of month and dimensions.</returns>
    public static async Task<IReadOnlyList<MonthlyCost>> MonthlyCostsAsync(
        this IQuerySession session, CostFilter filter, IReadOnlyList<CostDimension> by, CancellationToken cancellationToken)
    {
        var settings = (await session.Events.FetchStreamAsync(StreamNames.Settings, token: cancellationToken)).Select(stored => stored.Data).OfType<SettingsChanged>().Last();
        var now = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, TimeZoneInfo.FindSystemTimeZoneById(settings.ReportingTimeZone)).DateTime;
        await using var command = session.Connection.CreateCommand();
        return await MonthlyCostQuery.ByAsync(command, filter, by, now, cancellationToken);
    }
}
