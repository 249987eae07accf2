using System.Diagnostics.Metrics;
using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Web.Access;

namespace SpendTracker.Web.Ingest;

/// <summary>Appends usage that was read, under the caller's ids. Every wire format ends here, the file import too.</summary>
internal sealed class UsageRecorder(EventStore store, OrganisationSettings settings)
{
    private static readonly Counter<long> Events = EventMetrics.Meter.CreateCounter<long>(
        "spendtracker.ingest.events", "{event}", "Events that were sent, by what became of them.");

    private static readonly IReadOnlyList<FieldReason> NotForThisWorkload = [new("workload", "This API key may not record for this workload.")];

    public async Task<UsageResponse> RecordAsync(IReadOnlyList<UsageRequestItem> items, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var results = new UsageResult[items.Count];
        List<(int Index, string Id)> sent = new(items.Count);
        List<EventToAppend> toAppend = new(items.Count);
        var by = caller.FindFirstValue(ApiClaims.RecordedBy)!;
        var defaultSource = caller.Identity?.Name ?? by;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.Usage is not { } usage)
            {
                results[i] = new UsageResult(i, AppendStatus.Refused, item.Id, Reasons: item.Reasons);
            }
            else if (!ApiClaims.Covers(caller, usage.Workload))
            {
                results[i] = new UsageResult(i, AppendStatus.Refused, item.Id, Reasons: NotForThisWorkload);
            }
            else
            {
                // Without an id of the caller's, nothing can tell a retry from new usage; the answer names the one it got.
                var id = item.Id ?? Guid.CreateVersion7().ToString();
                var source = item.Source ?? defaultSource;
                sent.Add((i, id));
                toAppend.Add(UsageStream.ToAppend(usage, settings.ReportingTimeZone, new Recorder(by, source, id)));
            }
        }

        var appended = await store.AppendAsync(toAppend, cancellationToken);
        for (var i = 0; i < appended.Length; i++)
        {
            var index = sent[i].Index;
            results[index] = new UsageResult(index, appended[i].Status, sent[i].Id, toAppend[i].Id, appended[i].Difference, items[index].Rounded);
        }

        return Answer(results);
    }

    private static UsageResponse Answer(UsageResult[] results)
    {
        Span<int> counts = stackalloc int[StatusNames.Length];
        foreach (var result in results)
        {
            counts[(int)result.Status]++;
        }

        for (var status = 0; status < counts.Length; status++)
        {
            if (counts[status] > 0)
            {
                Events.Add(counts[status], StatusNames[status]);
            }
        }

        return new UsageResponse(
            results, counts[(int)AppendStatus.Appended], counts[(int)AppendStatus.Duplicate], counts[(int)AppendStatus.Conflict], counts[(int)AppendStatus.Refused]);
    }

    private static readonly KeyValuePair<string, object?>[] StatusNames =
        [.. Enum.GetValues<AppendStatus>().Select(status => new KeyValuePair<string, object?>("status", EnumName.Of(status)))];
}
