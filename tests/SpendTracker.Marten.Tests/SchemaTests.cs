using Marten;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
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
        union all select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'spend'::regnamespace
        order by 1
        """;

    [Fact]
    public async Task A_service_finds_nothing_to_do_and_changes_nothing()
    {
        await using var shared = await CreateAsync();
        var before = await shared.Own.TextsAsync(Catalogue);

        await shared.Own.Spend.Marten.Storage.Database.AssertDatabaseMatchesConfigurationAsync(Cancel);
        await shared.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

        Assert.Equal(before, await shared.Own.TextsAsync(Catalogue));
    }

    [Fact]
    public async Task A_table_that_cannot_be_migrated_is_named_at_the_start_and_nothing_is_changed()
    {
        await using var shared = await CreateAsync();
        await shared.Own.ExecuteAsync("alter table spend.mt_event_progression drop constraint pk_mt_event_progression; alter table spend.mt_events alter column version type varchar");
        var before = await shared.Own.TextsAsync(Catalogue);

        var fault = await Assert.ThrowsAsync<EventSchemaException>(() => EventSchema.CreateAsync(shared.Own.Spend.Projecting, Cancel));

        Assert.Contains("spend.mt_events", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, await shared.Own.TextsAsync(Catalogue));
    }

    [Fact]
    public async Task A_user_who_may_create_a_schema_and_nothing_else_sets_a_database_up()
    {
        await using var theirs = await TestDatabase.CreateAsync(TestServer.CreateDatabaseAsync(empty: true));
        var role = await UserAsync(theirs, schemas: true);
        await theirs.ExecuteAsync("drop schema spend cascade; revoke create on schema public from public");

        await using var opened = await SpendDatabase.OpenAsync(new() { ConnectionString = ConnectionOf(theirs, role) }, Cancel);

        Assert.Empty(await theirs.TextsAsync("select proname::text from pg_proc where pronamespace = 'public'::regnamespace and proname like 'mt\\_%'"));
    }

    [Fact]
    public async Task A_user_without_rights_is_told_what_PostgreSQL_said_and_not_all_that_Marten_would_have_done()
    {
        await using var theirs = await TestDatabase.CreateAsync(TestServer.CreateDatabaseAsync(empty: true));
        var role = await UserAsync(theirs, schemas: false);
        await theirs.ExecuteAsync("drop schema spend cascade");

        var fault = await Assert.ThrowsAsync<PostgresException>(() => SpendDatabase.OpenAsync(new() { ConnectionString = ConnectionOf(theirs, role) }, Cancel));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, fault.SqlState);
        Assert.DoesNotContain("function", fault.Message, StringComparison.OrdinalIgnoreCase);
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
    public async Task Every_type_of_event_has_its_stored_name_there()
    {
        await using var shared = await CreateAsync();

        var known = shared.Store.Options.Events.AllKnownEventTypes().Where(type => typeof(IEvent).IsAssignableFrom(type.EventType));

        Assert.Equal(
            EventTypes.All.Select(type => (type.Name, type.DotNetName)).OrderBy(type => type.Name, StringComparer.Ordinal),
            known.Select(type => (type.EventTypeName, type.DotNetTypeName)).OrderBy(type => type.EventTypeName, StringComparer.Ordinal));
    }

    private static async Task<string> UserAsync(TestDatabase database, bool schemas)
    {
        var role = $"user_{Guid.NewGuid():N}";
        var grant = schemas ? $"execute format('grant create on database %I to {role}', current_database());" : "";
        await database.ExecuteAsync($"do $$ begin create role {role} login password 'test'; {grant} end $$");
        return role;
    }

    private static string ConnectionOf(TestDatabase database, string role) =>
        new NpgsqlConnectionStringBuilder(database.Spend.Options.ConnectionString) { Username = role, Password = "test" }.ConnectionString;
}
