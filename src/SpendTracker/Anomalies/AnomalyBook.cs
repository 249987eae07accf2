using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Anomalies;

/// <summary>Which anomalies to list.</summary>
/// <param name="OpenOnly">Only those that nobody has acknowledged, and that hold.</param>
/// <param name="Workload">Only this workload's; null for all.</param>
/// <param name="Before">Only what is before this place in the log: a page goes on where the one before ended.</param>
/// <param name="Most">At most so many.</param>
public sealed record AnomalyFilter(bool OpenOnly = true, string? Workload = null, long? Before = null, int Most = AnomalyBook.MostListed);

/// <summary>Unusual days that were found. They are acknowledged as alerts are.</summary>
public sealed class AnomalyBook(NpgsqlDataSource dataSource)
{
    /// <summary>Most anomalies in a page, unless more are asked for.</summary>
    public const int MostListed = 100;

    private static readonly Guid Names = new("5d3ab1b3-7d0a-4f64-9b35-c1a0f3a6e0d7");

    private const string Columns = "anomaly, seq_id, detected_at, detected::text, cleared::text, cleared_at, acknowledged_at, acknowledged_by, acknowledged_note";

    /// <summary>A page of anomalies, those found last first.</summary>
    public async Task<IReadOnlyList<Anomaly>> ListAsync(AnomalyFilter filter, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from spend.anomaly
            where tenant_id = $1 and ($2::text is null or workload = $2) and ($3::bigint is null or seq_id < $3)
            {(filter.OpenOnly ? "and cleared_at is null and acknowledged_at is null" : "")}
            order by seq_id desc limit $4
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = (object?)filter.Workload ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)filter.Before ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        command.Parameters.Add(new() { Value = filter.Most });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>One anomaly; null where there is none of that id.</summary>
    public async Task<Anomaly?> FindAsync(Guid anomaly, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from spend.anomaly where tenant_id = $1 and anomaly = $2");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = anomaly });
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>The same for the same finding, whichever host makes it.</summary>
    internal static Guid IdOf(string tenant, AnomalyFinding finding, string workload) =>
        EventId.Version5(Names, $"{tenant.Length}:{tenant}{workload.Length}:{workload}{finding.Day:yyyy-MM-dd}:{finding.Kind switch { AnomalyKind.Silence => "silence", AnomalyKind.Fall => "low", _ => "high" }}{(finding.Part is { } part ? $":{part.Sku.Length}:{part.Sku}{part.Meter}" : "")}");

    internal static string StreamOf(Guid anomaly) => $"anomaly/{anomaly}";

    /// <summary>All of days since one, whatever has come of them.</summary>
    internal async Task<IReadOnlyList<Anomaly>> SinceAsync(DateOnly day, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from spend.anomaly where tenant_id = $1 and day >= $2 order by day");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = day });
        return await ReadAsync(command, cancellationToken);
    }

    private static async Task<IReadOnlyList<Anomaly>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Anomaly> anomalies = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var cleared = reader.IsDBNull(4) ? null : JsonSerializer.Deserialize(reader.GetString(4), ContractsJson.Default.AnomalyCleared);
            anomalies.Add(new Anomaly(
                reader.GetGuid(0), cleared is not null ? AnomalyState.Cleared : reader.IsDBNull(6) ? AnomalyState.Open : AnomalyState.Acknowledged, reader.GetInt64(1),
                reader.GetFieldValue<DateTimeOffset>(2), JsonSerializer.Deserialize(reader.GetString(3), ContractsJson.Default.AnomalyDetected)!, cleared,
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                reader.IsDBNull(6) ? null : new Acknowledgement(reader.GetFieldValue<DateTimeOffset>(6), reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8))));
        }

        return anomalies;
    }
}
