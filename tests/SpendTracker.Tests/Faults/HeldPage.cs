using Npgsql;

namespace SpendTracker.Tests.Faults;

/// <summary>
/// The costs' projection, held in the middle of a page by a lock on its table: whoever is at it has the projection's lock,
/// has read its events, and waits to write.
/// </summary>
internal sealed class HeldPage : IAsyncDisposable
{
    private const string Checkpoint = "SpendTracker.DailyUsage:All";

    private readonly TestDatabase _database;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private HeldPage(TestDatabase database, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_database, _connection, _transaction) = (database, connection, transaction);

    /// <summary>The application name of the host that holds it.</summary>
    public string Holder { get; private set; } = "";

    private long Position { get; set; }

    public static async Task<HeldPage> HoldAsync(TestDatabase database)
    {
        var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var held = new HeldPage(database, connection, await connection.BeginTransactionAsync(TestContext.Current.CancellationToken));
        await using (var command = new NpgsqlCommand("lock table spend.daily_usage in share row exclusive mode", connection))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await Eventually.Async(async () => (held.Holder = await database.ScalarAsync<string>(
            $"""
            select coalesce(max(split_part(a.application_name, ':', 1)), '') from pg_stat_activity as a join pg_locks as l on l.pid = a.pid
            where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.wait_event_type = 'Lock'
            """)).Length > 0);
        held.Position = await held.PositionAsync();
        return held;
    }

    /// <summary>Lets go, and waits until some host has got on.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> TakenOverAsync()
    {
        await DisposeAsync();
        return await Eventually.Async(async () => await PositionAsync() > Position);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private Task<long> PositionAsync() =>
        _database.ScalarAsync<long>($"select coalesce(max(last_seq_id), 0) from spend.mt_event_progression where name = '{Checkpoint}'");
}
