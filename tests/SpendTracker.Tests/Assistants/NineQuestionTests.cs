using System.Text.Json.Nodes;
using SpendTracker.Contracts;
using SpendTracker.Tests.Comparison;

namespace SpendTracker.Tests.Assistants;

/// <summary>
/// What a finance manager wants to know at the end of a month, asked by tools alone, against an auditor who adds up the events by a book of
/// his own.
/// </summary>
[Collection<AssistedTests>]
public sealed class NineQuestionTests(AssistedHost assisted)
{
    private static decimal Cost(IEnumerable<IUsageEvent> usage) => usage.Sum(ComparedPlay.CostOf);

    [Fact]
    public async Task What_do_we_spend_this_month_against_estimate_and_budget()
    {
        var costs = await assisted.AskAsync("get_costs");
        var budgets = await assisted.AskAsync("get_budgets");

        Assert.Equal("2026-06", (string?)costs["query"]!["from"]);
        Assert.Equal(Cost(assisted.UsedIn(6)), (decimal)costs["answer"]!["total"]!["actual"]!);
        Assert.Equal(AssistedHost.Estimated, (decimal)costs["answer"]!["total"]!["estimated"]!);
        Assert.Equal(Cost(assisted.UsedIn(6)) - (AssistedHost.Estimated * 19.5m / 30), (decimal)costs["answer"]!["total"]!["variance"]!, 6);
        var current = ((budgets["answer"] as JsonArray) ?? budgets["answer"]!["items"]!.AsArray())[0]!["current"]!;
        Assert.Equal((1_000m, "exceeded"), ((decimal)current["limit"]!, (string?)current["standing"]));
        Assert.Equal(Cost(assisted.UsedIn(6)), (decimal)current["spent"]!);
    }

    [Fact]
    public async Task And_by_approach()
    {
        var costs = await assisted.AskAsync("get_costs", ("by", "approach"));

        var amounts = AssistedHost.Amounts(costs["answer"]!, "approach");
        foreach (var approach in Enum.GetValues<Approach>())
        {
            Assert.Equal(Cost(assisted.UsedIn(6).Where(usage => usage.Approach == approach)), amounts[$"2026-06 {EnumName.Of(approach)}"]);
        }
    }

    [Fact]
    public async Task Where_will_the_month_end()
    {
        var month = (await assisted.AskAsync("get_forecast"))["answer"]!["total"]!["month"]!;

        var (spent, forecast) = ((decimal)month["spent"]!, (decimal)month["forecast"]!);
        Assert.Equal(Cost(assisted.UsedIn(6)), spent);
        var aDay = spent / 20; // Twenty days are there of thirty, and no day is like the other.
        Assert.InRange(forecast, spent + (5 * aDay), spent + (15 * aDay));
    }

    [Fact]
    public async Task Which_team_or_workload_drives_it()
    {
        var byTeam = await assisted.AskAsync("get_costs", ("by", "team"));
        var byWorkload = await assisted.AskAsync("get_costs", ("by", "workload,component"), ("where", new[] { "team=Post" }));

        var amounts = AssistedHost.Amounts(byTeam["answer"]!, "team");
        Assert.Equal(Cost(assisted.UsedIn(6, "chat")), amounts["2026-06 Support"]);
        Assert.Equal(Cost(assisted.UsedIn(6, "mail")), amounts["2026-06 Post"]);
        var rows = byWorkload["answer"]!["rows"]!.AsArray();
        Assert.All(rows, row => Assert.Equal("mail", (string?)row!["keys"]!["workload"]));
        var hosting = Cost(assisted.UsedIn(6, "mail").OfType<HostingHoursRecorded>());
        Assert.Equal(hosting, (decimal)rows.Single(row => (string?)row!["keys"]!["component"] == "hosting")!["actual"]!);
        Assert.Equal(rows.Select(row => (decimal)row!["actual"]!).OrderDescending(), rows.Select(row => (decimal)row!["actual"]!)); // What drives it comes first.
    }

    [Fact]
    public async Task Why_did_a_closed_month_change()
    {
        var explained = (await assisted.AskAsync("explain_costs", ("month", "2026-04"), ("from", "2026-05-10")))["answer"]!;
        var period = (await assisted.AskAsync("get_billing_period", ("month", "2026-04")))["answer"]!;
        var may = (await assisted.AskAsync("get_costs", ("from", "2026-05")))["answer"]!;

        Assert.Equal(Cost(assisted.UsedIn(4)), (decimal)explained["after"]!); // Frozen.
        Assert.Equal(AssistedHost.Late, explained["usage"]!.AsArray().Sum(move => (decimal)move!["amount"]!));
        var booking = explained["bookings"]!.AsArray().Single()!;
        Assert.Equal(("2026-04", "2026-05", -AssistedHost.Late), ((string?)booking["origin"], (string?)booking["booked"], (decimal)booking["amount"]!));
        Assert.True((bool)period["isClosed"]!);
        Assert.Equal(AssistedHost.Late, Math.Abs((decimal)period["bookings"]!.AsArray().Single()!["amount"]!));
        Assert.Equal(AssistedHost.Late, (decimal)may["total"]!["corrections"]!);
    }

    [Fact]
    public async Task Why_is_one_month_lower_than_another()
    {
        var costs = (await assisted.AskAsync("get_costs", ("from", "2026-05"), ("to", "2026-06"), ("by", "workload,component")))["answer"]!;
        var change = (await assisted.AskAsync("get_cost_changes", ("from", "2026-05"), ("to", "2026-06")))["answer"]!;

        var steps = change["steps"]!.AsArray().ToDictionary(step => (string)step!["step"]!, step => (decimal)step!["amount"]!);
        Assert.Equal(Cost(assisted.UsedIn(6)) - Cost(assisted.UsedIn(5)) - AssistedHost.Late, steps.Values.Sum());
        Assert.Equal(-AssistedHost.Late, steps["corrections"]);
        var months = costs["months"]!.AsArray().ToDictionary(month => (string)month!["month"]!, month => (decimal)month!["actual"]!);
        Assert.Equal((Cost(assisted.UsedIn(5)) + AssistedHost.Late, Cost(assisted.UsedIn(6))), (months["2026-05"], months["2026-06"]));
        foreach (var month in (int[])[5, 6])
        {
            var labour = costs["rows"]!.AsArray().Single(row =>
                ((string?)row!["month"], (string?)row["keys"]!["workload"], (string?)row["keys"]!["component"]) == ($"2026-{month:00}", "chat", "labour"))!;
            Assert.Equal(Cost(assisted.UsedIn(month, "chat").OfType<LabourRecorded>()), (decimal)labour["actual"]!); // A driver.
            var compared = (await assisted.AskAsync("compare", ("from", $"2026-{month:00}"), ("where", "workload=chat")))["answer"]!["total"]!;
            Assert.Equal(assisted.UsedIn(month, "chat").OfType<TokenUsageRecorded>().Sum(usage => usage.Requests), (decimal)compared["requests"]!); // Volume.
        }
    }

    [Fact]
    public async Task Is_fine_tuning_worth_it_for_a_workload()
    {
        var compared = (await assisted.AskAsync("compare", ("from", "2026-05"), ("to", "2026-06"), ("where", new[] { "workload=chat" })))["answer"]!;
        var advice = (await assisted.AskAsync("get_advice", ("workload", "chat"), ("needs", "accuracy")))["answer"]!;

        foreach (var row in compared["approaches"]!.AsArray())
        {
            IUsageEvent[] usage = [.. assisted.Play.Counting.Where(used => used.Workload == "chat" && EnumName.Of(used.Approach) == (string?)row!["approach"])];
            IUsageEvent[] inSpan = [.. usage.Where(used => used.OccurredAt.Month >= 5)];
            var running = Cost(inSpan.Where(used => !ComparedPlay.IsOneOff(used)));
            var writtenOff = usage.Where(ComparedPlay.IsOneOff).Sum(used => ComparedPlay.CostOf(used) / 12 * ((used.OccurredAt.Month < 6 ? 1 : 0) + (19.5m / 30)));
            var requests = inSpan.OfType<TokenUsageRecorded>().Sum(used => used.Requests);
            Assert.Equal((double)((running + writtenOff) / requests * 1000), (double)row!["per1000"]!, 1e-6);
            EvaluationRecorded[] scored = [.. inSpan.OfType<EvaluationRecorded>()];
            Assert.Equal((double)(scored.Sum(e => e.Score * e.Samples) / scored.Sum(e => e.Samples)), (double)row["quality"]![0]!["score"]!, 1e-6);
        }

        Assert.Contains((string?)advice["recommended"], EnumName.All<Approach>());
        Assert.Contains(advice["reasons"]!.AsArray(), reason => ((string?)reason!["criterion"], (string?)reason["favours"]) == ("accuracy", "fine-tuning"));
        Assert.Contains((string?)advice["breakEven"]!["answer"], (string[])["from", "already", "never"]);
    }

    [Fact]
    public async Task What_is_not_in_the_numbers()
    {
        var unpriced = (await assisted.AskAsync("get_unpriced", ("from", "2026-06")))["answer"]!;
        var costs = await assisted.AskAsync("get_costs");

        Assert.Equal(5_100, unpriced["unpriced"]!.AsArray().Where(row => (string?)row!["sku"] == "openai/nobody-knows").Sum(row => (decimal)row!["quantity"]!));
        var foreign = unpriced["unconverted"]!.AsArray().Single()!;
        Assert.Equal(("EUR", 12.5m), ((string?)foreign["currency"], (decimal)foreign["amount"]!));
        Assert.Equal(5_100, (decimal)costs["notInAmounts"]!["unpriced"]!["tokens"]!);
        Assert.Equal(12.5m, (decimal)costs["notInAmounts"]!["unconverted"]!["EUR"]!);
    }

    [Fact]
    public async Task A_file_or_a_page_for_the_boss()
    {
        var links = (await assisted.AskAsync("get_costs", ("by", "team")))["links"]!;

        using var csv = await assisted.Host.Client.GetAsync(new Uri((string)links["csv"]!), TestContext.Current.CancellationToken);
        Assert.Equal("text/csv", csv.Content.Headers.ContentType?.MediaType);
        var text = await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"2026-06,Post,{Cost(assisted.UsedIn(6, "mail"))}", text.Replace(".00,", ",", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal($"{assisted.Host.Address}/?month=2026-06", (string?)links["page"]);
    }
}
