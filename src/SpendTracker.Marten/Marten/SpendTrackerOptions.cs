using System.Text.Json;
using JasperFx.Events;
using JasperFx.MultiTenancy;
using Marten;
using SpendTracker.Events;
using Weasel.Core;

namespace SpendTracker.Marten;

/// <summary>Sets a Marten store up for SpendTracker's log.</summary>
public static class SpendTrackerOptions
{
    /// <summary>
    /// Makes the store's events those of SpendTracker: the tables in the schema <c>spend</c> as SpendTracker has them, every
    /// event type under its stored name, and its JSON as strict as over HTTP: a missing or unknown member is an error. Documents
    /// stay where and as they are, but for the serializer, which is System.Text.Json in camel case with enums as texts.
    /// <para>
    /// Call it before your own settings, and do not replace the serializer after it. Events of your own need a store of their
    /// own: SpendTracker sets aside what is not its own. Marten wants documents that it projects from these events to be
    /// <c>MultiTenanted()</c>.
    /// </para>
    /// </summary>
    /// <param name="options">The store's options.</param>
    /// <param name="json">Further settings for the JSON of your documents. They do not reach the events.</param>
    /// <returns>The same options.</returns>
    public static StoreOptions AddSpendTracker(this StoreOptions options, Action<JsonSerializerOptions>? json = null)
    {
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, settings =>
        {
            json?.Invoke(settings);
            foreach (var type in EventTypes.All)
            {
                settings.Converters.Insert(0, EventConverter.Of(type)); // First, since the first that fits is taken.
            }
        });
        options.Events.DatabaseSchemaName = "spend";
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.TenancyStyle = TenancyStyle.Conjoined;
        options.Events.EnableUniqueIndexOnEventId = true;
        options.Events.EnableBigIntEvents = true;
        options.Events.MetadataConfig.CorrelationIdEnabled = true;
        options.Events.MetadataConfig.CausationIdEnabled = true;
        options.Events.MetadataConfig.HeadersEnabled = true;

        // Not plain Quick: its timestamps are off by the session's time zone, and days and months are counted by them.
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;

        // Who loses a race draws no numbers: each would be a gap that readers of the log wait for. It is part of the schema: Marten's function for appending has it.
        options.Events.UseExclusiveLockOnConcurrentAppends = true;
        foreach (var type in EventTypes.All)
        {
            options.Events.MapEventType(type.Json.Type, type.Name); // After the schema: a mapping keeps what it was made with.
        }

        options.Listeners.Add(new UsageStreamLocks());
        return options;
    }
}
