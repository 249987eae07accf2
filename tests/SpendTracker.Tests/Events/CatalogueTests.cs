namespace SpendTracker.Tests.Events;

/// <summary>What the usage door relies on in the tables that Marten makes: it writes their rows itself.</summary>
public sealed class CatalogueTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("mt_streams", new[]
    {
        "tenant_id character varying not null '*DEFAULT*'::character varying", "id character varying not null", "type character varying",
        "version bigint", "timestamp timestamp with time zone not null now()", "created timestamp with time zone not null now()", "compacted_version bigint not null 0", "is_archived boolean false",
    })]
    [InlineData("mt_events", new[]
    {
        "seq_id bigint not null", "id uuid not null", "stream_id character varying", "version bigint not null", "data jsonb not null",
        "bdata bytea", "type character varying(500) not null", "timestamp timestamp with time zone not null now()",
        "tenant_id character varying '*DEFAULT*'::character varying", "mt_dotnet_type character varying", "correlation_id character varying",
        "causation_id character varying", "headers jsonb", "is_archived boolean false",
    })]
    public async Task Columns_are_those_of_Marten(string table, string[] columns) => Assert.Equal(columns, await _database.TextsAsync(
        $"""
        select attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end || coalesce(' ' || pg_get_expr(adbin, adrelid), '')
        from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = 'spend.{table}'::regclass and attnum > 0 and not attisdropped
        order by attnum
        """));

    [Fact]
    public async Task Constraints_are_those_of_Marten() => Assert.Equal(
        [
            "fkey_mt_events_stream_id_tenant_id: FOREIGN KEY (tenant_id, stream_id) REFERENCES spend.mt_streams(tenant_id, id)",
            "pk_mt_event_progression: PRIMARY KEY (name)",
            "pkey_mt_events_seq_id: PRIMARY KEY (seq_id)",
            "pkey_mt_streams_tenant_id_id: PRIMARY KEY (tenant_id, id)",
        ],
        await _database.TextsAsync(
            """
            set search_path = public;
            select conname || ': ' || pg_get_constraintdef(oid) from pg_constraint
            where connamespace = 'spend'::regnamespace and conrelid in ('spend.mt_streams'::regclass, 'spend.mt_events'::regclass, 'spend.mt_event_progression'::regclass) and contype <> 'n' order by conname
            """));

    [Fact]
    public async Task Indexes_are_those_of_Marten() => Assert.Equal(
        [
            "CREATE UNIQUE INDEX idx_mt_events_event_id ON spend.mt_events USING btree (id)",
            "CREATE UNIQUE INDEX pk_mt_event_progression ON spend.mt_event_progression USING btree (name)",
            "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON spend.mt_events USING btree (tenant_id, stream_id, version)",
            "CREATE UNIQUE INDEX pkey_mt_events_seq_id ON spend.mt_events USING btree (seq_id)",
            "CREATE UNIQUE INDEX pkey_mt_streams_tenant_id_id ON spend.mt_streams USING btree (tenant_id, id)",
        ],
        (await _database.TextsAsync("select indexdef from pg_indexes where schemaname = 'spend' and tablename in ('mt_streams', 'mt_events', 'mt_event_progression') order by indexname collate \"C\"")));

    [Fact]
    public async Task Only_streams_have_a_setting_of_ours() => Assert.Equal(
        ["mt_streams fillfactor=20"],
        await _database.TextsAsync(
            """
            select relname::text || coalesce(' ' || array_to_string(reloptions, ' '), '') from pg_class
            where relnamespace = 'spend'::regnamespace and starts_with(relname, 'mt_') and relkind = 'r' and reloptions is not null
            """));

    [Fact]
    public async Task No_trigger_rule_policy_or_partition_changes_what_is_written() => Assert.Empty(
        await _database.TextsAsync(
            """
            with marten as (select oid, relname::text, relrowsecurity, relispartition, relhassubclass, relreplident, relpersistence, relhasrules from pg_class
                            where relnamespace = 'spend'::regnamespace and starts_with(relname, 'mt_') and relkind = 'r')
            select 'trigger ' || tgname from pg_trigger join marten on tgrelid = marten.oid where not tgisinternal
            union all select 'table ' || relname from marten
                where relrowsecurity or relispartition or relhassubclass or relhasrules or relreplident <> 'd' or relpersistence <> 'p'
            union all select 'statistics ' || stxname from pg_statistic_ext where stxnamespace = 'spend'::regnamespace
            union all select 'foreign key from ' || conrelid::regclass from pg_constraint join marten on confrelid = marten.oid
                where contype = 'f' and conname <> 'fkey_mt_events_stream_id_tenant_id'
            """));

    [Fact]
    public async Task The_sequence_is_owned_by_seq_id_starts_at_one_and_caches_nothing()
    {
        Assert.Equal("spend.mt_events_sequence", await _database.ScalarAsync<string>("select pg_get_serial_sequence('spend.mt_events', 'seq_id')"));
        Assert.Equal("bigint 1 1 9223372036854775807 1 1 false", await _database.ScalarAsync<string>(
            "select data_type || ' ' || start_value || ' ' || min_value || ' ' || max_value || ' ' || increment_by || ' ' || cache_size || ' ' || cycle from pg_sequences where schemaname = 'spend'"));
    }

    [Fact]
    public async Task Every_row_has_what_Martens_reader_needs()
    {
        await _database.RecordAsync(Given.Tokens());

        Assert.Equal(0, await _database.ScalarAsync<long>(
            """
            select count(*) from spend.mt_events where tenant_id is null or is_archived is null or mt_dotnet_type is null
                or jsonb_typeof(headers) is distinct from 'object' or timestamp < now() - interval '1 hour'
            """));
        Assert.Equal(0, await _database.ScalarAsync<long>("select count(*) from spend.mt_streams where version is null or is_archived is null"));
        Assert.Equal("SpendTracker.Contracts.TokenUsageRecorded, SpendTracker.Contracts", await _database.ScalarAsync<string>(
            "select mt_dotnet_type from spend.mt_events where type = 'token_usage_recorded'"));
    }

    [Fact]
    public async Task Checkpoints_never_touch_rows_of_Martens_own()
    {
        await _database.ExecuteAsync("insert into spend.mt_event_progression (name, last_seq_id) values ('HighWaterMark', 3), ('Other:All', 2)");
        await _database.RecordAsync(Given.Tokens());
        await _database.ProjectAsync();

        Assert.Equal(
            ["HighWaterMark", "Other:All", .. _database.Spend.Projections().Select(projection => $"SpendTracker.{projection.Name}:All").Order(StringComparer.Ordinal)],
            await _database.TextsAsync("select name from spend.mt_event_progression order by name collate \"C\""));
        Assert.Equal(5, await _database.ScalarAsync<decimal>("select sum(last_seq_id) from spend.mt_event_progression where not starts_with(name, 'SpendTracker.')"));
    }
}
