using System.Security.Cryptography;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Settings;

namespace SpendTracker.Tests.Events;

/// <summary>Appending without the foreign key's check, which only who may switch it off can choose.</summary>
public sealed class ForeignKeyCheckTests
{
    private static readonly EventStoreOptions Skipping = new() { SkipForeignKeyCheck = true };

    [Fact]
    public async Task Without_the_check_every_event_still_has_its_stream()
    {
        await using var database = await TestDatabase.CreateAsync(events: Skipping);

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => database.RecordAsync(Given.Tokens(workload: $"w-{i % 10}"), Given.Tokens(workload: $"v-{i}"))));

        Assert.All(results.SelectMany(result => result), result => Assert.Equal(AppendStatus.Appended, result.Status));
        Assert.Empty(await database.BrokenStreamsAsync());
        Assert.Equal(0, await database.ScalarAsync<long>(
            "select count(*) from spend.mt_events as e where not exists (select from spend.mt_streams as s where (s.tenant_id, s.id) = (e.tenant_id, e.stream_id))"));
        Assert.True(await database.ScalarAsync<bool>("select convalidated from pg_constraint where conrelid = 'spend.mt_events'::regclass and contype = 'f'"));
    }

    /// <summary>What keeps the foreign key is a trigger; one of the test's own shows whether they run.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Triggers_run_unless_the_check_is_skipped(bool skip)
    {
        await using var database = await TestDatabase.CreateAsync(events: new() { SkipForeignKeyCheck = skip });
        await database.ExecuteAsync(
            """
            create function spend.refuse() returns trigger language plpgsql as $$ begin raise exception 'A trigger ran.'; end $$;
            create trigger refuse after insert on spend.mt_events for each row execute function spend.refuse()
            """);

        var recording = database.RecordAsync(Given.Tokens());

        if (skip)
        {
            Assert.Equal(AppendStatus.Appended, Assert.Single(await recording).Status);
        }
        else
        {
            Assert.Contains("A trigger ran.", (await Assert.ThrowsAsync<PostgresException>(() => recording)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_may_not_skip_the_check_is_told_at_the_start_and_what_to_grant_and_who_may_not_connect_that()
    {
        var (user, password) = ($"plain_{Guid.NewGuid():n}", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
        var admin = await TestDatabase.CreateAsync();
        await using (admin)
        {
            await admin.ExecuteAsync(
                $"""
                create role {user} login password '{password}';
                grant usage, create on schema spend to {user};
                grant all on all tables in schema spend to {user};
                grant all on all sequences in schema spend to {user}
                """);
            var options = new SpendDatabaseOptions
            {
                ConnectionString = new NpgsqlConnectionStringBuilder(admin.Spend.Options.ConnectionString) { Username = user, Password = password }.ConnectionString,
                Events = Skipping,
            };

            var fault = await Assert.ThrowsAsync<SettingsConflictException>(() => SpendDatabase.OpenAsync(options, TestContext.Current.CancellationToken));

            Assert.Contains("SpendTracker:Events:SkipForeignKeyCheck", fault.Message, StringComparison.Ordinal);
            Assert.Contains("grant set on parameter session_replication_role", fault.Message, StringComparison.Ordinal);
            await admin.ExecuteAsync($"grant set on parameter session_replication_role to {user}");
            await using var connections = new SpendConnections(options.ConnectionString, options.Events, options.LoggerFactory);
            Assert.Null(await connections.CheckAsync(TestContext.Current.CancellationToken));

            // PostgreSQL gives it the same code; the setting has nothing to do with it.
            await admin.ExecuteAsync("do $$ begin execute format('revoke connect on database %I from public', current_database()); end $$");
            await using var refused = new SpendConnections(options.ConnectionString, options.Events, options.LoggerFactory);
            var denied = await Assert.ThrowsAsync<PostgresException>(() => refused.CheckAsync(TestContext.Current.CancellationToken));
            Assert.Contains("permission denied for database", denied.MessageText, StringComparison.Ordinal);
            await admin.ExecuteAsync($"revoke set on parameter session_replication_role from {user}; drop owned by {user}; drop role {user}");
        }
    }
}
