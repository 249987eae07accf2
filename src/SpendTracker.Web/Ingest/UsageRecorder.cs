using System.Diagnostics.Metrics;
using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Web.Access;
using EventId = SpendTracker.Events.EventId;

namespace SpendTracker.Web.Ingest;

/// <summary>Appends usage that was read, under the caller's ids. Every wire format ends here, the file import too.</summary>
internal sealed class UsageRecorder(EventStore store, OrganisationSettings settings)
{
    private static readonly Counter<long> Events = EventMetrics.Meter.CreateCounter<long>(
        "spendtracker.ingest.events", "{event}", "Events that were sent, by what became of them.");

    public async Task<UsageResponse> RecordAsync(IReadOnlyList<UsageRequestItem> items, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var results = new UsageResult[items.Count];
        List<(int Index, string Id)> sent = [];
        List<EventToAppend> toAppend = [];
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
                results[i] = new UsageResult(i, AppendStatus.Refused, item.Id, Reasons: [new FieldReason("workload", "This API key may not record for this workload.")]);
            }
            else
            {
                // Without an id of the caller's, nothing can tell a retry from new usage; the answer names the one it got.
                var id = item.Id ?? Guid.CreateVersion7().ToString();
                var source = item.Source ?? defaultSource;
                sent.Add((i, id));
                toAppend.Add(new EventToAppend(
                    UsageStream.Of(usage, settings.ReportingTimeZone), EventId.From(Tenant.Default, source, id), usage, new Recorder(by, source, id)));
            }
        }

        var appended = toAppend.Count == 0 ? [] : await store.AppendAsync(toAppend, cancellationToken);
        for (var i = 0; i < appended.Length; i++)
        {
            results[sent[i].Index] = new UsageResult(sent[i].Index, appended[i].Status, sent[i].Id, toAppend[i].Id, appended[i].Difference);
        }

        return Answer(results);
    }

    private static UsageResponse Answer(UsageResult[] results)
    {
        int Count(AppendStatus status)
        {
            var count = results.Count(result => result.Status == status);
            Events.Add(count, new KeyValuePair<string, object?>("status", EnumName.Of(status)));
            return count;
        }

        return new UsageResponse(
            results, Count(AppendStatus.Appended), Count(AppendStatus.Duplicate), Count(AppendStatus.Conflict), Count(AppendStatus.Refused));
    }
}
