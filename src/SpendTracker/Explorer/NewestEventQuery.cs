using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Explorer;

/// <summary>Some events of all workloads, newest first.</summary>
/// <param name="Older">Go on with what was recorded before this place of the log; null where nothing was.</param>
/// <param name="Last">The place of the log's last event when they were read.</param>
public sealed record NewestEvents(IReadOnlyList<UsageEvent> Events, long? Older, long Last);

/// <summary>
/// The events of all workloads, the newest first. It reads the log backwards from a place, by the log's own index, and stops looking after
/// a bounded number of places, so that what is rare costs a click and not a scan. Events of some workloads or months are looked for
/// from the newest one of their streams on.
/// </summary>
public sealed class NewestEventQuery(EventLog log, UsageEventQuery events, OrganisationSettings settings, ReportingClock clock)
{
    private const long FirstStretch = 250;
    private const long MostExamined = 100_000;

    /// <summary>A page of what is selected.</summary>
    /// <param name="before">What was recorded before this place of the log; null for the newest.</param>
    public async Task<NewestEvents> PageAsync(EventSelection selection, long? before, int most, CancellationToken cancellationToken)
    {
        if (selection.IsNothing)
        {
            return new([], null, 0);
        }

        var end = await log.LastAsync(cancellationToken);
        var last = Math.Min(before - 1 ?? long.MaxValue, end);
        if (selection.Workloads is not null || selection.Months is not null)
        {
            last = await log.NewestOfStreamsAsync(
                selection.Workloads?.Select(workload => UsageStream.Prefix(workload).TrimEnd('/')).ToArray(), selection.Months is { } months ? (months.First.ToString(), months.Last.ToString()) : null, last,
                cancellationToken);
        }

        return await ReadAsync(selection, 0, last, end, most, cancellationToken);
    }

    /// <summary>What of it was recorded after a place of the log.</summary>
    public async Task<NewestEvents> SinceAsync(EventSelection selection, long after, int most, CancellationToken cancellationToken)
    {
        var end = await log.LastAsync(cancellationToken);
        return end <= after || selection.IsNothing ? new([], null, end) : await ReadAsync(selection, after, end, end, most, cancellationToken);
    }

    private async Task<NewestEvents> ReadAsync(EventSelection selection, long after, long last, long end, int most, CancellationToken cancellationToken)
    {
        var asked = selection.Skus.Count == 0 ? selection : selection with { ReportedSkus = await events.ReportedSkusAsync(selection.Skus, null, cancellationToken) };
        var (found, older) = await ScanAsync(asked, after, last, most, cancellationToken);
        var rated = await events.RateAsync(found, (_, quantity) => quantity.Day <= clock.Today && asked.Covers(quantity), null, cancellationToken);
        return new(rated, older, end);
    }

    private async Task<(List<(LoggedEvent Logged, EventPlace Place)> Found, long? Older)> ScanAsync(EventSelection selection, long after, long last, int most, CancellationToken cancellationToken)
    {
        var (where, parameters) = Conditions(selection);
        var types = selection.Types.Count == 0 ? EventTypes.UsageNames : selection.Types;
        List<(LoggedEvent Logged, EventPlace Place)> found = [];
        var (stretch, end) = (FirstStretch, last - MostExamined);
        while (last > after)
        {
            if (last <= end)
            {
                return (found, last + 1);
            }

            var first = Math.Max(after + 1, Math.Max(end + 1, last - stretch + 1));
            await foreach (var logged in log.ReadBackAsync(first, last, types, where, parameters, cancellationToken))
            {
                if (logged.Stored.Data is IUsageEvent usage && UsageQuantities.FaultOf(usage) is null
                    && selection.CoversRecording(BillingPeriod.DayOf(logged.Stored.RecordedAt, settings.ReportingTimeZone))
                    && selection.Covers(usage, [.. UsageQuantities.Of(usage, settings.ReportingTimeZone)]))
                {
                    if (found.Count == most)
                    {
                        return (found, found[^1].Logged.Stored.SeqId);
                    }

                    found.Add((logged, new(BillingPeriod.Of(usage.OccurredAt, settings.ReportingTimeZone), logged.Stored.Version)));
                }
            }

            (last, stretch) = (first - 1, stretch * 4);
        }

        return (found, null);
    }

    /// <summary>What the database picks out, with parameters from the fifth on.</summary>
    private static (string Where, IReadOnlyList<object> Parameters) Conditions(EventSelection selection)
    {
        List<string> conditions = ["true"];
        List<object> parameters = [];
        Add(selection.Workloads, "data->>'workload' = any({0})");
        Add(selection.Except.Count == 0 ? null : selection.Except, "data->>'workload' <> all({0})");
        Add(selection.Approaches.Count == 0 ? null : [.. selection.Approaches.Select(EnumName.Of)], "data->>'approach' = any({0})");
        if (selection.TraceId is { } trace)
        {
            parameters.Add(trace);
            conditions.Add($"correlation_id = ${parameters.Count + 4}");
        }

        if (selection.Months is { } months)
        {
            parameters.AddRange([months.First.ToString(), months.Last.ToString()]);
            conditions.Add($"right(stream_id, 7) collate \"C\" between ${parameters.Count + 3} and ${parameters.Count + 4}");
        }

        return (string.Join(" and ", conditions), parameters);

        void Add(IReadOnlyList<string>? values, string condition)
        {
            if (values is not null)
            {
                parameters.Add(values.ToArray());
                conditions.Add(condition.Replace("{0}", $"${parameters.Count + 4}", StringComparison.Ordinal));
            }
        }
    }
}
