using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Estimates;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Closing;

/// <summary>Who pays for what corrects a closed month, and for what model: the same before and after the month that books it is closed.</summary>
public sealed class CorrectionBookingTests : IAsyncLifetime
{
    private static readonly BillingPeriod January = new(2026, 1);
    private static readonly BillingPeriod February = new(2026, 2);
    private static readonly Recorder Recorder = new("test");

    private readonly FixedClock _clock = new(Given.At(new(2026, 1, 5)));
    private TestDatabase _database = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private BillingPeriods Periods => _database.Get<BillingPeriods>();

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync("UTC", _clock);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_correction_is_of_the_team_and_the_cost_centre_that_the_corrected_month_was_closed_with()
    {
        await PublishAsync(new RatePublished("openai/m", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list"));
        await RegisterAsync("red");
        await UseAsync(100);
        On(2026, 2, 2);
        await CloseAsync(January);
        await RegisterAsync("blue");
        await UseAsync(7);
        string[] signed = ["2026-01 red 100", "2026-02 red 7"];
        Assert.Equal(signed, await ByAsync("team"));

        On(2026, 3, 2);
        await CloseAsync(February);
        Assert.Equal(signed, await ByAsync("team"));
        Assert.Equal(["2026-01 red-pays 100", "2026-02 red-pays 7"], await ByAsync("cost-centre"));

        On(2026, 3, 4);
        Assert.Empty(await Periods.ReopenAsync(January, "another team's", Recorder, Stop));
        Assert.Equal(["2026-01 blue 100", "2026-02 red 7"], await ByAsync("team")); // February is as it was signed.
        Assert.Equal(signed, await ByAsync("team", new(2026, 3, 3)));
        await CloseAsync(January);
        Assert.Equal(["2026-01 blue 100", "2026-02 red 7"], await ByAsync("team"));
    }

    [Fact]
    public async Task Where_an_alias_changes_for_a_closed_month_its_old_model_is_taken_back_and_the_new_one_charged()
    {
        await PublishAsync(new RatePublished("own/old", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list"));
        await PublishAsync(new RatePublished("own/new", new(2026, 1, 1), "USD", [new("input-tokens", 0.4m)], "list"));
        await PublishAsync(new AliasPublished("openai/m", "own/old"));
        await UseAsync(10);
        On(2026, 2, 2);
        await CloseAsync(January);
        await PublishAsync(new AliasPublished("openai/m", "own/new"));
        string[] signed = ["2026-01 own/old 10", "2026-02 own/new 4", "2026-02 own/old -10"];
        Assert.Equal(signed, await ByAsync("model"));

        On(2026, 3, 2);
        await CloseAsync(February);
        Assert.Equal(signed, await ByAsync("model"));
        await UseAsync(5);
        Assert.Equal([.. signed, "2026-03 own/new 2"], await ByAsync("model"));

        On(2026, 3, 4);
        Assert.Empty(await Periods.ReopenAsync(January, "forgot something", Recorder, Stop));
        Assert.Equal(["2026-01 own/new 2", "2026-01 own/old 10", "2026-02 own/new 4", "2026-02 own/old -10"], await ByAsync("model"));
        Assert.Equal([.. signed, "2026-03 own/new 2"], await ByAsync("model", new(2026, 3, 3)));
        Assert.Equal(["2026-01 own/old 10"], await ByAsync("model", new(2026, 2, 1)));
        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, Stop));
    }

    [Fact]
    public async Task An_estimate_is_of_whom_and_of_what_model_its_month_was_closed_with_and_follows_both_while_it_is_open()
    {
        await PublishAsync(new AliasPublished("openai/m", "own/old"));
        await RegisterAsync("red");
        await _database.Get<EstimateBook>().SubmitAsync(
            new("support-chat", Approach.PromptEngineering, "2026-01", "2026-02", "USD", [new(Component.Usage, 100, "openai/m")]), Recorder, Stop);
        On(2026, 2, 2);
        await CloseAsync(January);
        await RegisterAsync("blue");
        await PublishAsync(new AliasPublished("openai/m", "own/new"));
        await _database.ProjectAsync();

        Assert.Equal(["2026-01 red 100", "2026-02 blue 100"], await EstimatesByAsync("team"));
        Assert.Equal(["2026-01 red-pays 100", "2026-02 blue-pays 100"], await EstimatesByAsync("cost-centre"));
        Assert.Equal(["2026-01 own/old 100", "2026-02 own/new 100"], await EstimatesByAsync("model"));
        Assert.Equal(["2026-01 red 100", "2026-02 red 100"], await EstimatesByAsync("team", new(2026, 1, 5)));

        On(2026, 2, 3);
        Assert.Empty(await Periods.ReopenAsync(January, "another team's", Recorder, Stop));
        await _database.ProjectAsync();
        Assert.Equal(["2026-01 blue 100", "2026-02 blue 100"], await EstimatesByAsync("team"));
        Assert.Equal(["2026-01 own/new 100", "2026-02 own/new 100"], await EstimatesByAsync("model"));
        Assert.Equal(["2026-01 own/old 100", "2026-02 own/new 100"], await EstimatesByAsync("model", new(2026, 2, 2)));
    }

    [Fact]
    public async Task A_correction_is_of_the_team_of_the_last_closing_where_there_were_several()
    {
        await PublishAsync(new RatePublished("openai/m", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list"));
        await UseAsync(100);
        On(2026, 2, 2);
        await RegisterAsync("red");
        await CloseAsync(January);
        Assert.Empty(await Periods.ReopenAsync(January, "forgot something", Recorder, Stop));
        await RegisterAsync("blue");
        await CloseAsync(January);
        await RegisterAsync("green");
        await UseAsync(7);
        Assert.Equal(["2026-01 blue 100", "2026-02 blue 7"], await ByAsync("team"));

        On(2026, 3, 2);
        await CloseAsync(February);
        Assert.Equal(["2026-01 blue 100", "2026-02 blue 7"], await ByAsync("team"));
    }

    [Fact]
    public async Task Where_an_alias_is_withdrawn_again_a_replay_gives_the_same_rows()
    {
        await PublishAsync(new RatePublished("openai/m", new(2026, 1, 1), "USD", [new("input-tokens", 1)], "list"));
        await UseAsync(10);
        On(2026, 2, 2);
        await CloseAsync(January);
        await PublishAsync(new AliasPublished("openai/m", "own/new"));
        await _database.ProjectAsync();
        var alias = Assert.Single(await _database.Get<PriceBook>().ListAliasesAsync(Stop));
        await _database.ChangePricesAsync(new PublicationWithdrawn(alias.Publication.Id, "typo"));

        Assert.Equal(["2026-01 openai/m 10"], await ByAsync("model"));
        Assert.Empty(await _database.Spend.CreateRebuild().VerifyAsync(_database.Spend.Projections()[0], null, Stop));
    }

    private void On(int year, int month, int day) => _clock.Now = Given.At(new(year, month, day));

    private Task<AppendResult[]> UseAsync(long tokens) =>
        _database.RecordAsync(Given.Tokens(Given.At(new(2026, 1, 5)), model: "m", input: tokens, output: 0));

    private Task<Guid> PublishAsync(IEvent publication) => _database.Get<PriceBook>().PublishAsync(publication, Recorder, Stop);

    private Task RegisterAsync(string team) => _database.Get<WorkloadRegistry>().RegisterAsync(
        new("support-chat", "Support", team, Approach.PromptEngineering, $"{team}-pays"), Recorder, Stop);

    private async Task CloseAsync(BillingPeriod month)
    {
        await _database.ProjectAsync();
        Assert.NotNull((await Periods.CloseAsync(month, new CloseRequest("month end"), Recorder, Stop)).Closing);
    }

    private async Task<IEnumerable<string>> EstimatesByAsync(string dimension, DateOnly? knownOn = null) =>
        (await _database.Get<MonthlyCostQuery>().ByAsync(new CostFilter(January, February.Next) { KnownOn = knownOn }, [CostDimension.Find(dimension)!], Stop))
            .Where(row => row.Estimated != 0).Select(row => FormattableString.Invariant($"{row.Month} {row.Keys[dimension]} {row.Estimated}"));

    private async Task<IEnumerable<string>> ByAsync(string dimension, DateOnly? knownOn = null)
    {
        await _database.ProjectAsync();
        var rows = await _database.Get<MonthlyCostQuery>().ByAsync(
            new CostFilter(January, February.Next) { KnownOn = knownOn }, [CostDimension.Find(dimension)!], Stop);
        return rows.Where(row => row.Actual != 0).Select(row => FormattableString.Invariant($"{row.Month} {row.Keys[dimension]} {row.Actual}"));
    }
}
