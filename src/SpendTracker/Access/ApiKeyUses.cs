using Npgsql;
using NpgsqlTypes;

namespace SpendTracker.Access;

/// <summary>How often a key was used on a day, and when last.</summary>
/// <param name="Day">In the reporting time zone.</param>
/// <param name="Requests">Those that were let through, as far as hosts have told.</param>
public sealed record ApiKeyUse(string Key, DateOnly Day, long Requests, DateTimeOffset LastUsedAt);

/// <summary>
/// The use of keys, in a table beside the log: an event for each request would be more events than usage. Hosts count in memory and
/// add it up here once a minute.
/// </summary>
public sealed class ApiKeyUses(NpgsqlDataSource dataSource)
{
    /// <summary>Days that a key was not used last on are kept for so long.</summary>
    private const int DaysKept = 90;

    /// <summary>Adds what one host has counted.</summary>
    /// <param name="counted">Each key and day once; at least one.</param>
    /// <returns>The same keys and days with what all hosts have told.</returns>
    public async Task<IReadOnlyList<ApiKeyUse>> AddAsync(IReadOnlyList<ApiKeyUse> counted, CancellationToken cancellationToken)
    {
        var sorted = counted.OrderBy(use => use.Key, StringComparer.Ordinal).ThenBy(use => use.Day).ToArray(); // Two hosts lock rows in one order.
        await using var command = dataSource.CreateCommand(
            """
            insert into spend.api_key_use as u (key_id, day, requests, last_used_at)
            select * from unnest($1, $2, $3, $4)
            on conflict (key_id, day) do update set requests = u.requests + excluded.requests, last_used_at = greatest(u.last_used_at, excluded.last_used_at)
            returning key_id, day, requests, last_used_at
            """);
        command.Parameters.Add(new() { Value = sorted.Select(use => use.Key).ToArray() });
        command.Parameters.Add(new() { Value = sorted.Select(use => use.Day).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date });
        command.Parameters.Add(new() { Value = sorted.Select(use => use.Requests).ToArray() });
        command.Parameters.Add(new() { Value = sorted.Select(use => use.LastUsedAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>The last day of each key that was ever used.</summary>
    public async Task<IReadOnlyDictionary<string, ApiKeyUse>> LastAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select distinct on (key_id) key_id, day, requests, last_used_at from spend.api_key_use order by key_id, day desc");
        return (await ReadAsync(command, cancellationToken)).ToDictionary(use => use.Key);
    }

    /// <summary>What hosts have told of a key's day.</summary>
    public async Task<long> RequestsAsync(string key, DateOnly day, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select requests from spend.api_key_use where key_id = $1 and day = $2");
        command.Parameters.Add(new() { Value = key });
        command.Parameters.Add(new() { Value = day });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>Forgets days long past, but for the last of each key.</summary>
    public async Task TidyAsync(DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "delete from spend.api_key_use as u where day < $1 and exists (select from spend.api_key_use as later where later.key_id = u.key_id and later.day > u.day)");
        command.Parameters.Add(new() { Value = today.AddDays(-DaysKept) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<ApiKeyUse>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ApiKeyUse> uses = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            uses.Add(new(reader.GetString(0), reader.GetFieldValue<DateOnly>(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return uses;
    }
}
