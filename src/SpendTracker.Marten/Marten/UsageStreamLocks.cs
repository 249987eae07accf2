using Marten;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Marten;

/// <summary>
/// Makes sessions take turns at usage streams, as SpendTracker's own writers do. Marten's append reads a stream's version
/// without a lock and advances it last; of several writers to a busy month all but one would fail, or lock each other out.
/// Taken when changes are saved, in one order, so that nobody waits for a session that is still at work.
/// </summary>
internal sealed class UsageStreamLocks : DocumentSessionListenerBase
{
    public override async Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
    {
        var streams = session.PendingChanges.Streams()
            .Where(stream => stream.Key is { } key && key.StartsWith("usage/", StringComparison.Ordinal) && stream.Events.Count > 0)
            .Select(stream => stream.Key!).ToArray();
        if (streams.Length == 0)
        {
            return;
        }

        await session.BeginTransactionAsync(token);
        await using var command = new NpgsqlCommand(
            """
            insert into spend.mt_streams as s (tenant_id, id, version)
            select $1, id, 0 from unnest($2) as id order by id
            on conflict (tenant_id, id) do update set version = s.version
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = streams });
        await session.ExecuteAsync(command, token);
    }
}
