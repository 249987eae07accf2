using JasperFx;
using JasperFx.OpenTelemetry;
using Marten;
using Npgsql;

namespace SpendTracker.Marten;

/// <summary>Marten on SpendTracker's log, as the product itself opens it.</summary>
public static class SpendTrackerStore
{
    /// <summary>A store that changes no table by the way: the schema is migrated when a database is opened, and at no other time.</summary>
    /// <param name="dataSource">Stays the caller's.</param>
    /// <param name="clock">What events are stamped with.</param>
    /// <param name="configure">What else is to be folded from streams.</param>
    public static DocumentStore Open(NpgsqlDataSource dataSource, TimeProvider clock, Action<StoreOptions>? configure = null) => DocumentStore.For(options =>
    {
        options.Connection(dataSource);
        options.AddSpendTracker();
        options.DatabaseSchemaName = "spend"; // Marten's own functions, too: who may create this schema may not write to "public".
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.Events.TimeProvider = clock;
        options.DisableNpgsqlLogging = true;
        options.OpenTelemetry.TrackConnections = TrackLevel.Normal;
        options.OpenTelemetry.TrackEventCounters();
        configure?.Invoke(options);
    });
}
