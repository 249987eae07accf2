using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Alerts;

/// <summary>Which alerts to list.</summary>
/// <param name="OpenOnly">Only those that hold, acknowledged or not.</param>
/// <param name="Budget">Only this budget's; null for all of budgets and plans, or of the plan.</param>
/// <param name="Before">Only what is before this place in the log: a page goes on where the one before ended.</param>
/// <param name="Plan">Only this plan's.</param>
/// <param name="Most">At most so many.</param>
public sealed record AlertFilter(bool OpenOnly = true, string? Budget = null, long? Before = null, string? Plan = null, int Most = AlertQuery.MostListed);

/// <summary>Alerts and what became of their messages, a moment behind the log.</summary>
public sealed class AlertQuery(NpgsqlDataSource dataSource)
{
    /// <summary>Most alerts in a page, unless more are asked for.</summary>
    public const int MostListed = 100;

    /// <summary>Of budgets and of plans, in the same columns.</summary>
    private const string BudgetColumns =
        "alert, seq_id, crossed_at, crossed::text, replaced_by, resolved::text, resolved_at, acknowledged_at, acknowledged_by, acknowledged_note, false from spend.budget_alert";

    private const string PlanColumns =
        "alert, seq_id, raised_at, raised::text, null::uuid, resolved::text, resolved_at, acknowledged_at, acknowledged_by, acknowledged_note, true from spend.plan_alert";

    /// <summary>A page of alerts, the latest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            (select {BudgetColumns}
             where tenant_id = $1 and $4::text is null and ($2::text is null or budget = $2) and ($3::bigint is null or seq_id < $3)
             {(filter.OpenOnly ? "and resolved_at is null and replaced_by is null" : "")}
             order by seq_id desc limit $5)
            union all
            (select {PlanColumns}
             where tenant_id = $1 and $2::text is null and ($4::text is null or plan = $4) and ($3::bigint is null or seq_id < $3)
             {(filter.OpenOnly ? "and resolved_at is null" : "")}
             order by seq_id desc limit $5)
            order by seq_id desc limit $5
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)filter.Budget ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = (object?)filter.Plan ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = filter.Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Alert> alerts = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            alerts.Add(Read(reader));
        }

        return alerts;
    }

    /// <summary>How many are open.</summary>
    public async Task<long> CountOpenAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select (select count(*) from spend.budget_alert where tenant_id = $1 and resolved_at is null and replaced_by is null)
                 + (select count(*) from spend.plan_alert where tenant_id = $1 and resolved_at is null)
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>One alert; null where there is none of that id.</summary>
    public async Task<Alert?> FindAsync(Guid alert, CancellationToken cancellationToken)
    {
        const string OfId = "where alert = $1 and tenant_id = $2";
        await using var command = dataSource.CreateCommand($"select {BudgetColumns} {OfId} union all select {PlanColumns} {OfId}");
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Its messages, the oldest first; also what is still to come.</summary>
    public async Task<IReadOnlyList<AlertMessage>> MessagesAsync(Guid alert, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select {MessageRow.Columns} from spend.alert_message where alert = $1 and tenant_id = $2 order by due_at, channel, message");
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<AlertMessage> messages = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(MessageRow.Read(reader));
        }

        return messages;
    }

    private static Alert Read(NpgsqlDataReader reader)
    {
        Guid? replacedBy = reader.IsDBNull(4) ? null : reader.GetGuid(4);
        var acknowledged = reader.IsDBNull(7)
            ? null
            : new Acknowledgement(reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9));
        var (raised, over, ofPlan) = (reader.GetString(3), reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetBoolean(10));
        var state = over is not null ? AlertState.Resolved
            : replacedBy is not null ? AlertState.Replaced
            : acknowledged is not null ? AlertState.Acknowledged : AlertState.Open;
        return new Alert(
            reader.GetGuid(0), state, reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), ofPlan ? null : JsonSerializer.Deserialize(raised, ContractsJson.Default.BudgetThresholdCrossed), replacedBy,
            ofPlan || over is null ? null : JsonSerializer.Deserialize(over, ContractsJson.Default.BudgetThresholdResolved), reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6), acknowledged,
            ofPlan ? JsonSerializer.Deserialize(raised, ContractsJson.Default.PlanAlertRaised) : null, ofPlan && over is not null ? JsonSerializer.Deserialize(over, ContractsJson.Default.PlanAlertResolved) : null);
    }
}
