using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Tests.Usage;

public sealed class UsageQuantityTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void Tokens_land_in_exactly_one_meter_each_whatever_the_split()
    {
        var splits =
            from cached in Gen.Choose(0, 1_000)
            from written in Gen.Choose(0, 1_000)
            from rest in Gen.Choose(0, 1_000)
            from reasoning in Gen.Choose(0, 1_000)
            from visible in Gen.Choose(0, 1_000)
            from tier in Gen.Elements(Enum.GetValues<ServiceTier>())
            select (cached, written, rest, reasoning, visible, tier);
        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            var usage = Given.Tokens(input: split.cached + split.written + split.rest, output: split.reasoning + split.visible) with
            {
                CachedInputTokens = split.cached, CacheWriteTokens = split.written, ReasoningTokens = split.reasoning, ServiceTier = split.tier,
            };
            var tokens = UsageQuantities.Of(usage, TimeZoneInfo.Utc).Where(q => q.Meter.EndsWith("-tokens", StringComparison.Ordinal)).ToArray();
            return tokens.Sum(q => q.Quantity) == usage.InputTokens + usage.OutputTokens &&
                tokens.Select(q => q.Meter).Distinct().Count() == tokens.Length &&
                tokens.All(q => Meters.Priced.Contains(q.Meter));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1_000_000_000_000_000, "1", true)]
    [InlineData(1_000_000_000_000_001, "1", false)]
    [InlineData(1_000_000_000_000, "1000", true)]
    [InlineData(1_000_000_000_000, "1000.000001", false)]
    [InlineData(1_000_000_000_000, "-1001", false)]
    [InlineData(0, "1000000000000000", true)]
    [InlineData(0, "1000000000000001", false)]
    public void A_quantity_that_no_sum_could_hold_is_a_fault_be_it_one_number_or_a_product(long tokens, string epochs, bool fits)
    {
        var run = new TrainingRunRecorded(
            "w", "openai", "gpt-4o", "run", Given.At(Given.Day), TrainedTokens: tokens, Epochs: decimal.Parse(epochs, CultureInfo.InvariantCulture));

        Assert.Equal(fits ? null : "A number is too large.", UsageQuantities.FaultOf(run));
        Assert.Equal(tokens <= 1_000_000_000_000_000 ? null : "A number is too large.", UsageQuantities.FaultOf(Given.Tokens(input: tokens)));
    }

    [Theory]
    [InlineData(128_000, 1, 0)]
    [InlineData(128_001, 1, 128_000)]
    [InlineData(256_000, 2, 0)]
    [InlineData(256_001, 2, 128_000)] // On average half a token more.
    [InlineData(200_001, 1, 200_000)]
    [InlineData(272_000, 1, 256_000)]
    [InlineData(272_001, 1, 272_000)]
    [InlineData(1_000_000, 4, 200_000)]
    public void A_context_is_of_the_longest_step_that_a_request_exceeds_on_average(long inputTokens, long requests, int step) =>
        Assert.Equal(step, Meters.StepOf(inputTokens, requests));

    [Fact]
    public void Hosting_hours_over_the_days_add_up_to_the_event_in_any_time_zone_and_over_clock_changes()
    {
        var zones = new[] { "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo" }
            .Select(TimeZoneInfo.FindSystemTimeZoneById).ToArray();
        var periods =
            from zone in Gen.Elements(zones)
            from minute in Gen.Choose(0, 366 * 24 * 60)
            from length in Gen.Choose(1, 31 * 24 * 60)
            from share in Gen.Choose(0, 1_000)
            from units in Gen.Choose(1, 9)
            select (zone, minute, length, share, units);
        Prop.ForAll(periods.ToArbitrary(), period =>
        {
            var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(period.minute);
            var hosting = new HostingHoursRecorded(
                "w", Approach.FineTuning, "sku/x", period.length / 60m, start, start.AddMinutes(period.length), period.units, period.share / 1_000m);
            var parts = UsageQuantities.Of(hosting, period.zone).ToArray();
            var hours = parts.Where(q => q.Meter == Meters.HostingHours).ToArray();
            var idle = parts.Where(q => q.Meter == Meters.IdleHostingHours).Sum(q => q.Quantity);
            return hours.Sum(q => q.Quantity) == Math.Round(hosting.Hours * hosting.Units, 6) &&
                idle == Math.Round(Math.Round(hosting.Hours * hosting.Units, 6) * (1 - hosting.BusyShare!.Value), 6) &&
                hours.Select(q => q.Day).SequenceEqual(hours.Select(q => q.Day).Distinct().Order()) &&
                hours.All(q => q.Quantity is >= 0 and <= 25 * 9) &&
                hours[0].Day == BillingPeriod.DayOf(start, period.zone);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_day_on_which_the_clock_changes_has_23_or_25_hours()
    {
        var spring = Hosted(new DateTimeOffset(2026, 3, 28, 23, 0, 0, TimeSpan.Zero), 24);
        var autumn = Hosted(new DateTimeOffset(2026, 10, 24, 22, 0, 0, TimeSpan.Zero), 48);

        Assert.Equal([(new DateOnly(2026, 3, 29), 23m), (new DateOnly(2026, 3, 30), 1m)], spring);
        Assert.Equal([(new DateOnly(2026, 10, 25), 25m), (new DateOnly(2026, 10, 26), 23m)], autumn);

        static (DateOnly, decimal)[] Hosted(DateTimeOffset start, int hours) =>
            [.. UsageQuantities.Of(new HostingHoursRecorded("w", Approach.FineTuning, "s/k", hours, start, start.AddHours(hours)), Berlin).Select(q => (q.Day, q.Quantity))];
    }

    [Theory]
    [InlineData("2026-01-31T22:59:59.9999999Z", "2026-01")]
    [InlineData("2026-01-31T23:00:00Z", "2026-02")]
    [InlineData("2024-02-29T22:59:00Z", "2024-02")]
    [InlineData("2026-06-30T22:00:00Z", "2026-07")]
    public void A_billing_period_is_a_month_of_the_reporting_time_zone(string instant, string period) =>
        Assert.Equal(period, BillingPeriod.Of(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), Berlin).ToString());

    [Fact]
    public void Every_kind_of_usage_counts_under_its_component_sku_and_meter()
    {
        var at = Given.At(Given.Day);
        (IUsageEvent Usage, string Expected)[] kinds =
        [
            (new DatasetPrepRecorded("w", "d", DatasetActivity.Label, at, LabourHours: 3, Role: "annotator"), "DatasetPreparation labour/annotator labour-hours 3"),
            (new DatasetPrepRecorded("w", "d", DatasetActivity.Synthesise, at, Items: 500), "DatasetPreparation dataset/synthesise items 500"),
            (new DatasetPrepRecorded("w", "d", DatasetActivity.Collect, at, Amount: 12.5m, Currency: "USD"), "DatasetPreparation charge/USD amount 12.5"),
            (new TrainingRunRecorded("w", "openai", "m", "r", at, TrainedTokens: 10, Epochs: 3), "Training openai/m training-tokens 30"),
            (new TrainingRunRecorded("w", "own", "m", "r", at, GpuHours: 1.5m, Sku: "gpu/h100"), "Training gpu/h100 gpu-hours 1.5"),
            (new LabourRecorded("w", Approach.Hybrid, "engineer", 2, LabourActivity.Evaluation, at), "Labour labour/engineer labour-hours 2"),
            (new ChargeRecorded("w", Approach.Hybrid, Component.Infrastructure, -3, "EUR", at), "Infrastructure charge/EUR amount -3"),
        ];

        Assert.All(kinds, kind =>
        {
            var quantity = Assert.Single(UsageQuantities.Of(kind.Usage, TimeZoneInfo.Utc));
            Assert.Equal(kind.Expected, FormattableString.Invariant($"{quantity.Component} {quantity.Sku} {quantity.Meter} {quantity.Quantity}"));
        });
        Assert.Empty(UsageQuantities.Of(new EvaluationRecorded("w", Approach.Hybrid, "v", "accuracy", 1, 1, at), TimeZoneInfo.Utc));
    }
}
