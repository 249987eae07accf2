using Marten;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;
using MartenEvent = JasperFx.Events.IEvent;

namespace SpendTracker.Marten;

/// <summary>What a Marten session can do for SpendTracker.</summary>
public static class SpendTrackerSession
{
    /// <summary>
    /// Adds usage to what the session saves, once by its id: under the same stream, id and headers as <c>POST /api/v1/usage</c>,
    /// so that the same record sent again over either way is a duplicate. <c>SaveChangesAsync</c> stores it together with all
    /// else of the session. When that throws, nothing is stored; also where another writer stored the same id in between. Do it
    /// again in a new session: that settles it.
    /// </summary>
    /// <param name="session">Of the default tenant: a database is one organisation's.</param>
    /// <param name="usage">Any of the seven kinds of usage.</param>
    /// <param name="recorder">
    /// Who records it (e.g. <c>service:gateway</c>), the numbering of the id (at most 100 characters; <c>By</c> unless given)
    /// and the caller's id (at most 255 characters). Without an id one is generated, and only a retry with that one is known.
    /// </param>
    /// <param name="cancellationToken">Ends the look at what is stored.</param>
    /// <returns>
    /// <c>appended</c>: it is stored when changes are saved. <c>duplicate</c>, <c>conflict</c> (the same id with other content)
    /// and <c>refused</c> (it breaks a rule): nothing was added, with the reasons.
    /// </returns>
    /// <exception cref="InvalidOperationException">The session is another tenant's, or no host has set the database up.</exception>
    public static async Task<UsageResult> RecordUsageAsync(
        this IDocumentSession session, IUsageEvent usage, Recorder recorder, CancellationToken cancellationToken)
    {
        if (session.TenantId != Tenant.Default)
        {
            throw new InvalidOperationException($"Usage is recorded by sessions of the tenant '{Tenant.Default}', and this one is of '{session.TenantId}'.");
        }

        recorder = recorder with { Source = recorder.Source ?? recorder.By, SourceId = recorder.SourceId ?? Guid.CreateVersion7().ToString() };
        if (Check(usage, recorder) is { Count: > 0 } reasons)
        {
            return new UsageResult(0, AppendStatus.Refused, recorder.SourceId, Reasons: reasons);
        }

        var toAppend = UsageStream.ToAppend(usage, await ReportingTimeZoneAsync(session, cancellationToken), recorder);
        if (await FindAsync(session, toAppend.Id, cancellationToken) is { } stored)
        {
            var outcome = toAppend.AgainstStored(stored.EventTypeName, stored.Data is IEvent data ? EventTypes.Of(data).Write(data) : "{}"u8.ToArray());
            return new UsageResult(0, outcome.Status, recorder.SourceId, toAppend.Id, outcome.Difference);
        }

        session.Events.Append(toAppend.Stream, session.Wrap(toAppend));
        return new UsageResult(0, AppendStatus.Appended, recorder.SourceId, toAppend.Id);
    }

    private static FieldReasons Check(IUsageEvent usage, Recorder recorder)
    {
        var check = new FieldCheck();
        check.Name("id", recorder.SourceId, TextLength.Id);
        check.Name("source", recorder.Source, TextLength.Source);
        check.Add(UsageRules.Check(usage, TimeProvider.System.GetUtcNow()));
        return check.Reasons;
    }

    /// <summary>It decides the stream, and is the log's first event: no configuration of this service could know better.</summary>
    private static async Task<TimeZoneInfo> ReportingTimeZoneAsync(IDocumentSession session, CancellationToken cancellationToken)
    {
        var events = await session.Events.FetchStreamAsync(StreamNames.Settings, token: cancellationToken);
        return events is [.., { Data: SettingsChanged settings }]
            ? TimeZoneInfo.FindSystemTimeZoneById(settings.ReportingTimeZone)
            : throw new InvalidOperationException("SpendTracker has not set up this database yet: start a host on it once.");
    }

    /// <summary>The event of that id, in the session or in the log.</summary>
    private static async Task<MartenEvent?> FindAsync(IDocumentSession session, Guid id, CancellationToken cancellationToken) =>
        session.PendingChanges.Streams().SelectMany(stream => stream.Events).FirstOrDefault(pending => pending.Id == id)
            ?? await session.Events.LoadAsync(id, cancellationToken);
}
