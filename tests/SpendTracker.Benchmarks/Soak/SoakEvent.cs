using System.Text.Json;
using System.Text.Json.Nodes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>Usage as a caller sends it.</summary>
/// <param name="Key">The caller's own id.</param>
internal sealed record SoakEvent(string Key, TokenUsageRecorded Usage)
{
    public const string Source = "soak";

    public static Recorder RecorderOf(string key) => new("soak", Source, key);

    public EventToAppend ToAppend() => new(
        UsageStream.Of(Usage, TimeZoneInfo.Utc), EventId.From(Tenant.Default, Source, Key), Usage, RecorderOf(Key));

    public JsonObject ToJson()
    {
        var json = JsonSerializer.SerializeToNode(Usage, ContractsJson.Default.TokenUsageRecorded)!.AsObject();
        json["type"] = EventTypes.Of(Usage).Name;
        json["id"] = Key;
        json["source"] = Source;
        return json;
    }
}

/// <summary>Events that one caller sends to one host in one call. A caller's calls come one after the other.</summary>
/// <param name="Number">Among the caller's calls.</param>
internal sealed record SoakCall(int Caller, int Number, SoakHost Host, IReadOnlyList<SoakEvent> Events)
{
    /// <summary>Every third caller gives up when in doubt, so that what it sent may be stored or not. The others try again.</summary>
    public bool GivesUp => Caller % 3 == 0;
}
