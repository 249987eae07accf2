using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>What a plan must fulfil. Every assumption has limits, and a refusal names field and limit.</summary>
public static class PlanRules
{
    private const int MostMonths = 60;
    private const int MostOptions = 8;
    private const int MostParts = 8;
    private const int MostPrices = 20;
    private const int MostExamples = 1_000;

    /// <summary>Each is moved by itself for each pair of options, so that a preview with all of them takes a fraction of a second.</summary>
    private const int MostAssumptions = 300;

    /// <summary>Of an assumption or a share.</summary>
    private const int Decimals = 6;

    /// <summary>What is wrong with a plan; empty where nothing is.</summary>
    public static IReadOnlyList<FieldReason> Check(PlanRequest plan)
    {
        var check = new FieldCheck();
        check.Text("name", plan.Name, TextLength.Name);
        check.That("from", BillingPeriod.TryParse(plan.From, out _), "Must be a month like 2026-12.");
        check.Range("months", plan.Months, 1, MostMonths);
        check.Range("amortisationMonths", plan.AmortisationMonths, 1, MostMonths);
        check.That("pricesOn", plan.PricesOn is not { } day || BillingPeriod.Covers(day), "Must be a day from 2000 to 2199.");
        if (plan.Currency is not null)
        {
            check.Currency("currency", plan.Currency);
        }

        check.That("options", plan.Options.Count is > 0 and <= MostOptions, $"Must be 1 to {MostOptions} options.");
        check.That("options", plan.Options.Select(option => option.Name).Distinct(StringComparer.Ordinal).Count() == plan.Options.Count, "Each needs a name of its own.");
        for (var i = 0; i < plan.Options.Count; i++)
        {
            Option(check, $"options[{i}]", plan.Options[i]);
        }

        check.That("options", check.Reasons.Count > 0 || PlanAssumptions.Of(plan).Count() <= MostAssumptions, $"At most {MostAssumptions} assumptions in all.");
        foreach (var (field, value, least, most, aboveLeast, decimals) in PlanAssumptions.Of(plan))
        {
            check.That(field, value.Low <= value.Expected && value.Expected <= value.High, "Low must not be above expected, nor expected above high.");
            foreach (var bound in value.HasRange ? (decimal[])[value.Low, value.Expected, value.High] : [value.Expected])
            {
                if (aboveLeast)
                {
                    check.Above(field, bound, least, most);
                }
                else
                {
                    check.Range(field, bound, least, most);
                }
            }

            check.That(field, Rounded(value, decimals) == value, $"At most {decimals} decimals.");
        }

        if (check.Reasons.Count == 0)
        {
            var last = plan.RequestsPerMonth.High * PlanArithmetic.Growth(plan.GrowthPercent?.High ?? 0, plan.Months - 1);
            check.That("growthPercent", last <= PlanAssumptions.MostRequests, $"The last month would have {last:#,0} requests; at most {PlanAssumptions.MostRequests:#,0}.");
        }

        return check.Reasons;
    }

    /// <summary>The plan without the noise that doubles leave in numbers, and with its currency's code in capitals.</summary>
    public static PlanRequest AsPlanned(PlanRequest plan) => plan with
    {
        RequestsPerMonth = Cut(plan.RequestsPerMonth), GrowthPercent = CutIfGiven(plan.GrowthPercent), TaxPercent = CutIfGiven(plan.TaxPercent),
        Currency = Currency.CodeOf(plan.Currency), Options = [.. plan.Options.Select(AsPlanned)],
    };

    private static PlanOption AsPlanned(PlanOption option) => option with
    {
        Routes = [.. option.Routes.Select(AsPlanned)],
        Hosting = option.Hosting?.Select(h => h with { HoursPerMonth = Cut(h.HoursPerMonth), Units = CutIfGiven(h.Units), Price = CutPrice(h.Price) }).ToArray(),
        Datasets = option.Datasets?.Select(d => d with
        {
            Items = CutIfGiven(d.Items), Hours = CutIfGiven(d.Hours), Amount = CutIfGiven(d.Amount), Price = CutPrice(d.Price), RefreshShare = CutIfGiven(d.RefreshShare),
        }).ToArray(),
        Training = option.Training is not { } t ? null : t with
        {
            Tokens = CutIfGiven(t.Tokens), Epochs = CutIfGiven(t.Epochs), GpuHours = CutIfGiven(t.GpuHours), Amount = CutIfGiven(t.Amount), Runs = CutIfGiven(t.Runs), Price = CutPrice(t.Price),
        },
        Labour = option.Labour?.Select(l => l with { Hours = Cut(l.Hours), Price = CutPrice(l.Price) }).ToArray(),
        InfrastructurePerMonth = CutIfGiven(option.InfrastructurePerMonth), AttemptsPerRequest = CutIfGiven(option.AttemptsPerRequest), SuccessShare = CutIfGiven(option.SuccessShare),
        Evaluator = option.Evaluator is { } evaluator ? AsPlanned(evaluator) : null, SetupWeeks = CutIfGiven(option.SetupWeeks),
        Retirement = option.Retirement is { } end ? end with { Cost = Cut(end.Cost) } : null,
    };

    private static PlanRoute AsPlanned(PlanRoute route) => route with
    {
        InputTokens = Cut(route.InputTokens), OutputTokens = Cut(route.OutputTokens), Share = CutIfGiven(route.Share),
        ExampleTokens = CutIfGiven(route.ExampleTokens), CachedShare = CutIfGiven(route.CachedShare),
        Prices = route.Prices?.Select(price => price with { Price = CutPrice(price.Price, price.Per) }).ToArray(),
    };

    private static Assumption Cut(Assumption value) => new(Noise.Cut(value.Low, Decimals), Noise.Cut(value.Expected, Decimals), Noise.Cut(value.High, Decimals));

    private static Assumption Rounded(Assumption value, int decimals) => new(Math.Round(value.Low, decimals), Math.Round(value.Expected, decimals), Math.Round(value.High, decimals));

    private static Assumption? CutIfGiven(Assumption? value) => value is null ? null : Cut(value);

    private static Assumption? CutPrice(Assumption? price) => price is null ? null : CutPrice(price, per: 1);

    private static Assumption CutPrice(Assumption price, decimal per) =>
        new(FieldCheck.PriceWithoutNoise(price.Low, per), FieldCheck.PriceWithoutNoise(price.Expected, per), FieldCheck.PriceWithoutNoise(price.High, per));

    private static void Option(FieldCheck check, string field, PlanOption option)
    {
        check.Text($"{field}.name", option.Name, TextLength.Name);
        check.That($"{field}.routes", option.Routes.Count is > 0 and <= MostParts, $"Must be 1 to {MostParts} routes.");
        check.That($"{field}.routes", option.Routes.Sum(route => Math.Clamp(route.Share?.Expected ?? 1, -1, 2)) == 1, "Their shares must add up to 1.");
        for (var i = 0; i < option.Routes.Count; i++)
        {
            Route(check, $"{field}.routes[{i}]", option.Routes[i]);
        }

        if (option.Evaluator is { } evaluator)
        {
            Route(check, $"{field}.evaluator", evaluator);
        }

        check.That($"{field}.hosting", option.Hosting is not { Count: > MostParts }, $"At most {MostParts}.");
        foreach (var (i, hosting) in (option.Hosting ?? []).Index())
        {
            check.Text($"{field}.hosting[{i}].sku", hosting.Sku, TextLength.Name);
        }

        check.That($"{field}.datasets", option.Datasets is not { Count: > MostParts }, $"At most {MostParts}.");
        foreach (var (i, dataset) in (option.Datasets ?? []).Index())
        {
            Dataset(check, $"{field}.datasets[{i}]", dataset);
        }

        Training(check, $"{field}.training", option.Training);
        check.That($"{field}.labour", option.Labour is not { Count: > MostParts }, $"At most {MostParts}.");
        foreach (var (i, labour) in (option.Labour ?? []).Index())
        {
            check.Key($"{field}.labour[{i}].role", labour.Role);
        }

        check.That($"{field}.retirement.month", option.Retirement is not { } end || BillingPeriod.TryParse(end.Month, out _), "Must be a month like 2027-01.");
    }

    private static void Route(FieldCheck check, string field, PlanRoute route)
    {
        check.Text($"{field}.sku", route.Sku, TextLength.Name);
        check.Range($"{field}.examples", route.Examples, 0, MostExamples);
        check.That($"{field}.exampleTokens", route.Examples == 0 || route.ExampleTokens is not null, "Examples need a length.");
        check.That($"{field}.prices", route.Prices is not { Count: > MostPrices }, $"At most {MostPrices}.");
        foreach (var (i, price) in (route.Prices ?? []).Index())
        {
            check.That($"{field}.prices[{i}].meter", PlanArithmetic.TokenMeters(route.ServiceTier).Contains(price.Meter), $"Must be of {string.Join(", ", PlanArithmetic.TokenMeters(route.ServiceTier))}.");
            check.That($"{field}.prices[{i}].aboveTokens", Meters.Steps.Contains(price.AboveTokens), $"Must be of {string.Join(", ", Meters.Steps)}.");
            check.That($"{field}.prices[{i}].per", price.Per is 1 or 1_000 or 1_000_000, "Must be 1, 1,000 or 1,000,000.");
        }
    }

    private static void Dataset(FieldCheck check, string field, PlanDataset dataset)
    {
        check.Text($"{field}.name", dataset.Name, TextLength.Name);
        check.That(field, Given(dataset.Items, dataset.Hours, dataset.Amount) == 1, "Give exactly one of items, hours and amount.");
        check.That($"{field}.activity", dataset.Items is null == dataset.Activity is null, "Goes with items.");
        check.That($"{field}.role", dataset.Hours is null == dataset.Role is null, "Goes with hours.");
        check.That($"{field}.price", dataset.Amount is null || dataset.Price is null, "An amount has no price.");
        if (dataset.Role is not null)
        {
            check.Key($"{field}.role", dataset.Role);
        }
    }

    private static void Training(FieldCheck check, string field, PlanTraining? training)
    {
        if (training is null)
        {
            return;
        }

        check.That(field, Given(training.Tokens, training.GpuHours, training.Amount) == 1, "Give exactly one of tokens, gpuHours and amount.");
        check.That($"{field}.sku", training.Sku is null == training.Amount is not null, "Goes with tokens or gpuHours.");
        check.OptionalText($"{field}.sku", training.Sku, TextLength.Name);
        check.That($"{field}.epochs", training.Epochs is null || training.Tokens is not null, "Goes with tokens.");
        check.That($"{field}.price", training.Amount is null || training.Price is null, "An amount has no price.");
        if (training.EveryMonths is { } months)
        {
            check.Range($"{field}.everyMonths", months, 1, MostMonths);
        }
    }

    private static int Given(params Assumption?[] values) => values.Count(value => value is not null);
}
