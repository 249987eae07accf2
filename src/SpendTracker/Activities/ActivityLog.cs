using System.Text.RegularExpressions;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Activities;

/// <summary>Records what somebody did that changes no terms, and so has no stream to be decided on.</summary>
public sealed partial class ActivityLog(EventStore store)
{
    private const string Exports = "activity/exports";
    private const string Maintenance = "activity/maintenance";
    private const int QueryLength = 1_000;

    /// <summary>Before a file is sent: what could not be recorded is not read.</summary>
    /// <param name="query">As in the address.</param>
    public Task ExportReadAsync(string what, string format, string query, Recorder recorder, CancellationToken cancellationToken) =>
        RecordAsync(Exports, new ExportRead(what, format, Recorded(query)), recorder, cancellationToken);

    /// <summary>What is recorded of a query: no key that somebody put into an address, and no more than 1,000 characters. Pure.</summary>
    public static string Recorded(string query)
    {
        var plain = Key().Replace(query, "spend_…");
        return plain.Length > QueryLength ? plain[..QueryLength] : plain;
    }

    public Task ChannelTestedAsync(string channel, bool sent, string? reason, Recorder recorder, CancellationToken cancellationToken) =>
        RecordAsync($"channel/{channel}", new ChannelTested(channel, sent, reason), recorder, cancellationToken);

    public Task RetriedAsync(RetryResult result, string? projection, long? seqId, Recorder recorder, CancellationToken cancellationToken) =>
        RecordAsync(Maintenance, new SetAsideRetried(result.Tried, result.Applied, projection, seqId), recorder, cancellationToken);

    public Task RebuiltAsync(IReadOnlyList<string> projections, Recorder recorder, CancellationToken cancellationToken) =>
        RecordAsync(Maintenance, new ReadModelsRebuilt(projections), recorder, cancellationToken);

    [GeneratedRegex(ApiKeyText.Pattern)]
    private static partial Regex Key();

    /// <summary>By the door that usage takes: it never loses a race, and many downloads at once share a transaction.</summary>
    private Task<AppendResult[]> RecordAsync(string stream, IEvent data, Recorder recorder, CancellationToken cancellationToken) =>
        store.AppendAsync([new EventToAppend(stream, Guid.CreateVersion7(), data, recorder)], cancellationToken);
}
