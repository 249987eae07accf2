using System.Collections.Frozen;
using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>
/// Folds events into rows. It uses nothing but the events: no clock, no random, no other projection's table, so that a
/// replay gives the same rows. Its SQL names its tables without a schema: the live ones are in <c>spend</c>, and a rebuild
/// runs the same statements in a schema beside it.
/// </summary>
public abstract class Projection
{
    /// <summary>The name of its checkpoint, <c>SpendTracker.{Name}:All</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Creates its tables where they are missing.</summary>
    public abstract string CreateTables { get; }

    /// <summary>Its tables, without a schema.</summary>
    public abstract IReadOnlyList<string> Tables { get; }

    /// <summary>The event types it needs; others pass it by unread.</summary>
    public abstract IReadOnlyList<string> EventTypes { get; }

    /// <summary>Types that are known and not needed, or Marten's own: they are passed by in the database. Unknown ones are read, to be set aside.</summary>
    internal string[] UnneededTypes => field ??= [.. Events.EventTypes.All.Select(type => type.Name).Except(EventTypes), .. Events.EventTypes.OfMarten];

    internal bool NeedsUsage => Events.EventTypes.UsageNames.Any(Needs);

    private FrozenSet<string> Needed => field ??= EventTypes.ToFrozenSet();

    internal bool Needs(string type) => Needed.Contains(type);

    /// <summary>Folds one event into the page in memory.</summary>
    public abstract void Apply(StoredEvent stored);

    /// <summary>
    /// Adds to the page what depends on other events than its own, read from the log and from the projection's tables: over the
    /// connection and in the transaction that the page is written in. Called with the page applied, before it is flushed.
    /// </summary>
    public virtual Task CompleteAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// The page as statements, a few whatever its size, and an empty page again. Called with the page of events applied;
    /// the statements run in the transaction that moves the checkpoint.
    /// </summary>
    public abstract IReadOnlyList<NpgsqlBatchCommand> Flush();

    /// <summary>Forgets the page in memory, after something failed on the way; never fails itself.</summary>
    public abstract void Discard();

    /// <summary>
    /// Whether events give the same rows in whatever order they are applied. Then one that was set aside can be applied later
    /// by itself; otherwise only a replay puts it where it belongs.
    /// </summary>
    public virtual bool TakesAnyOrder => false;

    /// <summary>
    /// Whether its tables are what the events say and nothing else. Then a rebuild replaces them and <c>verify</c> compares them.
    /// What makes something happen out there is not: read again, it would happen again.
    /// </summary>
    public virtual bool IsReplayable => true;

    /// <summary>
    /// Whether what a session appends is in the tables at once: applied in the transaction that appends it (<see cref="InlineReadModels"/>).
    /// Its events are few. What others append comes with a page, as ever.
    /// </summary>
    public virtual bool IsInline => false;

    /// <summary>
    /// SQL before the creation of tables: where some are there in an earlier layout, without a column that came since, all of
    /// them go, and the checkpoint with them. The log has everything, so it is read again.
    /// </summary>
    protected string DropEarlierLayout(string table, string column) =>
        $"""
        do $$ begin
            if exists (select from information_schema.tables where table_schema = current_schema() and table_name in ('{string.Join("', '", Tables)}'))
               and not exists (select from information_schema.columns where table_schema = current_schema() and table_name = '{table}' and column_name = '{column}') then
                drop table if exists {string.Join(", ", Tables)};
                delete from mt_event_progression where name = '{Checkpoint}';
                delete from inline_applied where projection = '{Name}';
            end if;
        end $$;

        """;

    public string Checkpoint => $"SpendTracker.{Name}:All";
}
