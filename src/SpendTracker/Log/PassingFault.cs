using Npgsql;

namespace SpendTracker.Log;

/// <summary>Faults of the database that are over when the same is tried again later, and say nothing about what was asked.</summary>
public static class PassingFault
{
    /// <summary>PostgreSQL ended the session, idle in transaction: this host had stopped for a while.</summary>
    public const string IdleInTransaction = "25P03";

    /// <summary>
    /// Besides what Npgsql calls transient: what our own limits end, see <see cref="SpendConnections"/>; and while PostgreSQL
    /// fails over, a server that only reads, or no server at all, which Npgsql tells by a text alone where it knew that before.
    /// </summary>
    public static bool Is(Exception fault) => fault is TimeoutException
        or NpgsqlException { IsTransient: true }
        or NpgsqlException { InnerException: IOException or TimeoutException or System.Net.Sockets.SocketException or AggregateException }
        or NpgsqlException { InnerException: null, Message: "No suitable host was found." }
        or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction or IdleInTransaction };
}
