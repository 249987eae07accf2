using System.Globalization;
using System.Text.Json.Nodes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Benchmarks;

/// <summary>Token usage as a service would send it, each event with an id of its own.</summary>
/// <param name="workloads">Among how many workloads, and so streams, the events go round.</param>
/// <param name="name">What the workloads' names begin with.</param>
/// <param name="randomIds">Callers number their records by version 4 UUIDs, and not by version 7 as we ask for.</param>
internal sealed class UsageEvents(int workloads, string name = "support-chat", bool randomIds = false)
{
    private static readonly Recorder Recorder = new("key:0123456789ab", "benchmarks");

    /// <summary>All in one month, so that a workload is one stream: mid-day, and an hour before the first of next month at the latest.</summary>
    private static readonly DateTimeOffset Start = new(DateTime.UtcNow.Date.AddDays(-1).AddHours(11), TimeSpan.Zero);

    private int _next;

    public IEnumerable<string> Streams => Enumerable.Range(0, workloads).Select(i => UsageStream.Of(Usage(i), TimeZoneInfo.Utc));

    /// <summary>Ready for the store, serialised.</summary>
    public EventToAppend[] Stored(int count) => [.. Take(count).Select(i => ToAppend(Usage(i), randomIds))];

    /// <summary>Ready for HTTP: JSON of the API.</summary>
    public string[] Json(int count) => [.. Take(count).Select(i =>
    {
        var json = new JsonObject { ["type"] = "token_usage_recorded", ["id"] = NewId(randomIds) };
        var usage = Usage(i);
        json["workload"] = usage.Workload;
        json["approach"] = EnumName.Of(usage.Approach);
        json["provider"] = usage.Provider;
        json["model"] = usage.Model;
        json["inputTokens"] = usage.InputTokens;
        json["outputTokens"] = usage.OutputTokens;
        json["usedAt"] = usage.UsedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        json["variant"] = usage.Variant;
        return json.ToJsonString();
    })];

    public static EventToAppend ToAppend(TokenUsageRecorded usage, bool randomId = false) =>
        UsageStream.ToAppend(usage, TimeZoneInfo.Utc, Recorder with { SourceId = NewId(randomId) });

    private static string NewId(bool random) => (random ? Guid.NewGuid() : Guid.CreateVersion7()).ToString();

    private IEnumerable<int> Take(int count)
    {
        var from = _next;
        _next += count;
        return Enumerable.Range(from, count);
    }

    private TokenUsageRecorded Usage(int i) => new(
        string.Create(CultureInfo.InvariantCulture, $"{name}-{i % workloads:000}"), Approach.PromptEngineering, "openai", "gpt-4o",
        InputTokens: 200 + (i % 1_800), OutputTokens: 50 + (i % 400), Start.AddMilliseconds(i % 3_600_000), Variant: "few-shot/v3");
}
