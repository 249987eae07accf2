using Npgsql;

namespace SpendTracker;

/// <summary>
/// Connections for three kinds of work. A host that hangs, or whose network does, must not keep others waiting: what holds
/// locks is ended by PostgreSQL within <see cref="Silence"/> or <see cref="LongestAppend"/>, and our side stops waiting, too.
/// <para>
/// The settings go with the start of a session, since a pool resets what is set later. They work on every platform and
/// version that is supported, which client_connection_check_interval (an error on Windows) and transaction_timeout
/// (PostgreSQL 17) do not; neither is needed, as a statement without its client ends by itself, within its page.
/// </para>
/// </summary>
internal sealed class SpendConnections : IAsyncDisposable
{
    /// <summary>How long PostgreSQL waits for a host in the middle of a transaction, before it rolls back.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a statement of a writer may take, waiting for locks included. Also the one limit on a host that hangs while it
    /// copies, which to PostgreSQL is a statement under way. A full batch takes a twentieth.
    /// </summary>
    private static readonly TimeSpan LongestAppend = TimeSpan.FromSeconds(4);

    public SpendConnections(SpendDatabaseOptions options)
    {
        // Projections name their tables without a schema, so that a rebuild can run the same statements beside the live ones.
        var general = new NpgsqlConnectionStringBuilder(options.ConnectionString) { SearchPath = "spend", MaxAutoPrepare = 100 };
        if (!general.ShouldSerialize("Maximum Pool Size"))
        {
            general.MaxPoolSize = 40; // PostgreSQL admits 100 by default, and there may be a second host.
        }

        if (!general.ShouldSerialize("Timeout"))
        {
            general.Timeout = 5; // Seconds, to connect or to get a connection of the pool. Callers wait for it.
        }

        ConnectionString = general.ConnectionString;
        var queries = new NpgsqlConnectionStringBuilder(ConnectionString);
        if (!queries.ShouldSerialize("Command Timeout"))
        {
            queries.CommandTimeout = 10; // Seconds. The slowest query takes a fraction of one.
        }

        Queries = Build(queries, options);
        Projecting = Build(ProjectingSettings(), options);
        Appending = Build(AppendingSettings(options.Events.Writers), options);
    }

    /// <summary>As given, for work that may take long.</summary>
    public string ConnectionString { get; }

    /// <summary>For queries and notifications, which keep nobody waiting.</summary>
    public NpgsqlDataSource Queries { get; }

    /// <summary>For the projections' pages: a page's transaction holds the projection's lock.</summary>
    public NpgsqlDataSource Projecting { get; }

    /// <summary>For writers: an append holds stream heads, and numbers of the sequence that the high-water mark waits for.</summary>
    public NpgsqlDataSource Appending { get; }

    public async ValueTask DisposeAsync()
    {
        await Appending.DisposeAsync();
        await Projecting.DisposeAsync();
        await Queries.DisposeAsync();
    }

    /// <summary>No limit on a statement: re-rating years of usage takes what it takes, also without a host that listens.</summary>
    private NpgsqlConnectionStringBuilder ProjectingSettings()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 8 };
        settings.Options = Sessions(settings.Options, EndOfSilence);
        return settings;
    }

    private NpgsqlConnectionStringBuilder AppendingSettings(int writers)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            MaxPoolSize = writers + 4,

            // Seconds. Above the server's own limit, whose answer is certain: not stored. Ours leaves it in doubt.
            CommandTimeout = (int)LongestAppend.TotalSeconds + 2,
            CancellationTimeout = 500, // Milliseconds. Who does not answer does not hear of a cancellation either.
        };

        // The duplicate filter looks up a handful of ids in a large table. Its plan is made once and kept, at a moment when
        // the table may still be small enough for a scan; these settings leave only the index.
        settings.Options = Sessions(settings.Options, EndOfSilence)
            + $" -c statement_timeout={LongestAppend.TotalMilliseconds} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";
        return settings;
    }

    /// <summary>
    /// A host that says nothing between two statements; one that does not read what it asked for (a page larger than the
    /// buffers between us), or is gone without a word while PostgreSQL sends; and one that is gone while PostgreSQL waits.
    /// </summary>
    private static string EndOfSilence { get; } =
        $"-c idle_in_transaction_session_timeout={Silence.TotalMilliseconds} -c tcp_user_timeout={Silence.TotalMilliseconds} "
        + "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2";

    /// <summary>The last of two settings of one name holds, so that those of the user do.</summary>
    private static string Sessions(string? given, string ours) => $"{ours} {given}".Trim();

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, SpendDatabaseOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(options.LoggerFactory);
        return builder.Build();
    }
}
