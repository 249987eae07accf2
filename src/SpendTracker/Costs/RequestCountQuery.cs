using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>Counts the requests of a month of use: what a cost is divided by.</summary>
public sealed class RequestCountQuery(NpgsqlDataSource dataSource)
{
    /// <summary>By workload and approach; those without requests are not there.</summary>
    public async Task<IReadOnlyDictionary<(string Workload, Approach Approach), decimal>> ListAsync(BillingPeriod month, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select workload, approach, sum(quantity) from spend.monthly_cost where tenant_id = $1 and month = $2 and meter = $3 group by 1, 2 having sum(quantity) > 0");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = month.Start });
        command.Parameters.Add(new() { Value = Meters.Requests });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<(string, Approach), decimal> requests = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            requests.Add((reader.GetString(0), EnumName.Parse<Approach>(reader.GetString(1))), reader.GetDecimal(2));
        }

        return requests;
    }
}
