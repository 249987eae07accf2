using SpendTracker.Contracts;

namespace SpendTracker.Usage;

/// <summary>A quantity of one SKU's meter on one day.</summary>
/// <param name="Sku">As recorded, before aliases.</param>
/// <param name="AboveTokens">The step of the context length that its price depends on; 0 for the lowest, and where it does not.</param>
/// <param name="ReportedCurrency">Of a cost that the provider reported; otherwise empty.</param>
public readonly record struct UsageQuantity(
    DateOnly Day, Component Component, string Sku, string Meter, decimal Quantity, int AboveTokens = 0, string ReportedCurrency = "");

/// <summary>Hours of hosting in a part of a day.</summary>
/// <param name="Hour">Of the day, in the reporting time zone: that in which the part begins.</param>
/// <param name="Hours">Times units.</param>
/// <param name="IdleHours">Of these; 0 also if no busy share was recorded.</param>
public readonly record struct HostedHours(DateOnly Day, int Hour, decimal Hours, decimal IdleHours);

/// <summary>What an event counts for, by day. Pure: the projection adds it up, and the explorer shows it.</summary>
public static class UsageQuantities
{
    /// <summary>
    /// Decimals of a quantity in the read model, but for amounts of money. With rates of at most 12 decimals, costs have at most 18, so that sums are
    /// exact in a decimal up to 10 billion. A millionth of an hour is 3.6 milliseconds.
    /// </summary>
    private const int Decimals = 6;

    /// <summary>The largest that may be recorded: 10^12 tokens × 1,000 epochs.</summary>
    private const decimal MostQuantity = 1_000_000_000_000_000;

    /// <summary>The most of an evaluation: a million of score times samples still add up in a decimal.</summary>
    private const long MostSamples = 1_000_000_000_000;

    private const decimal MostScore = 1_000_000_000;

    /// <summary>The SKU of amounts that somebody charged in a currency; priced by exchange rate.</summary>
    public static string ChargeSku(string currency) => $"charge/{currency}";

    public static bool IsCharge(string sku) => sku.StartsWith(ChargeSku(""), StringComparison.Ordinal);

    /// <summary>The quantities of an event; none for one that costs nothing by itself.</summary>
    public static IEnumerable<UsageQuantity> Of(IUsageEvent usage, TimeZoneInfo reportingTimeZone)
    {
        var day = BillingPeriod.DayOf(usage.OccurredAt, reportingTimeZone);
        return usage switch
        {
            TokenUsageRecorded tokens => Tokens(tokens, day),
            HostingHoursRecorded hosting => Hosting(hosting, reportingTimeZone),
            DatasetPrepRecorded { LabourHours: { } hours } prep => [new(day, Component.DatasetPreparation, $"labour/{prep.Role}", Meters.LabourHours, Rounded(hours))],
            DatasetPrepRecorded { Items: { } items } prep => [new(day, Component.DatasetPreparation, $"dataset/{NameOf(prep.Activity)}", Meters.Items, Rounded(items))],
            DatasetPrepRecorded { Amount: { } amount } prep => [new(day, Component.DatasetPreparation, ChargeSku(prep.Currency!), Meters.Amount, Owed(amount))],
            TrainingRunRecorded { TrainedTokens: { } trained } run => [new(day, Component.Training, SkuOf(run), Meters.TrainingTokens, Rounded(trained * run.Epochs))],
            TrainingRunRecorded { GpuHours: { } hours } run => [new(day, Component.Training, SkuOf(run), Meters.GpuHours, Rounded(hours))],
            LabourRecorded labour => [new(day, Component.Labour, $"labour/{labour.Role}", Meters.LabourHours, Rounded(labour.Hours))],
            ChargeRecorded charge => [new(day, charge.Component, ChargeSku(charge.Currency), Meters.Amount, Owed(charge.Amount))],
            _ => [],
        };
    }

    /// <summary>
    /// Why an event gives no quantities that could be summed; null where it does. What is recorded here is checked more
    /// strictly (<see cref="UsageRules"/>), and rules may change. This is for events that other programs wrote: without it
    /// they would be lost silently, stop a projection, or make sums that no decimal holds.
    /// </summary>
    public static string? FaultOf(IUsageEvent usage) => usage switch
    {
        _ when !BillingPeriod.Covers(usage.OccurredAt) => "It happened before 2000 or after 2199.",
        TokenUsageRecorded e when e.InputTokens < 0 || e.CachedInputTokens < 0 || e.CacheWriteTokens < 0 || e.OutputTokens < 0 || e.ReasoningTokens < 0 || e.Requests < 0 || e.CacheWrite1hTokens < 0 || e.AudioInputTokens < 0 || e.AudioOutputTokens < 0 => "A number is negative.",
        TokenUsageRecorded e when e.CachedInputTokens > e.InputTokens - e.CacheWriteTokens || e.ReasoningTokens > e.OutputTokens - e.AudioOutputTokens || e.CacheWrite1hTokens > e.CacheWriteTokens || e.AudioInputTokens > e.InputTokens => "A part is larger than the total that includes it.",
        TokenUsageRecorded e when e.ReportedCost is null != e.ReportedCurrency is null || e.ReportedCost is < 0 or > MostQuantity => "Its reported cost is out of range, or has no currency.",
        TokenUsageRecorded e when TooLarge(e.InputTokens) || TooLarge(e.OutputTokens) => "A number is too large.",
        HostingHoursRecorded e when !BillingPeriod.Covers(e.PeriodStart) || !BillingPeriod.Covers(e.PeriodEnd) || e.PeriodEnd <= e.PeriodStart || e.PeriodEnd - e.PeriodStart > UsageRules.LongestHosting => "Its period is empty, longer than a calendar month, or out of range.",
        HostingHoursRecorded e when TooLarge(e.Hours, e.Units) || e.BusyShare is < 0 or > 1 => "A number is too large.",
        DatasetPrepRecorded e when (e.LabourHours is null ? 0 : 1) + (e.Items is null ? 0 : 1) + (e.Amount is null ? 0 : 1) != 1 => "It must have exactly one of labourHours, items and amount.",
        DatasetPrepRecorded e when (e.LabourHours is not null && e.Role is null) || (e.Amount is not null && e.Currency is null) => "It has hours without a role, or an amount without a currency.",
        DatasetPrepRecorded e when TooLarge(e.LabourHours ?? e.Items ?? e.Amount ?? 0) => "A number is too large.",
        TrainingRunRecorded e when e.TrainedTokens is null == e.GpuHours is null => "It must have exactly one of trainedTokens and gpuHours.",
        TrainingRunRecorded e when TooLarge(e.TrainedTokens ?? e.GpuHours ?? 0, e.Epochs) => "A number is too large.",
        LabourRecorded e when TooLarge(e.Hours) => "A number is too large.",
        ChargeRecorded e when TooLarge(e.Amount) => "A number is too large.",
        EvaluationRecorded e when e.Samples is <= 0 or > MostSamples || Math.Abs(e.Score) > MostScore => "It rests on no samples, or a number is too large.",
        _ => null,
    };

    /// <summary>A million such quantities at the dearest price still make a sum that a decimal holds.</summary>
    private static bool TooLarge(decimal quantity) => Math.Abs(quantity) > MostQuantity;

    private static bool TooLarge(decimal quantity, decimal times) =>
        TooLarge(quantity) || Math.Abs(times) > MostQuantity / Math.Max(1, Math.Abs(quantity));

    /// <summary>What the team wants to tell apart within the workload; empty where it said nothing.</summary>
    public static string VariantOf(IUsageEvent usage) => usage switch
    {
        TokenUsageRecorded { Variant: { } variant } => variant,
        HostingHoursRecorded { Variant: { } variant } => variant,
        DatasetPrepRecorded prep => prep.Dataset,
        TrainingRunRecorded run => run.RunId,
        _ => "",
    };

    /// <summary>What an event's quantities are besides, whatever they cost: labour and work on datasets by their activity. Null if nothing.</summary>
    public static string? PartOf(IUsageEvent usage) => usage switch
    {
        LabourRecorded labour => EnumName.Of(labour.Activity),
        DatasetPrepRecorded prep => EnumName.Of(prep.Activity),
        _ => null,
    };

    private static string SkuOf(TrainingRunRecorded run) => run.Sku ?? $"{run.Provider}/{run.Model}";

    private static string NameOf(DatasetActivity activity) => activity.ToString().ToLowerInvariant();

    private static decimal Owed(decimal amount) => Math.Round(amount, UsageRules.AmountDecimals(amount), MidpointRounding.ToEven);

    private static decimal Rounded(decimal quantity) => Math.Round(quantity, Decimals, MidpointRounding.ToEven);

    private static IEnumerable<UsageQuantity> Tokens(TokenUsageRecorded usage, DateOnly day)
    {
        var sku = $"{usage.Provider}/{usage.Model}";
        (string Meter, long Quantity)[] counted =
        [
            (Meters.InputTokens, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens),
            (Meters.CachedInputTokens, usage.CachedInputTokens),
            (Meters.CacheWriteTokens, usage.CacheWriteTokens),
            (Meters.OutputTokens, usage.OutputTokens - usage.ReasoningTokens),
            (Meters.ReasoningTokens, usage.ReasoningTokens),
            (Meters.CacheWrite1hTokens, usage.CacheWrite1hTokens),
            (Meters.AudioInputTokens, usage.AudioInputTokens),
            (Meters.AudioOutputTokens, usage.AudioOutputTokens),
        ];
        var step = Meters.StepOf(usage.InputTokens, usage.Requests);
        foreach (var (meter, quantity) in counted)
        {
            if (quantity != 0)
            {
                yield return new(day, Component.Usage, sku, Meters.InTier(meter, usage.ServiceTier), quantity, step);
            }
        }

        yield return new(day, Component.Usage, sku, Meters.Requests, usage.Requests);
        if (usage is { InputTokens: 0, OutputTokens: 0 })
        {
            yield return new(day, Component.Usage, sku, Meters.RequestsWithoutTokens, usage.Requests);
        }

        if (usage.ReportedCost is { } reported)
        {
            yield return new(day, Component.Usage, sku, Meters.ReportedCost, Math.Round(reported, UsageRules.Decimals, MidpointRounding.ToEven), ReportedCurrency: usage.ReportedCurrency!);
        }
    }

    private static IEnumerable<UsageQuantity> Hosting(HostingHoursRecorded hosting, TimeZoneInfo reportingTimeZone)
    {
        foreach (var part in Spread(hosting, reportingTimeZone, BillingPeriod.EndOfDay))
        {
            yield return new(part.Day, Component.Hosting, hosting.Sku, Meters.HostingHours, part.Hours);
            if (part.IdleHours != 0)
            {
                yield return new(part.Day, Component.Hosting, hosting.Sku, Meters.IdleHostingHours, part.IdleHours);
            }
        }
    }

    /// <summary>The same hours by the hour of the day, which add up to those of the days.</summary>
    public static IEnumerable<HostedHours> ByHour(HostingHoursRecorded hosting, TimeZoneInfo reportingTimeZone) => Spread(hosting, reportingTimeZone, EndOfHour);

    private static DateTimeOffset EndOfHour(DateTimeOffset instant, TimeZoneInfo reportingTimeZone)
    {
        var end = instant.AddTicks(TimeSpan.TicksPerHour - (TimeZoneInfo.ConvertTime(instant, reportingTimeZone).TimeOfDay.Ticks % TimeSpan.TicksPerHour));
        var endOfDay = BillingPeriod.EndOfDay(instant, reportingTimeZone);
        return end < endOfDay ? end : endOfDay;
    }

    /// <summary>
    /// Hours spread over parts of the period by how much of it each covers. What has been given up to the end of a part is
    /// rounded, not each part, so that the parts add up to the event and none gets less than nothing.
    /// </summary>
    private static IEnumerable<HostedHours> Spread(
        HostingHoursRecorded hosting, TimeZoneInfo reportingTimeZone, Func<DateTimeOffset, TimeZoneInfo, DateTimeOffset> endOfPart)
    {
        var total = Rounded(hosting.Hours * hosting.Units);
        var idle = hosting.BusyShare is { } busy ? Rounded(total * (1 - busy)) : 0;
        var length = (hosting.PeriodEnd - hosting.PeriodStart).Ticks;
        decimal given = 0, idleGiven = 0;
        for (var start = hosting.PeriodStart; start < hosting.PeriodEnd;)
        {
            var local = TimeZoneInfo.ConvertTime(start, reportingTimeZone);
            var end = endOfPart(start, reportingTimeZone);
            end = end < hosting.PeriodEnd ? end : hosting.PeriodEnd;
            decimal covered = (end - hosting.PeriodStart).Ticks;
            var hours = Rounded(total * covered / length) - given;
            var idleHours = Rounded(idle * covered / length) - idleGiven;
            given += hours;
            idleGiven += idleHours;
            yield return new(BillingPeriod.DayOf(start, reportingTimeZone), local.Hour, hours, idleHours);
            start = end;
        }
    }
}
