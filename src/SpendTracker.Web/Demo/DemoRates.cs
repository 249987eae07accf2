using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Web.Demo;

/// <summary>Rates of what only the demo has. Those of common models and of hosting ship with the product.</summary>
internal static class DemoRates
{
    private const string Assumption = "Demo assumption";

    /// <summary>The provider lowers the price of the fine-tuned models' tokens after half a year.</summary>
    public const int MonthsToPriceChange = 6;

    public static IReadOnlyList<RatePublished> For(BillingPeriod first)
    {
        // From the month before: in a reporting time zone west of UTC the first hours of the year fall on its last day.
        var start = first.Previous.Start;
        return
        [
            Rate("labour/annotator", start, new MeterPrice(Meters.LabourHours, 32)),
            Rate("labour/engineer", start, new MeterPrice(Meters.LabourHours, 95)),
            Rate("labour/prompt-engineer", start, new MeterPrice(Meters.LabourHours, 85)),
            Rate("dataset/label", start, new MeterPrice(Meters.Items, 0.12m)),
            Rate("dataset/synthesise", start, new MeterPrice(Meters.Items, 0.02m)),
            Rate("azure/gpu-a100-80gb", start, new MeterPrice(Meters.GpuHours, 3.67m)),
            Rate("azure/gpt-35-turbo-0125", start, new MeterPrice(Meters.TrainingTokens, 8, 1_000_000)),
            Rate("openai/gpt-4.1-mini-2025-04-14", start, new MeterPrice(Meters.TrainingTokens, 5, 1_000_000)),
            Tokens($"azure/{AuroraProject.ContractsModel}", start, 3, 6),
            Tokens($"azure/{AtlasProject.ClaimsModel}", start, 3, 6),
            Tokens($"openai/{AuroraProject.AssistantModel}", start, 0.3m, 1.2m),
            Tokens($"openai/{AtlasProject.TriageModel}", start, 0.8m, 3.2m),
            .. FromTheStart(start),
        ];
    }

    /// <summary>List prices of models that came out after the year began, as if they had been there: a clock may stand anywhere.</summary>
    private static IEnumerable<RatePublished> FromTheStart(DateOnly start)
    {
        var used = AuroraProject.Traffic.Concat(AtlasProject.Traffic).Select(calls => $"{calls.Provider}/{calls.Model}").ToHashSet();
        return StartingRates.All.Where(rate => used.Contains(rate.Sku)).GroupBy(rate => rate.Sku).Select(rates => rates.First())
            .Where(rate => rate.EffectiveFrom > start).Select(rate => rate with { EffectiveFrom = start, Source = Assumption, Note = null });
    }

    /// <summary>What becomes known in the course of the year, mostly later than it holds from.</summary>
    public static IEnumerable<DemoAct> Later(BillingPeriod first)
    {
        var change = first.Start.AddMonths(MonthsToPriceChange);
        foreach (var model in (string[])[AuroraProject.ContractsModel, AtlasProject.ClaimsModel])
        {
            yield return new Publishes(change.AddDays(9), Tokens($"azure/{model}", change, 2.4m, 4.8m));
        }

        // The gateway begins to report a name of its own; somebody notices that it has no rate.
        yield return new Publishes(first.Start.AddDays(AtlasProject.GatewayRouterFrom + 4), new AliasPublished(
            $"openai/{AtlasProject.GatewayRouterModel}", $"openai/{AtlasProject.RouterModel}", "The gateway's name of the same model"));
        var agreed = first.Start.AddMonths(8);
        yield return new Publishes(agreed.AddDays(14), new DiscountPublished("openai/*", 4, agreed, "Volume agreement, signed in the middle of the month"));
    }

    private static RatePublished Tokens(string sku, DateOnly from, decimal input, decimal output) =>
        Rate(sku, from, new MeterPrice(Meters.InputTokens, input, 1_000_000), new MeterPrice(Meters.OutputTokens, output, 1_000_000));

    private static RatePublished Rate(string sku, DateOnly from, params MeterPrice[] prices) => new(sku, from, "USD", prices, Assumption);
}
