using System.Text;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Web.Demo;

namespace SpendTracker.Tests.Demo;

public sealed class DemoYearTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 17, 15, 30, 0, TimeSpan.Zero);

    [Fact]
    public void The_generator_gives_the_reference_sequence()
    {
        // From an implementation of the paper's algorithm in another language.
        var random = new SplitMix64("demo", 7);

        Assert.Equal((ulong[])[1108629600733421685, 6808121247335198421, 1762650421635438999], (ulong[])[random.Next(), random.Next(), random.Next()]);
    }

    [Fact]
    public void The_year_is_the_same_every_time()
    {
        Assert.Equal(Lines(Now), Lines(Now));
        Assert.InRange(Lines(Now).Count, 20_000, 40_000);
    }

    [Fact]
    public void Days_that_are_over_stay_as_they_were_when_the_demo_is_opened_weeks_later()
    {
        var before = Lines(Now);
        var after = Lines(Now.AddDays(40));

        // The pilot's window and the day of the loop move on; every other event is there again, and no id has other content.
        string[] moving = [AtlasProject.Pilot.Model, $"{AuroraProject.Loop.Workload}:prompt-engineering:{AuroraProject.Loop.Model}:"];
        Assert.All(before.Where(line => !moving.Any(model => line.Key.Contains(model, StringComparison.Ordinal))), line => Assert.Equal(line.Value, after[line.Key]));
        Assert.True(after.Count > before.Count);
    }

    [Fact]
    public void Nothing_lies_in_the_future_and_the_year_has_twelve_months_up_to_today()
    {
        foreach (var now in (DateTimeOffset[])[Now, new(2026, 3, 1, 0, 0, 1, TimeSpan.Zero), new(2028, 2, 29, 23, 59, 59, TimeSpan.Zero)])
        {
            var year = DemoYear.Until(DateOnly.FromDateTime(now.UtcDateTime));
            var events = year.Events(DateOnly.MinValue, now).ToArray();

            Assert.All(events, e => Assert.True(e.Usage.OccurredAt <= now && (e.Usage is not HostingHoursRecorded hosting || hosting.PeriodEnd <= now), e.Id));
            Assert.Equal(BillingPeriod.Of(DateOnly.FromDateTime(now.UtcDateTime)), BillingPeriod.Of(year.First.Start.AddMonths(11)));
        }
    }

    /// <summary>Some of its models came out in April and May 2025.</summary>
    [Theory]
    [InlineData(2026, 3)]
    [InlineData(2026, 11)]
    public void Every_model_has_a_price_from_the_first_day_on(int year, int month)
    {
        var demo = DemoYear.Until(new DateOnly(year, month, 10));
        var priced = demo.Rates.Concat(StartingRates.All).Where(rate => rate.EffectiveFrom <= demo.First.Start).Select(rate => rate.Sku).ToHashSet();
        var used = AuroraProject.Traffic.Concat(AtlasProject.Traffic).Where(calls => calls.Model != AtlasProject.GatewayRouterModel).Select(calls => $"{calls.Provider}/{calls.Model}");

        Assert.Superset(used.ToHashSet(), priced);
        Assert.Equal(month == 3, demo.Rates.Any(rate => rate.Sku == "openai/gpt-4.1"));
    }

    [Fact]
    public void All_seven_kinds_of_usage_occur_and_every_workload_but_one_is_registered()
    {
        var events = DemoYear.Until(new DateOnly(2026, 6, 17)).Events(DateOnly.MinValue, Now).ToArray();

        Assert.Equal(7, events.Select(e => e.Usage.GetType()).Distinct().Count());
        var unregistered = events.Select(e => e.Usage.Workload).Distinct().Except(DemoYear.Workloads.Select(workload => workload.Workload));
        Assert.Equal([AtlasProject.Unregistered], unregistered);
    }

    [Fact]
    public void Fine_tuning_of_the_small_project_is_set_up_for_four_to_eight_weeks_before_hosting_begins()
    {
        var events = DemoYear.Until(new DateOnly(2026, 6, 17)).Events(DateOnly.MinValue, Now).Select(e => e.Usage).Where(usage => usage.Workload == AuroraProject.Contracts).ToArray();

        var began = events.OfType<LabourRecorded>().Min(labour => labour.WorkedAt);
        var hosted = events.OfType<HostingHoursRecorded>().Min(hosting => hosting.PeriodStart);
        Assert.InRange((hosted - began).TotalDays / 7, 4, 8);
    }

    [Fact]
    public void An_unusual_day_of_last_week_is_found_and_no_other()
    {
        // At list prices per million tokens; the day's prices would differ by less than a tenth.
        var events = DemoYear.Until(new DateOnly(2026, 6, 17)).Events(DateOnly.MinValue, Now).Select(e => e.Usage).OfType<TokenUsageRecorded>()
            .Where(usage => usage.Workload == AuroraProject.Helpdesk).ToArray();
        var first = DateOnly.FromDateTime(events.Min(usage => usage.UsedAt).UtcDateTime);
        var byDay = events.ToLookup(usage => DateOnly.FromDateTime(usage.UsedAt.UtcDateTime), usage =>
            usage.Model == AuroraProject.Loop.Model ? (usage.InputTokens * 2m) + (usage.OutputTokens * 8m) : (usage.InputTokens * 0.4m) + (usage.OutputTokens * 1.6m));
        var today = DateOnly.FromDateTime(Now.UtcDateTime);
        AnomalyDay[] days = [.. Enumerable.Range(0, today.DayNumber - first.DayNumber + 1).Select(day => new AnomalyDay(byDay[first.AddDays(day)].Sum(), true))];

        Assert.Equal([(today.AddDays(-6), AnomalyKind.Spike)], AnomalyRule.Find(first, days).Where(found => found.Day > today.AddDays(-35)).Select(found => (found.Day, found.Kind)));
    }

    private static Dictionary<string, string> Lines(DateTimeOffset now) => new DemoYear(new BillingPeriod(2025, 7)).Events(DateOnly.MinValue, now)
        .ToDictionary(e => e.Id, e => Encoding.UTF8.GetString(e.ToLine()));
}
