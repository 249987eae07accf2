using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>When a workload was last used, and how often in a month.</summary>
/// <param name="LastDay">The last day with usage, hours, training or a charge, in the reporting time zone; at the latest the day of the question.</param>
/// <param name="Requests">Used in the month, after corrections.</param>
public sealed record WorkloadUse(string Workload, DateOnly LastDay, decimal Requests);

/// <summary>Every workload that something was recorded for, by its daily rows.</summary>
public sealed class WorkloadUseQuery(NpgsqlDataSource dataSource)
{
    /// <param name="today">Later days do not count: hosting may be recorded ahead.</param>
    public async Task<IReadOnlyList<WorkloadUse>> ListAsync(BillingPeriod month, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select l.workload, max(last.day), trim_scale(coalesce(sum(used.quantity), 0))
            from spend.cost_line as l
            left join lateral (
                select day from spend.daily_usage as u where u.line_id = l.line_id and u.day <= $4 order by u.day desc limit 1) as last on true
            left join lateral (
                select sum(quantity) as quantity from spend.daily_usage as u
                where l.meter = '{Meters.Requests}' and u.line_id = l.line_id and u.day >= $2 and u.day < $3) as used on true
            where l.tenant_id = $1
            group by l.workload
            having max(last.day) is not null
            order by l.workload
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = month.Start });
        command.Parameters.Add(new() { Value = month.End });
        command.Parameters.Add(new() { Value = today });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<WorkloadUse> uses = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            uses.Add(new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetDecimal(2)));
        }

        return uses;
    }
}
