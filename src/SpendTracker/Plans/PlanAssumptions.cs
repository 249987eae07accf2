using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>An assumption with its place in the request, and the values that it may have.</summary>
/// <param name="Field">E.g. <c>options[1].hosting[0].units</c>.</param>
/// <param name="AboveLeast">Whether the least value itself may not be.</param>
/// <param name="Decimals">That it may have at most.</param>
public sealed record NamedAssumption(string Field, Assumption Value, decimal Least, decimal Most, bool AboveLeast = false, int Decimals = 6);

/// <summary>Finds all assumptions of a plan.</summary>
public static class PlanAssumptions
{
    private const decimal MostAmount = 1_000_000_000_000;

    /// <summary>Of a month. It also keeps amounts within the 28 digits of a decimal.</summary>
    internal const decimal MostRequests = 1_000_000_000_000;
    private const decimal MostTokensPerRequest = 100_000_000;

    /// <summary>The longest month, in which clocks are set back, has 745 hours.</summary>
    private const decimal MostHoursPerMonth = 745;

    /// <summary>In the order of the request. One that is not given is not among them.</summary>
    public static IEnumerable<NamedAssumption> Of(PlanRequest plan) => Shared(plan).Concat(plan.Options.SelectMany((_, i) => Own(plan, i)));

    /// <summary>Those that concern all options.</summary>
    public static IEnumerable<NamedAssumption> Shared(PlanRequest plan) =>
        Given("requestsPerMonth", plan.RequestsPerMonth, 0, MostRequests)
            .Concat(Given("growthPercent", plan.GrowthPercent, -50, 50))
            .Concat(Given("taxPercent", plan.TaxPercent, 0, 100));

    /// <summary>Those of one option alone.</summary>
    /// <param name="i">Its place in the plan.</param>
    public static IEnumerable<NamedAssumption> Own(PlanRequest plan, int i) => Of($"options[{i}]", plan.Options[i]);

    private static IEnumerable<NamedAssumption> Of(string field, PlanOption option) =>
        option.Routes.SelectMany((route, i) => Of($"{field}.routes[{i}]", route))
            .Concat((option.Hosting ?? []).SelectMany((hosting, i) =>
                Given($"{field}.hosting[{i}].hoursPerMonth", hosting.HoursPerMonth, 0, MostHoursPerMonth)
                    .Concat(Given($"{field}.hosting[{i}].units", hosting.Units, 0, 10_000))
                    .Concat(Price($"{field}.hosting[{i}].price", hosting.Price, Meters.HostingHours))))
            .Concat((option.Datasets ?? []).SelectMany((dataset, i) =>
                Given($"{field}.datasets[{i}].items", dataset.Items, 0, 1_000_000_000)
                    .Concat(Given($"{field}.datasets[{i}].hours", dataset.Hours, 0, 1_000_000))
                    .Concat(Given($"{field}.datasets[{i}].amount", dataset.Amount, 0, MostAmount))
                    .Concat(Given($"{field}.datasets[{i}].refreshShare", dataset.RefreshShare, 0, 1))
                    .Concat(Price($"{field}.datasets[{i}].price", dataset.Price, dataset.Items is null ? Meters.LabourHours : Meters.Items))))
            .Concat(Of($"{field}.training", option.Training))
            .Concat((option.Labour ?? []).SelectMany((labour, i) =>
                Given($"{field}.labour[{i}].hours", labour.Hours, 0, 1_000_000).Concat(Price($"{field}.labour[{i}].price", labour.Price, Meters.LabourHours))))
            .Concat(Given($"{field}.infrastructurePerMonth", option.InfrastructurePerMonth, 0, MostAmount))
            .Concat(Given($"{field}.attemptsPerRequest", option.AttemptsPerRequest, 1, 100))
            .Concat(Given($"{field}.successShare", option.SuccessShare, 0, 1, aboveLeast: true))
            .Concat(option.Evaluator is { } evaluator ? Of($"{field}.evaluator", evaluator) : [])
            .Concat(Given($"{field}.setupWeeks", option.SetupWeeks, 0, 520))
            .Concat(Given($"{field}.retirement.cost", option.Retirement?.Cost, 0, MostAmount));

    private static IEnumerable<NamedAssumption> Of(string field, PlanRoute route) =>
        Given($"{field}.share", route.Share, 0, 1, aboveLeast: true)
            .Concat(Given($"{field}.inputTokens", route.InputTokens, 0, MostTokensPerRequest))
            .Concat(Given($"{field}.outputTokens", route.OutputTokens, 0, MostTokensPerRequest))
            .Concat(Given($"{field}.exampleTokens", route.ExampleTokens, 0, 1_000_000))
            .Concat(Given($"{field}.cachedShare", route.CachedShare, 0, 1))
            .Concat((route.Prices ?? []).SelectMany((price, i) => Price($"{field}.prices[{i}].price", price.Price, price.Meter, price.Per)));

    private static IEnumerable<NamedAssumption> Of(string field, PlanTraining? training) =>
        Given($"{field}.tokens", training?.Tokens, 0, 1_000_000_000_000)
            .Concat(Given($"{field}.epochs", training?.Epochs, 0, 1_000, aboveLeast: true))
            .Concat(Given($"{field}.gpuHours", training?.GpuHours, 0, 1_000_000))
            .Concat(Given($"{field}.amount", training?.Amount, 0, MostAmount))
            .Concat(Given($"{field}.runs", training?.Runs, 1, 1_000))
            .Concat(Price($"{field}.price", training?.Price, training?.Tokens is null ? Meters.GpuHours : Meters.TrainingTokens));

    /// <summary>For 1,000 or 1,000,000 units a price has fewer decimals, so that one unit's has at most 12.</summary>
    private static IEnumerable<NamedAssumption> Price(string field, Assumption? price, string meter, decimal per = 1) =>
        price is null ? [] : [new(field, price, 0, Meters.MostPriceOf(meter) * Math.Clamp(per, 1, 1_000_000), Decimals: per switch { 1_000 => 9, 1_000_000 => 6, _ => 12 })];

    private static IEnumerable<NamedAssumption> Given(string field, Assumption? value, decimal least, decimal most, bool aboveLeast = false) =>
        value is null ? [] : [new(field, value, least, most, aboveLeast)];
}
