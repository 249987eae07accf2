using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SpendTracker.Benchmarks;
using SpendTracker.Benchmarks.Soak;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests;

/// <summary>A database of a test's own, set up as a host would.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestDatabase(SpendDatabase spend)
    {
        Spend = spend;
        _services = new ServiceCollection().AddSpendTracker(spend).AddSingleton<UsageRecorder>().BuildServiceProvider();
    }

    public SpendDatabase Spend { get; }

    public NpgsqlDataSource DataSource => Spend.DataSource;

    public EventStore Store => Spend.Store;

    public OrganisationSettings Settings => Spend.Settings;

    public static Task<TestDatabase> CreateAsync(
        string? timeZone = null, TimeProvider? clock = null, EventStoreOptions? events = null) => CreateAsync(TestServer.CreateDatabaseAsync(empty: timeZone is not null), timeZone, clock, events);

    public static async Task<TestDatabase> CreateAsync(
        Task<string> connectionString, string? timeZone = null, TimeProvider? clock = null, EventStoreOptions? events = null, int? exchangeRateDays = null) => new(await SpendDatabase.OpenAsync(
            new()
            {
                ConnectionString = await connectionString,
                ReportingTimeZone = timeZone,
                ExchangeRateDays = exchangeRateDays,
                Clock = clock ?? TimeProvider.System,
                Events = events ?? new EventStoreOptions { GapGrace = TimeSpan.FromMilliseconds(200) },
            },
            TestContext.Current.CancellationToken));

    /// <summary>What works on the database, one of each, from the product's composition root.</summary>
    public T Get<T>()
        where T : class => _services.GetRequiredService<T>();

    /// <summary>The same, but another one, as another host has it; with parts of the test's own.</summary>
    public T Make<T>(params object[] parts)
        where T : class => ActivatorUtilities.CreateInstance<T>(_services, parts);

    /// <summary>Appends usage under ids of the test's own, or given ones.</summary>
    public async Task<AppendResult[]> RecordAsync(params (string Id, IUsageEvent Usage)[] usage) => await Store.AppendAsync(
        [.. usage.Select(u => ToAppend(u.Id, u.Usage))], TestContext.Current.CancellationToken);

    public async Task<AppendResult[]> RecordAsync(params IUsageEvent[] usage) =>
        await RecordAsync([.. usage.Select(u => (Guid.NewGuid().ToString(), u))]);

    public EventToAppend ToAppend(string id, IUsageEvent usage) =>
        UsageStream.ToAppend(usage, Settings.ReportingTimeZone, new Recorder("test", "test", id));

    /// <summary>Corrects usage that is recorded under an id of the test's own, or will be.</summary>
    public Task<CorrectionResult> CorrectAsync(string id, IUsageEvent? replacement = null, string? replacementId = null) => Get<UsageCorrections>().CorrectAsync(
        EventId.From(Tenant.Default, "test", id), "wrong", replacement is null ? null : new Replacement(replacement, "test", replacementId), new Recorder("test"),
        TestContext.Current.CancellationToken);

    public Task PublishAsync(string sku, DateOnly from, params MeterPrice[] prices) => Get<PriceBook>().PublishAsync(
        new RatePublished(sku, from, "USD", prices, "test"), new Recorder("test"), TestContext.Current.CancellationToken);

    /// <summary>Publishes or withdraws what the rules of the price book allow, and has it counted.</summary>
    public async Task ChangePricesAsync(params IEnumerable<IEvent> changes)
    {
        foreach (var change in changes)
        {
            Assert.Empty(PriceBookRules.Check(change, Settings.ReportingCurrency));
            Assert.Null(await Get<PriceBook>().ChangeAsync(change, new Recorder("test"), TestContext.Current.CancellationToken));
        }

        await ProjectAsync();
    }

    /// <summary>Brings all projections to the high-water mark, without a daemon; waits for gaps to be passed.</summary>
    public Task ProjectAsync() => CatchUp.ToTheEndAsync(Spend, TestContext.Current.CancellationToken);

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> texts = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    /// <summary>How many events of usage the log has, whatever recorded them.</summary>
    public Task<long> CountUsageAsync() => ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'usage/%'");

    /// <summary>Streams whose head or versions are not those of their events.</summary>
    public Task<IReadOnlyList<string>> BrokenStreamsAsync() => TextsAsync(Stored.BrokenStreams);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Spend.DisposeAsync();
    }
}
