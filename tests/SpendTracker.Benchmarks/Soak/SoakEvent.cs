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

    public EventToAppend ToAppend() => UsageStream.ToAppend(Usage, TimeZoneInfo.Utc, RecorderOf(Key));

    public JsonObject ToJson()
    {
        var json = JsonSerializer.SerializeToNode(Usage, ContractsJson.Default.TokenUsageRecorded)!.AsObject();
        json["type"] = EventTypes.Of(Usage).Name;
        json["id"] = Key;
        json["source"] = Source;
        return json;
    }
}

/// <summary>A correction as a caller sends it. The same reason always comes with the same replacement.</summary>
/// <param name="Key">The caller's own id of the event that is corrected.</param>
internal sealed record SoakCorrection(string Key, string Reason, SoakEvent? Replacement)
{
    private Guid Corrects => EventId.From(Tenant.Default, SoakEvent.Source, Key);

    /// <summary>What the model knows it by.</summary>
    public string Stream => $"correction/{Corrects}";

    public UsageCorrected Content => new(Corrects, Reason, Replacement?.ToAppend().Id);

    public async Task<AppendStatus> StoreAsync(SpendDatabase database, CancellationToken cancellationToken) => (await database.Get<UsageCorrections>().CorrectAsync(
        Corrects, Reason, Replacement is null ? null : new(Replacement.Usage, SoakEvent.Source, Replacement.Key), new Recorder("soak"), cancellationToken)).Status;

    public JsonObject ToJson() => new()
    {
        ["corrects"] = new JsonObject { ["id"] = Key, ["source"] = SoakEvent.Source },
        ["reason"] = Reason,
        ["replacement"] = Replacement?.ToJson(),
    };
}

/// <summary>Events that one caller sends to one host in one call. A caller's calls come one after the other.</summary>
/// <param name="Number">Among the caller's calls.</param>
/// <param name="Correction">Where it is one; then there are no events.</param>
internal sealed record SoakCall(int Caller, int Number, SoakHost Host, IReadOnlyList<SoakEvent> Events, SoakCorrection? Correction = null)
{
    /// <summary>Every third caller gives up when in doubt, so that what it sent may be stored or not. The others try again.</summary>
    public bool GivesUp => Caller % 3 == 0;
}
