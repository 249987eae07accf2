using Microsoft.Extensions.Logging;
using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// Connections for four kinds of work. A host that hangs, or whose network does, must not keep others waiting: what holds
/// locks is ended within some seconds, by PostgreSQL or <see cref="SilentWriters"/>, and our side stops waiting, too.
/// <para>
/// The settings go with the start of a session, since a pool resets what is set later. They work on every platform and
/// version that is supported, which client_connection_check_interval (an error on Windows) and transaction_timeout
/// (PostgreSQL 17) do not; neither is needed, as a statement without its client ends by itself, within its page.
/// </para>
/// </summary>
internal sealed class SpendConnections : IAsyncDisposable
{
    /// <summary>What the application names of writers end with, and of those who project.</summary>
    public const string Writer = ": append";

    private const string Projector = ": project";

    /// <summary>How long a host may say nothing in the middle of a transaction, before it is rolled back.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a statement of a writer may take, waiting for locks included; a full batch takes a twentieth. Longer than
    /// <see cref="Silence"/>, so that who waits for a silent host's locks gets them.
    /// </summary>
    private static readonly TimeSpan LongestAppend = TimeSpan.FromSeconds(4);

    public SpendConnections(string connectionString, EventStoreOptions events, ILoggerFactory loggers)
    {
        // Projections name their tables without a schema, so that a rebuild can run the same statements beside the live ones.
        var general = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "spend", MaxAutoPrepare = 100 };
        general.Options = Sessions(general.Options, Planning);
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

        queries.ApplicationName = Name("");
        Queries = Build(queries, loggers);
        Projecting = Build(ProjectingSettings(), loggers);
        Appending = Build(AppendingSettings(events), loggers);
        Deciding = Build(DecidingSettings(), loggers);
    }

    /// <summary>As given, for work that may take long.</summary>
    public string ConnectionString { get; }

    /// <summary>For queries and notifications, which keep nobody waiting.</summary>
    public NpgsqlDataSource Queries { get; }

    /// <summary>For the projections' pages: a page's transaction holds the projection's lock.</summary>
    public NpgsqlDataSource Projecting { get; }

    /// <summary>For writers: an append holds stream heads, and numbers of the sequence that the high-water mark waits for.</summary>
    public NpgsqlDataSource Appending { get; }

    /// <summary>For Marten's sessions: they append to streams of few events, and hold their heads meanwhile.</summary>
    public NpgsqlDataSource Deciding { get; }

    public async ValueTask DisposeAsync()
    {
        await Deciding.DisposeAsync();
        await Appending.DisposeAsync();
        await Projecting.DisposeAsync();
        await Queries.DisposeAsync();
    }

    /// <summary>No limit of the server's on a statement: re-rating years of usage takes what it takes, also without a host that listens.</summary>
    private NpgsqlConnectionStringBuilder ProjectingSettings()
    {
        // Seconds. A discount on every SKU re-rates all daily rows in one statement, some 20,000 a second. Ours ends a wait for an answer that was lost.
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 12, ApplicationName = Name(Projector), CommandTimeout = 600 };
        settings.Options = Sessions(settings.Options, EndOfSilence);
        return settings;
    }

    private NpgsqlConnectionStringBuilder DecidingSettings()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            MaxPoolSize = 10, MaxAutoPrepare = 200, ApplicationName = Name(Writer), CommandTimeout = (int)LongestAppend.TotalSeconds + 2, CancellationTimeout = 500,
        };
        settings.Options = Sessions(settings.Options, $"{EndOfSilence} -c statement_timeout={LongestAppend.TotalMilliseconds}");
        return settings;
    }

    private NpgsqlConnectionStringBuilder AppendingSettings(EventStoreOptions events)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            MaxPoolSize = events.Writers + 4,
            ApplicationName = Name(Writer),

            // Seconds. Above the server's own limit, whose answer is certain: not stored. Ours leaves it in doubt.
            CommandTimeout = (int)LongestAppend.TotalSeconds + 2,
            CancellationTimeout = 500, // Milliseconds. Who does not answer does not hear of a cancellation either.
        };

        // The duplicate filter looks up a handful of ids in a large table. Its plan is made once and kept, at a moment when
        // the table may still be small enough for a scan; these settings leave only the index.
        settings.Options = Sessions(settings.Options, EndOfSilence)
            + $" -c plan_cache_mode=auto -c statement_timeout={LongestAppend.TotalMilliseconds} -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";
        return settings;
    }

    /// <summary>
    /// A host that says nothing between two statements; one that does not read what it asked for (a page larger than the
    /// buffers between us), or is gone without a word while PostgreSQL sends; and one that is gone while PostgreSQL waits.
    /// </summary>
    private static string EndOfSilence { get; } =
        $"-c idle_in_transaction_session_timeout={Silence.TotalMilliseconds} -c tcp_user_timeout={Silence.TotalMilliseconds} "
        + "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2";

    /// <summary>
    /// Compiling the long statements of costs takes seconds, and running them a fraction of one. A year of a SKU's days is
    /// sorted in memory with as much as this. Plans are made for each execution: one that is kept may have been made for
    /// empty tables, and scans the whole log for a stream until PostgreSQL first analyses it, which takes a minute or more.
    /// </summary>
    private const string Planning = "-c jit=off -c work_mem=32MB -c plan_cache_mode=force_custom_plan";

    /// <summary>Tells an operator, and <see cref="SilentWriters"/>, what a session does. PostgreSQL cuts after 63 bytes.</summary>
    private string Name(string work)
    {
        var given = new NpgsqlConnectionStringBuilder(ConnectionString).ApplicationName ?? $"SpendTracker {Environment.MachineName} {Environment.ProcessId}";
        return given[..Math.Min(given.Length, 50)] + work;
    }

    /// <summary>The last of two settings of one name holds, so that those of the user do.</summary>
    private static string Sessions(string? given, string ours) => $"{ours} {given}".Trim();

    private static NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, ILoggerFactory loggers)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseLoggerFactory(loggers);
        return builder.Build();
    }
}
