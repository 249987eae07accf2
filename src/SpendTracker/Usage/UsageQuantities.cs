using SpendTracker.Contracts;

namespace SpendTracker.Usage;

/// <summary>A quantity of one SKU's meter on one day.</summary>
public readonly record struct UsageQuantity(DateOnly Day, Component Component, string Sku, string Meter, decimal Quantity);

/// <summary>What an event counts for, by day. Pure: the projection adds it up, and the explorer shows it.</summary>
public static class UsageQuantities
{
    /// <summary>
    /// Decimals of a quantity in the read model. With rates of at most 12 decimals, costs have at most 18, so that sums are
    /// exact in a decimal up to 10 billion. A millionth of an hour is 3.6 milliseconds.
    /// </summary>
    private const int Decimals = 6;

    /// <summary>The SKU of amounts that somebody charged in a currency; priced by exchange rate.</summary>
    public static string ChargeSku(string currency) => $"charge/{currency}";

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
            DatasetPrepRecorded { Amount: { } amount } prep => [new(day, Component.DatasetPreparation, ChargeSku(prep.Currency!), Meters.Amount, Rounded(amount))],
            TrainingRunRecorded { TrainedTokens: { } trained } run => [new(day, Component.Training, SkuOf(run), Meters.TrainingTokens, Rounded(trained * run.Epochs))],
            TrainingRunRecorded { GpuHours: { } hours } run => [new(day, Component.Training, SkuOf(run), Meters.GpuHours, Rounded(hours))],
            LabourRecorded labour => [new(day, Component.Labour, $"labour/{labour.Role}", Meters.LabourHours, Rounded(labour.Hours))],
            ChargeRecorded charge => [new(day, charge.Component, ChargeSku(charge.Currency), Meters.Amount, Rounded(charge.Amount))],
            _ => [],
        };
    }

    /// <summary>What the team wants to tell apart within the workload; empty where it said nothing.</summary>
    public static string VariantOf(IUsageEvent usage) => usage switch
    {
        TokenUsageRecorded { Variant: { } variant } => variant,
        HostingHoursRecorded { Variant: { } variant } => variant,
        DatasetPrepRecorded prep => prep.Dataset,
        TrainingRunRecorded run => run.RunId,
        _ => "",
    };

    private static string SkuOf(TrainingRunRecorded run) => run.Sku ?? $"{run.Provider}/{run.Model}";

    private static string NameOf(DatasetActivity activity) => activity.ToString().ToLowerInvariant();

    private static decimal Rounded(decimal quantity) => Math.Round(quantity, Decimals, MidpointRounding.ToEven);

    private static IEnumerable<UsageQuantity> Tokens(TokenUsageRecorded usage, DateOnly day)
    {
        var sku = $"{usage.Provider}/{usage.Model}";
        (string Meter, long Quantity)[] carved =
        [
            (Meters.InputTokens, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens),
            (Meters.CachedInputTokens, usage.CachedInputTokens),
            (Meters.CacheWriteTokens, usage.CacheWriteTokens),
            (Meters.OutputTokens, usage.OutputTokens - usage.ReasoningTokens),
            (Meters.ReasoningTokens, usage.ReasoningTokens),
        ];
        foreach (var (meter, quantity) in carved)
        {
            if (quantity != 0)
            {
                yield return new(day, Component.Usage, sku, Meters.InTier(meter, usage.ServiceTier), quantity);
            }
        }

        yield return new(day, Component.Usage, sku, Meters.Requests, usage.Requests);
    }

    /// <summary>
    /// Hours spread over the days of the period by how much of each it covers. What has been given up to the end of a day is
    /// rounded, not each day, so that the days add up to the event and none gets less than nothing.
    /// </summary>
    private static IEnumerable<UsageQuantity> Hosting(HostingHoursRecorded hosting, TimeZoneInfo reportingTimeZone)
    {
        var total = Rounded(hosting.Hours * hosting.Units);
        var idle = hosting.BusyShare is { } busy ? Rounded(total * (1 - busy)) : 0;
        var length = (hosting.PeriodEnd - hosting.PeriodStart).Ticks;
        decimal given = 0, idleGiven = 0;
        for (var start = hosting.PeriodStart; start < hosting.PeriodEnd;)
        {
            var day = BillingPeriod.DayOf(start, reportingTimeZone);
            var end = BillingPeriod.EndOfDay(start, reportingTimeZone);
            end = end < hosting.PeriodEnd ? end : hosting.PeriodEnd;
            decimal covered = (end - hosting.PeriodStart).Ticks;
            var hours = Rounded(total * covered / length) - given;
            var idleHours = Rounded(idle * covered / length) - idleGiven;
            given += hours;
            idleGiven += idleHours;
            yield return new(day, Component.Hosting, hosting.Sku, Meters.HostingHours, hours);
            if (idleHours != 0)
            {
                yield return new(day, Component.Hosting, hosting.Sku, Meters.IdleHostingHours, idleHours);
            }

            start = end;
        }
    }
}
