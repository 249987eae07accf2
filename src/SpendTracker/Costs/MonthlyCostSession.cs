using Marten;
using Npgsql;
using SpendTracker.Events;
using SpendTracker.Log;

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
        var (zone, path) = await SettingsAsync(session.Connection, cancellationToken);
        await SearchAsync(session.Connection, "spend", cancellationToken);
        try
        {
            await using var command = session.Connection.CreateCommand();
            return await MonthlyCostQuery.ByAsync(command, filter, by, TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow, zone).DateTime, cancellationToken);
        }
        finally
        {
            await SearchAsync(session.Connection, path, CancellationToken.None); // The connection is the caller's.
        }
    }

    /// <summary>The reporting time zone, and where the connection looks for tables.</summary>
    private static async Task<(TimeZoneInfo Zone, string SearchPath)> SettingsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select data ->> 'reportingTimeZone', current_setting('search_path') from {LogTables.Events}
            where tenant_id = $1 and stream_id = $2 and type = 'settings_changed' order by version desc limit 1
            """, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = StreamNames.Settings });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(0)), reader.GetString(1))
            : throw new InvalidOperationException("No host has set up this database yet.");
    }

    private static async Task SearchAsync(NpgsqlConnection connection, string path, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select set_config('search_path', $1, false)", connection) { Parameters = { new() { Value = path } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
