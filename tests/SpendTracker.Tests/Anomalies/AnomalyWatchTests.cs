using SpendTracker.Alerts;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Anomalies;

/// <summary>The watch over a database, which looks when the test says so: one story, day by day.</summary>
public sealed class AnomalyWatchTests : IAsyncLifetime
{
    private const int History = 120;

    private static readonly DateOnly First = new(2026, 2, 1);

    private readonly FixedClock _clock = new(Given.At(First.AddDays(History)));
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DateOnly Today => DateOnly.FromDateTime(_clock.Now.UtcDateTime);

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync(clock: _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Unusual_days_are_found_explained_told_once_acknowledged_and_cleared()
    {
        await _database.PublishAsync("openai/own", new(2025, 1, 1), new("input-tokens", 1), new("output-tokens", 0));
        var (one, other) = (_database.Make<AnomalyWatch>(), _database.Make<AnomalyWatch>());
        await RecordAsync([.. Enumerable.Range(0, History).SelectMany(day => (string[])["chat", "mail"], (day, workload) => Costing(10, First.AddDays(day), workload))]);
        await LookAsync(one, other);
        await LookAsync(one, other);
        Assert.Empty(await ListAsync());

        // Today is too much already, before it is over.
        await RecordAsync(Costing(30), Costing(30) with { Outcome = Outcome.Failed });
        await LookAsync(one, other);
        var chat = Assert.Single(await ListAsync());
        Assert.Equal(("chat", Today, AnomalyKind.Spike, 60m), (chat.Detected.Workload, chat.Detected.Day, chat.Detected.Kind, chat.Detected.Amount));
        Assert.Equal(new AnomalyCauses(10, 0, 40, 0, 0, 10), chat.Detected.Causes); // Two requests instead of one, since one failed, of three times the size.
        Assert.Equal([new AnomalyPart("openai/own", "input-tokens", 60, 10)], chat.Detected.Parts!);

        // More of the same is the same, and acknowledged once.
        await RecordAsync(Costing(40));
        await LookAsync(one, other);
        var book = _database.Get<AnomalyBook>();
        await _database.Get<Acknowledgements>().AcknowledgeAsync(chat.Id, "a load test", new Recorder("person:Ada"), Cancel);
        await _database.ProjectAsync();
        var acknowledged = await book.FindAsync(chat.Id, Cancel);
        Assert.Equal((AnomalyState.Acknowledged, "person:Ada", "a load test"), (acknowledged!.State, acknowledged.Acknowledged!.By, acknowledged.Acknowledged.Note));
        Assert.Empty(await ListAsync());

        // On the next day mail was silent, and reports again later.
        _clock.Now = _clock.Now.AddDays(1);
        await RecordAsync(Costing(10));
        await LookAsync(one, other);
        var mail = Assert.Single(await ListAsync());
        Assert.Equal(("mail", Today.AddDays(-1), AnomalyKind.Silence, 10m), (mail.Detected.Workload, mail.Detected.Day, mail.Detected.Kind, mail.Detected.Usual));
        await RecordAsync(Costing(10, workload: "mail"));
        await LookAsync(one, other);
        Assert.Empty(await ListAsync());
        Assert.Equal(AnomalyClearedBecause.ReportsAgain, (await book.FindAsync(mail.Id, Cancel))!.Cleared!.Because);

        // Usage arrives late for a past day, which is looked at again; and it is taken back.
        await _database.RecordAsync(("late", Costing(90, Today.AddDays(-20), "mail")));
        await LookAsync(one, other);
        var past = Assert.Single(await ListAsync());
        Assert.Equal(("mail", Today.AddDays(-20), 100m), (past.Detected.Workload, past.Detected.Day, past.Detected.Amount));
        await _database.CorrectAsync("late");
        await LookAsync(one, other);
        Assert.Empty(await ListAsync());
        Assert.Equal((AnomalyClearedBecause.UsualAgain, 10m), Of((await book.FindAsync(past.Id, Cancel))!.Cleared!));

        // Many past days at once are an import: it is waited for, until a look finds fewer.
        await RecordAsync([.. Enumerable.Range(1, 5).Select(day => Costing(400, Today.AddDays(-day), "mail"))]);
        await LookAsync(one, other);
        Assert.Empty(await ListAsync());
        await LookAsync(one, other);
        Assert.NotEmpty(await ListAsync());

        // A meter of a SKU is unusual, and the workload's day is not: told once, and not again as the workload's day goes on.
        await _database.PublishAsync("openai/other", new(2025, 1, 1), new("input-tokens", 1), new("output-tokens", 1));
        TokenUsageRecorded Both(long input, long output, DateOnly day) => Given.Tokens(Given.At(day, 9), "both", model: "other", input: input, output: output);
        await RecordAsync([.. Enumerable.Range(1, History).Select(back => Both(20, 80, Today.AddDays(-back)))]);
        await LookAsync(one, other);
        await RecordAsync(Both(60, 79, Today));
        await LookAsync(one, other);
        var both = Assert.Single(await ListAsync(), anomaly => anomaly.Detected.Workload == "both");
        Assert.Equal((Today, "openai/other", "input-tokens", 60m, 20m), (both.Detected.Day, both.Detected.Sku, both.Detected.Meter, both.Detected.Amount, Math.Round(both.Detected.Usual, 2)));
        Assert.Equal(new AnomalyCauses(20, 0, 40, 0, 0), both.Detected.Causes); // As many requests, of three times the input.
        Assert.Equal([new AnomalyPart("openai/other", "input-tokens", 60, 20), new AnomalyPart("openai/other", "output-tokens", 79, 80)], both.Detected.Parts!);
        await RecordAsync(Both(10, 20, Today));
        await LookAsync(one, other); // 169 instead of 100: unusual for the workload, too, and the same event.
        Assert.Single(await ListAsync(), anomaly => anomaly.Detected.Workload == "both");

        // A replay gives the same table, and a host that starts finds nothing new.
        var before = (await book.ListAsync(new AnomalyFilter(OpenOnly: false), Cancel)).Select(anomaly => anomaly.ToString()).ToArray();
        var fresh = _database.Make<AnomalyWatch>();
        await LookAsync(fresh);
        await LookAsync(fresh);
        Assert.Equal(before, (await book.ListAsync(new AnomalyFilter(OpenOnly: false), Cancel)).Select(anomaly => anomaly.ToString()));
    }

    private static (AnomalyClearedBecause, decimal) Of(AnomalyCleared cleared) => (cleared.Because, cleared.Amount);

    private TokenUsageRecorded Costing(long amount, DateOnly? day = null, string workload = "chat") => Given.Tokens(Given.At(day ?? Today, 9), workload, model: "own", input: amount, output: 0) with { Outcome = Outcome.Succeeded };

    private async Task RecordAsync(params TokenUsageRecorded[] usage)
    {
        var results = await _database.RecordAsync([.. usage]);
        Assert.All(results, result => Assert.Equal(AppendResult.Appended, result));
    }

    private async Task LookAsync(params AnomalyWatch[] watches)
    {
        await _database.ProjectAsync();
        foreach (var watch in watches)
        {
            await watch.LookAsync(Cancel);
        }
    }

    private Task<IReadOnlyList<Anomaly>> ListAsync() => _database.Get<AnomalyBook>().ListAsync(new AnomalyFilter(), Cancel);
}
