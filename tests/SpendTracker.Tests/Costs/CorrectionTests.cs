using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Costs;

/// <summary>What was corrected counts no longer, once, whatever comes first and whatever is projected together; a replay gives the same rows.</summary>
public sealed class CorrectionTests : IAsyncLifetime
{
    private readonly FixedClock _clock = new(Given.At(Given.Day));
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() =>
        _database = await TestDatabase.CreateAsync(clock: _clock, events: new() { GapGrace = TimeSpan.Zero, PageEvents = 3 });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_the_day_of_its_correction_an_event_counts_no_longer(bool byPages)
    {
        await _database.PublishAsync("openai/gpt-4o", Given.Day.AddDays(-1), new MeterPrice("input-tokens", 2));
        await StepAsync(byPages, () => _database.RecordAsync(("a", Given.Tokens()), ("b", Given.Tokens(input: 5))));
        await StepAsync(byPages, () => _database.CorrectAsync("a"));
        await _database.ProjectAsync();

        Assert.Equal(10m, await _database.ScalarAsync<decimal>("select sum(amount) from spend.monthly_cost where meter = 'input-tokens'"));
        Assert.Equal([$"{Given.Day:yyyy-MM-dd} 1005 2", $"{Given.Day.AddDays(1):yyyy-MM-dd} -1000 -1"], await InputAsync());
        Assert.Equal("5 1", await MonthAsync());
        await AssertNothingWaitsAsync();
        await AssertExplainedAsync();
    }

    /// <summary>Between the day before the correction and its own, the event is named, and what it counted is taken back.</summary>
    private async Task AssertExplainedAsync()
    {
        var explain = _database.Get<ExplainQuery>();
        var explanation = await explain.OfAsync(BillingPeriod.Of(Given.Day), Given.Day, Given.Day.AddDays(1), null, TestContext.Current.CancellationToken);
        var correction = Assert.Single(explanation.Corrections);
        Assert.Equal((EventId.From(Tenant.Default, "test", "a"), "support-chat", Given.Day.AddDays(1)), (correction.Event, correction.Workload, correction.RecordedOn));
        Assert.Equal(-2_000m, explanation.Usage.Single(move => move.Meter == "input-tokens").Amount);
        Assert.Equal(explanation.After - explanation.Before, explanation.Explained);
        Assert.Empty((await explain.OfAsync(BillingPeriod.Of(Given.Day), Given.Day.AddDays(1), Given.Day.AddDays(2), null, TestContext.Current.CancellationToken)).Corrections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_comes_after_its_correction_never_counts(bool byPages)
    {
        await StepAsync(byPages, () => _database.CorrectAsync("a"));
        if (byPages)
        {
            Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from spend.waiting_correction"));
        }

        await StepAsync(byPages, () => _database.RecordAsync(("b", Given.Tokens(input: 5))));
        await StepAsync(byPages, () => _database.RecordAsync(("a", Given.Tokens())));
        await _database.ProjectAsync();

        Assert.Equal([$"{Given.Day.AddDays(1):yyyy-MM-dd} 5 1", $"{Given.Day.AddDays(2):yyyy-MM-dd} 0 0"], await InputAsync());
        Assert.Equal("5 1", await MonthAsync());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Of_a_chain_the_last_counts()
    {
        await _database.CorrectAsync("b", Given.Tokens(input: 8), "c");
        await _database.RecordAsync(("a", Given.Tokens()));
        await _database.CorrectAsync("a", Given.Tokens(input: 7), "b");
        await _database.ProjectAsync();
        Assert.Equal("8 1", await MonthAsync());

        await _database.CorrectAsync("c");
        await _database.ProjectAsync();
        Assert.Equal("0 0", await MonthAsync());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Hours_are_taken_back_from_each_day_they_were_spread_over()
    {
        var hosting = new HostingHoursRecorded("w", Approach.Hybrid, "a/b", 31, Given.At(Given.Day), Given.At(Given.Day.AddDays(3)), Units: 1.7m, BusyShare: 0.3m);
        await _database.RecordAsync(("h", hosting));
        await _database.ProjectAsync();
        await _database.CorrectAsync("h", hosting with { Units = 1 });
        await _database.ProjectAsync();

        Assert.Equal(31m, await _database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'hosting-hours'"));
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task Hours_that_are_taken_back_from_two_months_are_named_in_the_explanation_of_each()
    {
        var lastDay = BillingPeriod.Of(Given.Day).End.AddDays(-1);
        await _database.RecordAsync(("h", new HostingHoursRecorded("w", Approach.Hybrid, "a/b", 24, Given.At(lastDay), Given.At(lastDay.AddDays(1)))));
        await _database.ProjectAsync();
        _clock.Now = Given.At(Given.Day.AddDays(1));
        await _database.CorrectAsync("h");
        await _database.ProjectAsync();

        foreach (var month in (BillingPeriod[])[BillingPeriod.Of(lastDay), BillingPeriod.Of(lastDay).Next])
        {
            var explanation = await _database.Get<ExplainQuery>().OfAsync(month, Given.Day, Given.Day.AddDays(1), null, TestContext.Current.CancellationToken);
            Assert.Equal(EventId.From(Tenant.Default, "test", "h"), Assert.Single(explanation.Corrections).Event);
        }
    }

    [Fact]
    public async Task An_event_that_was_set_aside_counts_for_nothing_when_it_is_applied_after_its_correction()
    {
        await SetAsideWhileAsync("daily_usage", "quantity <> 1000", async () =>
        {
            await StepAsync(true, () => _database.RecordAsync(("a", Given.Tokens(model: "own")), ("b", Given.Tokens(input: 5))));
            await StepAsync(true, () => _database.CorrectAsync("a"));
            Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from spend.waiting_correction"));
        });

        Assert.Equal("5 1", await MonthAsync());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task A_correction_that_was_set_aside_takes_back_what_came_before_it_and_after()
    {
        await SetAsideWhileAsync("waiting_correction", "known_on < '2000-01-01'", async () =>
        {
            await StepAsync(true, () => _database.CorrectAsync("late"));
            await StepAsync(true, () => _database.RecordAsync(("late", Given.Tokens())));
            Assert.Equal("1000 1", await MonthAsync());
        });
        Assert.Equal("0 0", await MonthAsync());
        await AssertNothingWaitsAsync();

        await SetAsideWhileAsync("daily_usage", "quantity >= 0", async () =>
        {
            await StepAsync(true, () => _database.RecordAsync(("early", Given.Tokens(input: 3))));
            await StepAsync(true, () => _database.CorrectAsync("early"));
            Assert.Equal("3 1", await MonthAsync());
        });
        Assert.Equal("0 0", await MonthAsync());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task An_event_that_could_not_be_read_in_the_page_of_its_correction_is_waited_for()
    {
        await _database.RecordAsync(("b", Given.Tokens(input: 5)));
        await OtherProgram.WriteAsync(
            _database, "token_usage_recorded", OtherProgram.Json(Given.Tokens()), """{"schemaVersion": 2}""", columns: ("causation_id", "null"));
        await _database.ExecuteAsync($"update spend.mt_events set id = '{EventId.From(Tenant.Default, "test", "a")}' where stream_id = 'foreign'");
        await _database.CorrectAsync("a");
        await _database.ProjectAsync();
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from spend.waiting_correction"));

        await _database.ExecuteAsync("update spend.mt_events set headers = null where stream_id = 'foreign'"); // Stands for an upgrade.
        await RetryAsync();
        Assert.Equal("5 1", await MonthAsync());
        await AssertNothingWaitsAsync();
    }

    [Fact]
    public async Task A_second_correction_that_another_program_writes_under_an_id_of_its_own_is_set_aside()
    {
        await _database.RecordAsync(("a", Given.Tokens()), ("b", Given.Tokens(input: 5)));
        await _database.CorrectAsync("a");
        await OtherProgram.WriteAsync(_database, "usage_corrected", OtherProgram.Json(new UsageCorrected(EventId.From(Tenant.Default, "test", "a"), "again")));
        await _database.ProjectAsync();

        Assert.Equal("5 1", await MonthAsync());
        Assert.Equal(["Its id does not follow from the id of the event that it corrects."], await _database.TextsAsync("select reason from spend.event_set_aside"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }

    /// <summary>A day passes before each step; by pages, each is projected by itself, as the next page is.</summary>
    private async Task StepAsync<T>(bool project, Func<Task<T>> step)
    {
        await step();
        _clock.Now = _clock.Now.AddDays(1);
        if (project)
        {
            await _database.ProjectAsync();
        }
    }

    /// <summary>A constraint stands for what an older version cannot apply; then comes the upgrade.</summary>
    private async Task SetAsideWhileAsync(string table, string check, Func<Task> steps)
    {
        await _database.ExecuteAsync($"alter table spend.{table} add constraint old check ({check}) not valid");
        await steps();
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from spend.event_set_aside"));
        await _database.ExecuteAsync($"alter table spend.{table} drop constraint old");
        await RetryAsync();
    }

    private async Task RetryAsync() =>
        Assert.Equal(new RetryResult(1, 1, 0), await _database.Spend.CreateSetAside().RetryAsync(null, null, int.MaxValue, TestContext.Current.CancellationToken));

    private Task<IReadOnlyList<string>> InputAsync() => _database.TextsAsync(
        "select recorded_on || ' ' || sum(quantity) || ' ' || sum(events) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens' group by recorded_on order by recorded_on");

    private Task<string> MonthAsync() => _database.ScalarAsync<string>(
        "select trim_scale(coalesce(sum(quantity), 0)) || ' ' || coalesce(sum(events), 0) from spend.monthly_cost where meter = 'input-tokens'");

    private async Task AssertNothingWaitsAsync()
    {
        await _database.ProjectAsync();
        Assert.Empty(await _database.TextsAsync("select event_id::text from spend.waiting_correction"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(_database);
    }
}
