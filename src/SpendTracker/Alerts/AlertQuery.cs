using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Alerts;

/// <summary>Where an alert stands.</summary>
[JsonConverter(typeof(NamedEnumConverter<AlertState>))]
public enum AlertState
{
    /// <summary>It holds, and nobody has acknowledged it.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>It holds, and somebody deals with it.</summary>
    [JsonStringEnumMemberName("acknowledged")] Acknowledged,

    /// <summary>It is over.</summary>
    [JsonStringEnumMemberName("resolved")] Resolved,

    /// <summary>An alert of a later version of the budget goes on from it.</summary>
    [JsonStringEnumMemberName("replaced")] Replaced,
}

/// <summary>An alert: a threshold that was crossed, and what came of it.</summary>
/// <param name="SeqId">Its place in the log; a list goes on from it.</param>
public sealed record Alert(
    Guid Id, AlertState State, long SeqId, DateTimeOffset CrossedAt, BudgetThresholdCrossed Crossed, Guid? ReplacedBy, BudgetThresholdResolved? Resolved,
    DateTimeOffset? ResolvedAt, Acknowledgement? Acknowledged);

/// <summary>Which alerts to list.</summary>
/// <param name="OpenOnly">Only those that hold, acknowledged or not.</param>
/// <param name="Budget">Only this budget's; null for all.</param>
/// <param name="Before">Only what is before this place in the log: a page goes on where the one before ended.</param>
public sealed record AlertFilter(bool OpenOnly = true, string? Budget = null, long? Before = null);

/// <summary>Alerts and what became of their messages, a moment behind the log.</summary>
public sealed class AlertQuery(NpgsqlDataSource dataSource)
{
    /// <summary>Most alerts in a page.</summary>
    public const int MostListed = 100;

    private const string Columns =
        """
        alert, seq_id, crossed_at, crossed::text, replaced_by, resolved::text, resolved_at, acknowledged_at, acknowledged_by, acknowledged_note
        """;

    /// <summary>A page of alerts, the latest first.</summary>
    public async Task<IReadOnlyList<Alert>> ListAsync(AlertFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from spend.budget_alert
            where tenant_id = $1 and ($2::text is null or budget = $2) and ($3::bigint is null or seq_id < $3)
            {(filter.OpenOnly ? "and resolved_at is null and replaced_by is null" : "")}
            order by seq_id desc limit {MostListed}
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)filter.Budget ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Alert> alerts = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            alerts.Add(Read(reader));
        }

        return alerts;
    }

    /// <summary>One alert; null where there is none of that id.</summary>
    public async Task<Alert?> FindAsync(Guid alert, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from spend.budget_alert where alert = $1 and tenant_id = $2");
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Its messages, the oldest first; also what is still to come.</summary>
    public async Task<IReadOnlyList<AlertMessage>> MessagesAsync(Guid alert, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select {AlertMessage.Columns} from spend.alert_message where alert = $1 and tenant_id = $2 order by due_at, channel, message");
        command.Parameters.Add(new() { Value = alert });
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<AlertMessage> messages = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(AlertMessage.Read(reader));
        }

        return messages;
    }

    private static Alert Read(NpgsqlDataReader reader)
    {
        Guid? replacedBy = reader.IsDBNull(4) ? null : reader.GetGuid(4);
        var resolved = reader.IsDBNull(5) ? null : JsonSerializer.Deserialize(reader.GetString(5), ContractsJson.Default.BudgetThresholdResolved);
        var acknowledged = reader.IsDBNull(7)
            ? null
            : new Acknowledgement(reader.GetFieldValue<DateTimeOffset>(7), reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9));
        var state = resolved is not null ? AlertState.Resolved
            : replacedBy is not null ? AlertState.Replaced
            : acknowledged is not null ? AlertState.Acknowledged : AlertState.Open;
        return new Alert(
            reader.GetGuid(0), state, reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2),
            JsonSerializer.Deserialize(reader.GetString(3), ContractsJson.Default.BudgetThresholdCrossed)!, replacedBy, resolved,
            reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6), acknowledged);
    }
}
