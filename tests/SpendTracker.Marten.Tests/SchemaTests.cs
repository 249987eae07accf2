using Marten;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests;
using static SpendTracker.Marten.Tests.SharedDatabase;

namespace SpendTracker.Marten.Tests;

/// <summary>The tables are the ones that Marten itself would make, whoever makes them.</summary>
public sealed class SchemaTests
{
    /// <summary>Whatever Marten could change in the schema: columns, constraints, indexes, sequences, functions, settings.</summary>
    private const string Catalogue =
        """
        select 'column ' || c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || coalesce(pg_get_expr(adbin, adrelid), '')
        from pg_attribute join pg_class as c on c.oid = attrelid left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attnum > 0 and not attisdropped and c.relnamespace = 'spend'::regnamespace and c.relkind in ('r', 'S')
        union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'spend'::regnamespace
        union all select 'index ' || tablename || ' ' || indexdef from pg_indexes where schemaname = 'spend'
        union all select 'sequence ' || sequencename || ' ' || start_value || increment_by || cycle || cache_size from pg_sequences where schemaname = 'spend'
        union all select 'settings ' || relname || ' ' || coalesce(reloptions::text, '') from pg_class where relnamespace = 'spend'::regnamespace and relkind = 'r'
        union all select 'function ' || proname from pg_proc where pronamespace = 'spend'::regnamespace
        order by 1
        """;

    [Fact]
    public async Task Marten_changes_nothing_of_ours_adds_what_is_its_own_and_then_finds_nothing_to_do()
    {
        await using var shared = await CreateAsync();
        var before = await shared.Own.TextsAsync(Catalogue);

        await shared.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        await shared.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Cancel);

        var after = await shared.Own.TextsAsync(Catalogue);
        Assert.Empty(before.Except(after));
        Assert.Equal(
            [
                "function mt_archive_stream", "function mt_mark_event_progression", "function mt_mark_progression_with_skip", "function mt_quick_append_events",
                "settings mt_doc_deadletterevent", "settings mt_event_projection_floors", "settings mt_high_water_skips",
            ],
            after.Except(before).Where(line => line.StartsWith("function", StringComparison.Ordinal) || line.StartsWith("settings", StringComparison.Ordinal)).Select(line => line.Trim()));
        Assert.All(
            after.Except(before).Where(line => !line.StartsWith("function", StringComparison.Ordinal)),
            line => Assert.Matches(
                "^[a-z]+ (spend\\.)?(mt_doc_deadletterevent|mt_high_water_skips|mt_event_projection_floors)[. ]|^column (mt_event_progression\\.|mt_streams\\.compacted_version )", line));
    }

    [Fact]
    public async Task A_database_that_Marten_set_up_first_is_a_hosts_too()
    {
        var connectionString = await TestServer.CreateDatabaseAsync(empty: true);
        await using var store = Open(connectionString);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        await using (var early = store.LightweightSession())
        {
            var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => early.RecordUsageAsync(Given.Tokens(), RecorderOf("early"), Cancel));
            Assert.Contains("start a host", fault.Message, StringComparison.Ordinal);
        }

        await using var own = await TestDatabase.CreateAsync(Task.FromResult(connectionString));
        await own.RecordAsync(Given.Tokens());
        await using (var session = store.LightweightSession())
        {
            await session.RecordUsageAsync(Given.Tokens(), RecorderOf("late"), Cancel);
            await session.SaveChangesAsync(Cancel);
        }

        await own.ProjectAsync();
        Assert.Equal(2_000m, await own.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        await store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Cancel);
    }

    [Fact]
    public async Task The_tables_that_Marten_makes_are_ours_to_the_letter()
    {
        await using var shared = await CreateAsync();
        await shared.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        var connectionString = await TestServer.CreateDatabaseAsync(empty: true);
        await using (var store = Open(connectionString))
        {
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        }

        await using var own = await TestDatabase.CreateAsync(Task.FromResult(connectionString));
        var (ours, martens) = (await shared.Own.TextsAsync(Catalogue), await own.TextsAsync(Catalogue));

        // But for a setting of ours, and for Marten's default of a time, which is the moment when the table was made.
        const string Timestamp = "column mt_events.timestamp timestamp with time zone true ";
        Assert.Equal([$"{Timestamp}now()", "settings mt_streams {fillfactor=20}"], ours.Except(martens));
        Assert.Collection(
            martens.Except(ours),
            line => Assert.StartsWith($"{Timestamp}'", line, StringComparison.Ordinal),
            line => Assert.Equal("settings mt_streams ", line));
    }

    [Fact]
    public async Task Every_type_of_event_has_its_stored_name_there()
    {
        await using var shared = await CreateAsync();

        var known = shared.Store.Options.Events.AllKnownEventTypes().Where(type => typeof(IEvent).IsAssignableFrom(type.EventType));

        Assert.Equal(
            EventTypes.All.Select(type => (type.Name, type.DotNetName)).OrderBy(type => type.Name, StringComparer.Ordinal),
            known.Select(type => (type.EventTypeName, type.DotNetTypeName)).OrderBy(type => type.EventTypeName, StringComparer.Ordinal));
    }
}
