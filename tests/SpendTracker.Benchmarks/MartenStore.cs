using System.Text.Json;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Npgsql;
using SpendTracker.Events;
using SpendTracker.Marten;
using MartenEvent = JasperFx.Events.IEvent;

namespace SpendTracker.Benchmarks;

/// <summary>An event as Marten appends it.</summary>
internal sealed record MartenAppend(string Stream, MartenEvent Event);

/// <summary>Marten as a contender: on the same server, in the same tables, with the same events.</summary>
internal static class MartenStore
{
    /// <summary>A store for sessions and bulk insert. PostgreSQL plans as installed; statements that come again are prepared.</summary>
    public static Task<DocumentStore> OpenAsync(SpendDatabase database) =>
        OpenAsync(new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { MaxAutoPrepare = 200 }, _ => { });

    /// <summary>A store whose daemon runs one projection, with the connection settings of our own projections.</summary>
    /// <param name="page">The most events that the daemon hands to the projection at once.</param>
    public static Task<DocumentStore> OpenAsync(SpendDatabase database, IProjection projection, string name, int page) =>
        OpenAsync(new NpgsqlConnectionStringBuilder(database.ConnectionString), options =>
        {
            options.Projections.Add(projection, ProjectionLifecycle.Async, name, shard =>
            {
                shard.BatchSize = page;
                shard.MaximumHopperSize = 10 * page;
            });

            // By default Marten skips events that it cannot read or apply.
            options.Projections.Errors.SkipApplyErrors = false;
            options.Projections.Errors.SkipSerializationErrors = false;
            options.Projections.Errors.SkipUnknownEvents = false;
        });

    /// <summary>Wraps an event. This happens before the clock starts; Marten writes the JSON while the clock runs.</summary>
    public static MartenAppend Wrap(DocumentStore store, EventToAppend toAppend)
    {
        var wrapped = store.Events.BuildEvent(toAppend.Data);
        wrapped.Id = toAppend.Id;
        using var headers = JsonDocument.Parse(toAppend.Headers);
        foreach (var header in headers.RootElement.EnumerateObject())
        {
            wrapped.SetHeader(header.Name, header.Value.Clone());
        }

        return new MartenAppend(toAppend.Stream, wrapped);
    }

    private static async Task<DocumentStore> OpenAsync(NpgsqlConnectionStringBuilder connection, Action<StoreOptions> configure)
    {
        var store = DocumentStore.For(options =>
        {
            options.Connection(connection.ConnectionString);
            options.AddSpendTracker();
            configure(options);
        });
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(); // What Marten adds to our tables, before anything is timed.
        return store;
    }
}
