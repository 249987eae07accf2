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

    /// <summary>Reasons that an answer names.</summary>
    private const int MostReasons = 1_000;

    private static readonly IReadOnlyList<FieldReason> NotForThisWorkload = [new("workload", "This API key may not record for this workload.")];

    private static readonly IReadOnlyList<FieldReason> Taken = [new("id", TakenByOther)];

    /// <summary>Instead of the difference, if the caller may not see what is stored.</summary>
    public const string TakenByOther = "The id is taken by another event, which this API key may not see.";

    public async Task<UsageResponse> RecordAsync(IReadOnlyList<UsageRequestItem> items, ClaimsPrincipal caller, CancellationToken cancellationToken)
    {
        var results = new UsageResult[items.Count];
        List<(int Index, string Id)> sent = new(items.Count);
        List<EventToAppend> toAppend = new(items.Count);
        var by = caller.FindFirstValue(ApiClaims.RecordedBy)!;
        var defaultSource = ApiClaims.SourceOf(caller);
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
            else if (item.Source is { } named && !ApiClaims.MayNumber(caller, named))
            {
                results[i] = new UsageResult(i, AppendStatus.Refused, item.Id, Reasons: [new("source", NotOfThisSource(caller))]);
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
            var (status, difference, workload) = appended[i];
            var shown = difference is null || ApiClaims.MaySee(caller, items[sent[i].Index].Source ?? defaultSource, workload) ? difference : Taken;
            results[sent[i].Index] = new UsageResult(sent[i].Index, status, sent[i].Id, toAppend[i].Id, shown);
        }

        return Answer(results);
    }

    /// <summary>Why a source is refused, and the way out.</summary>
    public static string NotOfThisSource(ClaimsPrincipal caller) =>
        $"This API key takes ids of its own source, '{ApiClaims.SourceOf(caller)}', only. Leave source out, or use a key that was issued with --any-source.";

    private static UsageResponse Answer(UsageResult[] results)
    {
        var more = Shorten(results);
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
            results, counts[(int)AppendStatus.Appended], counts[(int)AppendStatus.Duplicate], counts[(int)AppendStatus.Conflict], counts[(int)AppendStatus.Refused],
            more > 0 ? more : null);
    }

    /// <summary>Leaves so many reasons as an answer names, each result with how many it lacks.</summary>
    /// <returns>How many are lacking in all.</returns>
    private static int Shorten(UsageResult[] results)
    {
        var (left, lacking) = (MostReasons, 0);
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Reasons is not { } reasons)
            {
                continue;
            }

            var named = Math.Min(Math.Min(reasons.Count, FieldReasons.Most), left);
            var more = reasons.Count - named + FieldReasons.MoreThan(reasons);
            left -= named;
            lacking += more;
            if (more > 0)
            {
                results[i] = results[i] with { Reasons = [.. reasons.Take(named)], MoreReasons = more };
            }
        }

        return lacking;
    }

    private static readonly KeyValuePair<string, object?>[] StatusNames =
        [.. Enum.GetValues<AppendStatus>().Select(status => new KeyValuePair<string, object?>("status", EnumName.Of(status)))];
}
