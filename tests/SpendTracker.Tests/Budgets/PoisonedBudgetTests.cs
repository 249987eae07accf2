using System.Net;
using Marten;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Budgets;

/// <summary>What another program writes to a budget's stream silences no other budget's alerts, and is told to people.</summary>
public sealed class PoisonedBudgetTests : WatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_budget_with_an_event_that_cannot_be_read_is_not_decided_on_and_all_others_are(bool writtenWhileWatched)
    {
        await Budgets.SetAsync(WatchedBudgets.Monthly("newer", 10, WatchedBudgets.Actual(100)));
        await Budgets.SetAsync(WatchedBudgets.Monthly("own", 10, WatchedBudgets.Actual(100)));
        if (writtenWhileWatched)
        {
            await Budgets.LookAsync(Watch);
        }

        var poison = await WriteUnreadableAsync();
        await Budgets.LookAsync(Watch);
        var (budget, reason) = Assert.Single(Watch.Unwatched);
        await Budgets.SpendAsync(WatchedBudgets.Costing(20));
        await Budgets.LookAsync(Watch);

        Assert.Equal(["crossed actual:100%"], await Budgets.DecidedAsync("own"));
        Assert.Equal(BudgetStanding.Exceeded, Watch.StandingOf("own", Watch.Current("own")));
        Assert.Equal(("newer", BudgetStanding.Untrusted), (budget, Watch.StandingOf("newer", Watch.Current("newer"))));
        Assert.Contains($"seq_id {poison}: Version 2", reason, StringComparison.Ordinal);
        Assert.Empty(Watch.Of("newer"));
        Assert.Contains((await Budgets.Database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, Cancel)).Items, aside => (aside.Projection, aside.SeqId) == ("Budgets", poison));

        // A host that can read it, or a repaired event.
        await Budgets.Database.ExecuteAsync($"update spend.mt_events set headers = null where seq_id = {poison}");
        var upgraded = Budgets.NewWatch();
        await Budgets.LookAsync(upgraded);
        Assert.Empty(upgraded.Unwatched);
        Assert.Equal(1_000, upgraded.Current("newer")!.Limit);
        Assert.Empty(await Budgets.DecidedAsync("newer"));
    }

    [Fact]
    public async Task Terms_that_hold_for_nobody_are_set_aside_with_their_reason_and_those_before_hold_on()
    {
        var terms = WatchedBudgets.Monthly("own", 10, WatchedBudgets.Actual(100));
        await Budgets.SetAsync(terms);
        await WriteAsync("own", terms with { Period = new(BudgetPeriodKind.Month, "soon") });
        await WriteAsync("own", terms with { Budget = "other" });
        await WriteAsync("never", WatchedBudgets.Monthly("never", -1));
        await Budgets.SpendAsync(WatchedBudgets.Costing(20));
        await Budgets.LookAsync(Watch);

        Assert.Equal(["crossed actual:100%"], await Budgets.DecidedAsync("own"));
        Assert.Equal((1, 10m), (Watch.Current("own")!.Version, Watch.Current("own")!.Limit));
        Assert.Empty(Watch.Unwatched);
        var book = Budgets.Database.Get<BudgetBook>();
        Assert.Equal(["own 1"], (await book.ListAsync(Cancel)).Select(budget => $"{budget.Terms.Budget} {budget.Version}"));
        Assert.Equal("2026-01", Assert.Single(await book.HistoryAsync("own", Cancel)).Terms.Period.From);
        Assert.Equal(
            ["period.from: Must be a month like 2026-01.", "It is of budget 'other', in another's stream.", "amount: Must be from 0 to 1,000,000,000,000."],
            (await Budgets.Database.Spend.CreateSetAside().ListAsync(SetAsideEvents.MostListed, null, Cancel)).Items.Where(aside => aside.Projection == "Budgets").OrderBy(aside => aside.SeqId).Select(aside => aside.Reason));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(Budgets.Database);
    }

    [Fact]
    public async Task A_budget_whose_stream_a_service_has_archived_silences_no_other()
    {
        await Budgets.SetAsync(WatchedBudgets.Monthly("archived", 10, WatchedBudgets.Actual(100)));
        await Budgets.SetAsync(WatchedBudgets.Monthly("own", 10, WatchedBudgets.Actual(100)));
        await using (var session = Budgets.Database.Spend.Marten.LightweightSession())
        {
            session.Events.ArchiveStream("budget/archived");
            await session.SaveChangesAsync(Cancel);
        }

        await Budgets.SpendAsync(WatchedBudgets.Costing(20));
        await Budgets.LookAsync(Watch);

        Assert.Equal(["crossed actual:100%"], await Budgets.DecidedAsync("own"));
    }

    /// <summary>A gateway must not take it for a budget that does not exist.</summary>
    [Fact]
    public async Task Callers_are_told_that_nobody_knows_how_such_a_budget_stands()
    {
        await Budgets.SetAsync(WatchedBudgets.Monthly("newer", 10));
        await Budgets.Database.ProjectAsync();
        await WriteUnreadableAsync();
        await using var host = await TestHost.StartAsync(Budgets.Database);

        await host.GetUntilAsync("/api/v1/budgets", list => list.GetProperty("items").EnumerateArray().Any(row => row.GetProperty("standing").GetString() == "untrusted" && !row.TryGetProperty("current", out _)));
        using var allowance = await host.Client.GetAsync(new Uri("/api/v1/budgets/newer/allowance", UriKind.Relative), Cancel);
        var problem = await TestHost.ProblemAsync(allowance, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("holds an event that cannot be read here", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private Task<long> WriteUnreadableAsync() => WriteAsync("newer", WatchedBudgets.Monthly("newer", 1_000), """{"schemaVersion": 2}""");

    private Task<long> WriteAsync(string stream, BudgetSet terms, string? headers = null) =>
        OtherProgram.WriteAsync(Budgets.Database, "budget_set", OtherProgram.Json(terms), headers, $"budget/{stream}");
}
