using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Comparison;

/// <summary>Comparisons over HTTP and on the command line, against an auditor who recomputes them from the events.</summary>
public sealed class ComparisonEndpointTests(ComparedHost shared) : IClassFixture<ComparedHost>
{
    private readonly TestHost _host = shared.Host;
    private readonly ComparedPlay _play = shared.Play;

    [Fact]
    public async Task Costs_outcomes_and_quality_are_what_an_auditor_recomputes_from_the_events()
    {
        var answer = await _host.GetAsync("/api/v1/compare?from=2026-05&to=2026-06&where=workload=chat");

        foreach (var approach in Enum.GetValues<Approach>())
        {
            var row = answer.GetProperty("approaches").EnumerateArray().Single(row => row.GetProperty("approach").GetString() == EnumName.Of(approach));
            AssertRow(row, [.. _play.Counting.Where(usage => usage.Workload == "chat" && usage.Approach == approach)]);
        }

        AssertRow(answer.GetProperty("total"), [.. _play.Counting.Where(usage => usage.Workload == "chat")]);
        var variants = answer.GetProperty("variants").EnumerateArray().ToArray();
        foreach (var approach in answer.GetProperty("approaches").EnumerateArray())
        {
            // Variants share out all that an approach cost.
            var own = variants.Where(row => row.GetProperty("approach").GetString() == approach.GetProperty("approach").GetString()).ToArray();
            foreach (var field in (string[])["requests", "running", "oneOff", "succeeded", "failed", "unknown", "inference"])
            {
                Assert.Equal(approach.GetProperty(field).GetDouble(), own.Sum(row => row.GetProperty(field).GetDouble()), 1e-6);
            }
        }
    }

    private static void AssertRow(JsonElement row, IUsageEvent[] usage)
    {
        IUsageEvent[] inSpan = [.. usage.Where(e => e.OccurredAt.Month >= 5)];
        TokenUsageRecorded[] tokens = [.. inSpan.OfType<TokenUsageRecorded>()];
        Assert.Equal(tokens.Sum(e => e.Requests), row.GetProperty("requests").GetDecimal());
        Assert.Equal(tokens.Where(e => e.Outcome == Outcome.Succeeded).Sum(e => e.Requests), row.GetProperty("succeeded").GetDecimal());
        Assert.Equal(tokens.Where(e => e.Outcome == Outcome.Failed).Sum(e => e.Requests), row.GetProperty("failed").GetDecimal());
        Assert.Equal(tokens.Where(e => e.Outcome == Outcome.Unknown).Sum(e => e.Requests), row.GetProperty("unknown").GetDecimal());
        Assert.Equal(tokens.Sum(e => e.InputTokens), row.GetProperty("inputTokens").GetDecimal());
        Assert.Equal(tokens.Sum(ComparedPlay.CostOf), row.GetProperty("inference").GetDecimal());
        Assert.Equal(inSpan.Where(e => !ComparedPlay.IsOneOff(e)).Sum(ComparedPlay.CostOf), row.GetProperty("running").GetDecimal());
        Assert.Equal(inSpan.Where(ComparedPlay.IsOneOff).Sum(ComparedPlay.CostOf), row.GetProperty("oneOffPaid").GetDecimal());

        // A twelfth of it each month from the one of payment on; of June 19.5 days of 30 have passed.
        var writtenOff = usage.Where(ComparedPlay.IsOneOff).Sum(e => ComparedPlay.CostOf(e) / 12 * ((e.OccurredAt.Month < 6 ? 1 : 0) + (19.5m / 30)));
        Assert.Equal((double)writtenOff, row.GetProperty("oneOff").GetDouble(), 1e-9);
        var cost = (row.GetProperty("running").GetDecimal() + row.GetProperty("oneOff").GetDecimal()) / tokens.Sum(e => e.Requests);
        Assert.Equal((double)cost * 1000, row.GetProperty("per1000").GetDouble(), 1e-9);
        var share = (double)tokens.Where(e => e.Outcome == Outcome.Succeeded).Sum(e => e.Requests) / tokens.Where(e => e.Outcome != Outcome.Unknown)
            .Sum(e => e.Requests);
        Assert.Equal((double)cost / share, row.GetProperty("perSuccess").GetProperty("expected").GetDouble(), 1e-2);
        EvaluationRecorded[] evaluations = [.. inSpan.OfType<EvaluationRecorded>()];
        var quality = row.GetProperty("quality").EnumerateArray().Single();
        Assert.Equal(evaluations.Sum(e => e.Samples), quality.GetProperty("samples").GetDecimal());
        Assert.Equal((double)(evaluations.Sum(e => e.Score * e.Samples) / evaluations.Sum(e => e.Samples)), quality.GetProperty("score").GetDouble(), 1e-6);
    }

    /// <summary>The team had another name until April was closed, and April stays with it.</summary>
    [Fact]
    public async Task A_team_has_what_its_workloads_had_when_months_were_closed_and_different_workloads_are_not_told_apart_by_tests()
    {
        foreach (var (team, month) in ((string, string)[])[("Post", "2026-04"), ("Later", "2026-05")])
        {
            var ofTeam = await _host.GetAsync($"/api/v1/compare?from=2026-04&to=2026-05&where=team={team}");
            var ofMonth = await _host.GetAsync($"/api/v1/compare?from={month}&where=workload=mail");

            foreach (var field in (string[])["requests", "running", "oneOffPaid", "succeeded", "success", "quality", "inputTokens"])
            {
                Assert.Equal(ofMonth.GetProperty("total").GetProperty(field).GetRawText(), ofTeam.GetProperty("total").GetProperty(field).GetRawText());
            }

            var hosted = (await _host.GetAsync($"/api/v1/compare/hosting?from=2026-04&to=2026-05&where=team={team}")).GetProperty("total").GetProperty("available").GetDecimal();
            Assert.Equal((await _host.GetAsync($"/api/v1/compare/hosting?from={month}&where=workload=mail")).GetProperty("total").GetProperty("available").GetDecimal(), hosted);
            Assert.Equal(0, ofTeam.GetProperty("differences").GetArrayLength());
            Assert.NotEqual(0, ofMonth.GetProperty("differences").GetArrayLength());
            Assert.Contains("different workloads", ofTeam.GetProperty("notKnown").GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hosting_and_model_versions_are_what_an_auditor_recomputes()
    {
        HostingHoursRecorded[] hosted = [.. _play.Counting.OfType<HostingHoursRecorded>().Where(e => e is { Workload: "chat", PeriodStart.Month: 5 })];
        var total = (await _host.GetAsync("/api/v1/compare/hosting?from=2026-05&where=workload=chat")).GetProperty("total");
        Assert.Equal(hosted.Length * 48, total.GetProperty("hours").GetDecimal());
        Assert.Equal(hosted.Where(e => e.BusyShare is not null).Sum(e => 48 * e.BusyShare!.Value), total.GetProperty("busy").GetDecimal());
        Assert.Equal(hosted.Length * 48 * 7, total.GetProperty("available").GetDecimal());
        Assert.Equal(hosted.Length * 16 * 7, total.GetProperty("night").GetProperty("saves").GetDecimal()); // Eight hours of two units.

        IUsageEvent[] tuned = [.. _play.Counting.Where(e => e is { Workload: "chat", Approach: Approach.FineTuning })];
        var versions = (await _host.GetAsync("/api/v1/compare/models?workload=chat")).GetProperty("versions").EnumerateArray().ToArray();
        Assert.Equal(tuned.Where(e => e.OccurredAt <= ComparedPlay.Now).Sum(ComparedPlay.CostOf),
            versions.Sum(version => version.GetProperty("total").GetDecimal()));
        Assert.Equal(tuned.OfType<LabourRecorded>().Where(e => e.Activity == LabourActivity.Evaluation).Sum(ComparedPlay.CostOf),
            versions.Sum(version => version.GetProperty("evaluation").GetDecimal()));
        var run = versions.SelectMany(version => version.GetProperty("runs").EnumerateArray()).First();
        Assert.Equal(2, run.GetProperty("curve").GetProperty("bestEpoch").GetInt32()); // The third epoch is worse, and the last: nothing to save.
        Assert.Equal(0, run.GetProperty("earlyStopSaves").GetDecimal());
    }

    [Fact]
    public async Task A_month_as_if_on_another_model_is_priced_by_its_days_and_nothing_is_recorded()
    {
        var events = await _host.Database.CountUsageAsync();
        TokenUsageRecorded[] usage = [.. _play.Counting.OfType<TokenUsageRecorded>().Where(e => e is { Workload: "chat", Approach: Approach.PromptEngineering,
            UsedAt.Month: 5 })];

        var figures = await PriceAsync("""{"month":"2026-05","workload":"chat","approach":"prompt-engineering","sku":"openai/ft","tokenFactor":{"low":0.5,"expected":1,"high":2}}""");
        var cached = await PriceAsync("""{"month":"2026-05","workload":"chat","approach":"prompt-engineering","cachedShare":{"low":0,"expected":0.5,"high":1}}""");

        var (tokens, requests) = (usage.Sum(e => ((e.InputTokens - e.CachedInputTokens) * 4) + (e.CachedInputTokens * 2) + (e.OutputTokens * 12)),
            usage.Sum(e => e.Requests) * 0.5m);
        Assert.Equal(usage.Sum(ComparedPlay.CostOf), figures.GetProperty("actual").GetDecimal());
        AssertRange(figures.GetProperty("counterfactual"), (tokens / 2m) + requests, tokens + requests, (tokens * 2m) + requests);
        decimal Cached(decimal share) => usage.Sum(e => (e.InputTokens * (1 - share) * Price(e, "input-tokens"))
            + (e.InputTokens * share * Price(e, "cached-input-tokens")) + (e.OutputTokens * Price(e, "output-tokens")));
        AssertRange(cached.GetProperty("counterfactual"), Cached(1), Cached(0.5m), Cached(0));
        Assert.Equal(cached.GetProperty("actual").GetDecimal() - Cached(0.5m), cached.GetProperty("saves").GetProperty("expected").GetDecimal());

        var batch = await PriceAsync("""{"month":"2026-05","workload":"chat","serviceTier":"batch"}""");
        Assert.True(batch.GetProperty("counterfactualUnpriced").GetProperty("tokens").GetDecimal() > 0); // There is no price for it: never a number from nothing.
        Assert.False(batch.TryGetProperty("saves", out _));
        Assert.Equal(events, await _host.Database.CountUsageAsync());

        static decimal Price(TokenUsageRecorded e, string meter) => ComparedPlay.Price("openai/m", meter, DateOnly.FromDateTime(e.UsedAt.UtcDateTime));
    }

    [Fact]
    public async Task A_month_as_if_by_another_approach_takes_the_tokens_that_its_requests_took()
    {
        TokenUsageRecorded[] chat = [.. _play.Counting.OfType<TokenUsageRecorded>().Where(e => e.Workload == "chat" && e.UsedAt.Month <= 5)];
        TokenUsageRecorded[] tuned = [.. chat.Where(e => e.Approach == Approach.FineTuning)];
        decimal requests = chat.Where(e => e is { Approach: Approach.PromptEngineering, UsedAt.Month: 5 }).Sum(e => e.Requests);

        var figures = await PriceAsync("""{"month":"2026-05","workload":"chat","approach":"prompt-engineering","asApproach":"fine-tuning"}""");

        var tokens = tuned.Sum(e => ((e.InputTokens - e.CachedInputTokens) * 4m) + (e.CachedInputTokens * 2) + (e.OutputTokens * 12)) / tuned.Sum(e => e.Requests);
        Assert.Equal(requests, figures.GetProperty("requests").GetDecimal());
        Assert.Equal((double)(requests * (tokens + 0.5m)), figures.GetProperty("counterfactual").GetProperty("expected").GetDouble(), 1e-6);
        decimal[] months = [.. tuned.GroupBy(e => e.UsedAt.Month).Select(PerRequest)];
        var measured = figures.GetProperty("measured");
        Assert.Equal((2, "measured"), (measured.GetProperty("months").GetInt32(), figures.GetProperty("factorFrom").GetString()));
        Assert.Equal((double)(months.Min() / PerRequest(tuned)), measured.GetProperty("factor").GetProperty("low").GetDouble(), 1e-6);
        Assert.Equal((double)(months.Max() / PerRequest(tuned)), measured.GetProperty("factor").GetProperty("high").GetDouble(), 1e-6);

        static decimal PerRequest(IEnumerable<TokenUsageRecorded> usage) => usage.Sum(e => e.InputTokens + e.OutputTokens) / (decimal)usage.Sum(e => e.Requests);
    }

    private static void AssertRange(JsonElement range, decimal low, decimal expected, decimal high) =>
        Assert.Equal((low, expected, high), (range.GetProperty("low").GetDecimal(), range.GetProperty("expected").GetDecimal(),
            range.GetProperty("high").GetDecimal()));

    private async Task<JsonElement> PriceAsync(string asked)
    {
        using var response = await _host.PostAsync("/api/v1/compare/counterfactual", asked);
        var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer.GetProperty("figures");
    }

    [Theory]
    [InlineData("/api/v1/compare?from=soon", "from")]
    [InlineData("/api/v1/compare?where=component=usage", "where")]
    [InlineData("/api/v1/compare?where=colour=red", "where")]
    [InlineData("/api/v1/compare?amortisationMonths=0", "amortisationMonths")]
    [InlineData("/api/v1/compare?amortisationMonths=121", "amortisationMonths")]
    [InlineData("/api/v1/compare?knownOn=never", "knownOn")]
    [InlineData("/api/v1/compare/hosting?night=25-6", "night")]
    [InlineData("/api/v1/compare/hosting?night=6-6", "night")]
    [InlineData("/api/v1/compare/models", "workload")]
    [InlineData("/api/v1/advice", "workload")]
    [InlineData("/api/v1/advice?workload=chat&needs=luck", "needs")]
    public async Task A_question_that_makes_no_sense_is_refused_with_the_field(string path, string field)
    {
        using var response = await _host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal([field], (await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject()
            .Select(error => error.Name));
    }

    [Theory]
    [InlineData("""{"month":"2026-05"}""", "")]
    [InlineData("""{"month":"May","sku":"a"}""", "month")]
    [InlineData("""{"month":"2026-05","cachedShare":1.1}""", "cachedShare")]
    [InlineData("""{"month":"2026-05","workload":"chat","asApproach":"hybrid"}""", "asApproach")]
    [InlineData("""{"month":"2026-05","workload":"chat","approach":"hybrid","asApproach":"hybrid"}""", "asApproach")]
    [InlineData("""{"month":"2026-05","workload":"other","approach":"hybrid","asApproach":"fine-tuning"}""", "asApproach")]
    [InlineData("""{"month":"2026-05","workload":"chat","approach":"hybrid","asApproach":"fine-tuning","sku":"openai/m"}""", "asApproach")]
    [InlineData("""{"month":"2026-05","tokenFactor":0}""", "tokenFactor")]
    [InlineData("""{"month":"2026-05","tokenFactor":{"low":2,"expected":1,"high":3}}""", "tokenFactor")]
    public async Task A_counterfactual_that_makes_no_sense_is_refused_with_the_field(string body, string field)
    {
        using var response = await _host.PostAsync("/api/v1/compare/counterfactual", body);

        Assert.Equal([field], (await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject()
            .Select(error => error.Name));
    }

    /// <summary>All of it was recorded on the last day.</summary>
    [Fact]
    public async Task As_known_on_the_day_of_recording_all_is_known_and_the_day_before_nothing()
    {
        var query = _host.Services.GetRequiredService<ComparisonQuery>();
        var (from, to) = (BillingPeriod.Of(new DateOnly(2026, 4, 1)), BillingPeriod.Of(new DateOnly(2026, 5, 1)));
        var recorded = DateOnly.FromDateTime(ComparedPlay.Now.DateTime);
        foreach (var where in (Dictionary<string, IReadOnlyList<string>>[])[new() { ["workload"] = ["mail"] }, new() { ["environment"] = ["(none)"] }])
        {
            var now = await query.OfAsync(new(new CostFilter(from, to) { Where = where }), TestContext.Current.CancellationToken);
            var known = await query.OfAsync(new(new CostFilter(from, to) { Where = where, KnownOn = recorded }), TestContext.Current.CancellationToken);
            var before = await query.OfAsync(new(new CostFilter(from, to) { Where = where, KnownOn = recorded.AddDays(-1) }),
                TestContext.Current.CancellationToken);

            Assert.Equal((now.Total.Requests, now.Total.Running, now.Total.OneOff, now.Total.Success), (known.Total.Requests, known.Total.Running,
                known.Total.OneOff, known.Total.Success));
            Assert.Equal((0, 0, null), (before.Total.Requests, before.Total.Cost, before.Total.Success));
        }
    }

    [Fact]
    public async Task Commands_answer_as_the_API_does()
    {
        using var commands = new CommandFolder(_host.Database);
        string[] span = ["--from", "2026-05", "--to", "2026-06", "--where", "workload=chat"];
        var api = await _host.GetAsync("/api/v1/compare?from=2026-05&to=2026-06&where=workload=chat&amortisationMonths=6");

        // The command has a clock of its own, so that the running month differs: what is of May alone does not.
        var command = await commands.JsonAsync(0, ["compare", .. span, "--amortisation-months", "6"]);
        Assert.Equal(api.GetProperty("total").GetProperty("requests").GetRawText(), command.GetProperty("total").GetProperty("requests").GetRawText());
        Assert.Contains(await commands.RunAsync(0, ["compare", .. span]), line => line.Contains("few-shot/v2", StringComparison.Ordinal));
        Assert.Contains(await commands.RunAsync(0, "advise", "chat"), line => line.StartsWith("Recommended for chat", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_read_model_is_what_a_replay_gives() => await PoisonTests.AssertIsWhatAReplayGivesAsync(_host.Database);
}
