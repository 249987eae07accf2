using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Access;
using SpendTracker.Activities;
using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Budgets;
using SpendTracker.Closing;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Log;
using SpendTracker.Marten;
using SpendTracker.Plans;
using SpendTracker.Rates;
using SpendTracker.Reports;
using SpendTracker.Settings;
using SpendTracker.Views;
using SpendTracker.Workloads;

namespace SpendTracker;

/// <summary>What a database is opened with.</summary>
public sealed record SpendDatabaseOptions
{
    public required string ConnectionString { get; init; }

    /// <summary>Used when the database is new; otherwise must be what it has. Null: whatever it has, or UTC.</summary>
    public string? ReportingTimeZone { get; init; }

    /// <summary>Used when the database is new; otherwise must be what it has. Null: whatever it has, or USD.</summary>
    public string? ReportingCurrency { get; init; }

    /// <summary>Days after its own day that an exchange rate is used at most, 1 to 400. Null: what the database has, or 45.</summary>
    public int? ExchangeRateDays { get; init; }

    public EventStoreOptions Events { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ILoggerFactory LoggerFactory { get; init; } = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance;
}

/// <summary>A SpendTracker database, opened: tables created, settings known, starting rates published.</summary>
public sealed class SpendDatabase : IAsyncDisposable
{
    private readonly SpendConnections _connections;

    private SpendDatabase(SpendDatabaseOptions options)
    {
        Options = options;
        _connections = new SpendConnections(options.ConnectionString, options.Events, options.LoggerFactory);
        Marten = SpendTrackerStore.Open(_connections.Deciding, options.Clock, marten =>
        {
            States(marten);
            marten.Projections.Add(new InlineReadModels(() => Settings is null ? [] : Projections().Where(projection => projection.IsInline)), ProjectionLifecycle.Inline);
        });
        Store = new EventStore(_connections.Appending, _connections.Queries, Marten, options.Events, options.Clock);
        HighWaterMark = new HighWaterMark(DataSource, options.Events, options.LoggerFactory.CreateLogger<HighWaterMark>(), Store.Recent);
    }

    public SpendDatabaseOptions Options { get; }

    public string ConnectionString => _connections.ConnectionString;

    public NpgsqlDataSource DataSource => _connections.Queries;

    /// <summary>For a projection's pages, which PostgreSQL ends when their host hangs.</summary>
    public NpgsqlDataSource Projecting => _connections.Projecting;

    /// <summary>Marten's sessions on the log: everything but usage goes through them.</summary>
    public IDocumentStore Marten { get; }

    public EventStore Store { get; }

    public HighWaterMark HighWaterMark { get; }

    public OrganisationSettings Settings { get; private set; } = null!;

    /// <summary>Opens a database, and sets it up where it is new. May be done by several hosts at once.</summary>
    /// <exception cref="NpgsqlException">It cannot be reached, or the user may not create tables.</exception>
    /// <exception cref="SettingsConflictException">It reports in another time zone or currency than is wanted.</exception>
    public static async Task<SpendDatabase> OpenAsync(SpendDatabaseOptions options, CancellationToken cancellationToken)
    {
        var database = new SpendDatabase(options);
        try
        {
            await EventSchema.CreateAsync(database.Projecting, cancellationToken);
            database.Settings = await OrganisationSettings.EstablishAsync(
                database.Store, options.ReportingTimeZone, options.ReportingCurrency, options.ExchangeRateDays, cancellationToken);
            await EventSchema.CreateTablesAsync(database.DataSource, database.Projections(), cancellationToken);
            await new PriceBook(database.DataSource, database.Store, new EventLog(database.DataSource)).PublishStartingRatesAsync(cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>All that reads the log, new each time: each holds a page of its own in memory.</summary>
    public IReadOnlyList<Projection> Projections() =>
    [
        new CostProjection(Settings.ReportingTimeZone), new WorkloadProjection(Settings.ReportingTimeZone), new EstimateProjection(Settings.ReportingTimeZone),
        new BudgetProjection(), new PlanProjection(), new AnomalyProjection(), new ChannelProjection(), new ActivityProjection(), new AlertOutbox(Store, Settings.ReportingTimeZone, Options.Clock),
    ];

    /// <summary>Those of them that a rebuild replaces and <c>verify</c> compares.</summary>
    public IReadOnlyList<Projection> ReadModels() => [.. Projections().Where(projection => projection.IsReplayable)];

    /// <summary>What decisions are made on.</summary>
    private static void States(StoreOptions options) => options
        .AddState<SettingsState>().AddState<ApiKeyState>().AddState<SignInLinkState>().AddState<PersonState>().AddState<SessionState>().AddState<WorkloadState>().AddState<SavedView>().AddState<ReportScheduleState>().AddState<PublicationsState>()
        .AddState<PeriodState>().AddState<BudgetState>().AddState<PlanState>().AddState<ChannelState>();

    public ProjectionDaemon CreateDaemon() =>
        new(DataSource, Projecting, Store, HighWaterMark, Projections(), Options.Events, Options.LoggerFactory.CreateLogger<ProjectionDaemon>());

    public SetAsideEvents CreateSetAside() => new(DataSource, Projections, CreateRebuild(), Options.Events);

    public DatabaseHealth CreateHealth() => new(DataSource, Projections(), Options.Clock);

    public ProjectionRebuild CreateRebuild() => new(ConnectionString, DataSource, HighWaterMark, Options.Events);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Marten.Dispose();
        HighWaterMark.Dispose();
        await _connections.DisposeAsync();
    }
}
