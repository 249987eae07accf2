using SpendTracker.Contracts;

namespace SpendTracker.Tests.Comparison;

/// <summary>
/// Random usage of two workloads over three months, and an auditor's book beside it: prices by day and plain sums over the events that count, by
/// none of the product's arithmetic.
/// </summary>
internal sealed class ComparedPlay
{
    /// <summary>The last day is half over.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly DateOnly First = new(2026, 4, 1);

    private static readonly (string Sku, DateOnly From, (string Meter, decimal Price)[] Prices)[] Book =
    [
        ("openai/m", First, [("input-tokens", 2), ("cached-input-tokens", 1), ("output-tokens", 8)]),
        ("openai/m", new(2026, 5, 15), [("input-tokens", 3), ("cached-input-tokens", 1), ("output-tokens", 9)]),
        ("openai/ft", First, [("input-tokens", 4), ("cached-input-tokens", 2), ("output-tokens", 12), ("requests", 0.5m)]),
        ("openai/base", First, [("training-tokens", 0.25m)]),
        ("azure/host", First, [("hosting-hours", 7)]),
        ("labour/engineer", First, [("labour-hours", 95)]),
        ("labour/engineer", new(2026, 5, 10), [("labour-hours", 120)]),
        ("dataset/label", First, [("items", 0.1m)]),
    ];

    private readonly Random _random = new(42);
    private readonly List<(string Id, IUsageEvent Usage)> _recorded = [];
    private readonly HashSet<string> _corrected = [];

    public IEnumerable<IUsageEvent> Counting => _recorded.Where(e => !_corrected.Contains(e.Id)).Select(e => e.Usage);

    public async Task RecordAsync(TestDatabase database)
    {
        foreach (var (sku, from, prices) in Book)
        {
            await database.PublishAsync(sku, from, [.. prices.Select(price => new MeterPrice(price.Meter, price.Price))]);
        }

        for (var day = First; day <= new DateOnly(2026, 6, 20); day = day.AddDays(1))
        {
            _recorded.AddRange(On(day).Select((usage, i) => ($"{day:MMdd}-{i}", usage)));
        }

        await database.RecordAsync([.. _recorded]);
        foreach (var (id, usage) in _recorded.Where((_, i) => i % 17 == 5).ToArray())
        {
            // Some are replaced by twice the requests, or a better score; some by nothing.
            var replacement = _random.Next(2) == 0 ? null : usage switch
            {
                TokenUsageRecorded tokens => tokens with { Requests = tokens.Requests * 2, Outcome = Outcome.Failed },
                EvaluationRecorded evaluation => evaluation with { Score = 0.5m },
                _ => usage,
            };
            await database.CorrectAsync(id, replacement, replacement is null ? null : $"{id}-b");
            _corrected.Add(id);
            if (replacement is not null)
            {
                _recorded.Add(($"{id}-b", replacement));
            }
        }

        await database.ProjectAsync();
    }

    private IEnumerable<IUsageEvent> On(DateOnly day)
    {
        foreach (var workload in (string[])["chat", "mail"])
        {
            foreach (var approach in Enum.GetValues<Approach>())
            {
                var (model, variant) = approach == Approach.FineTuning ? ("ft", $"ft/v{day.Month - 3}") : ("m", day.Day < 10 ? "few-shot/v1" : "few-shot/v2");
                yield return new TokenUsageRecorded(
                    workload, approach, "openai", model, 1_000 + _random.Next(500), 100 + _random.Next(50), Given.At(day),
                        CachedInputTokens: _random.Next(400), Requests: 1 + _random.Next(20),
                    Variant: _random.Next(8) == 0 ? null : variant, Outcome: _random.Next(10) switch { 0 => Outcome.Unknown, < 3 => Outcome.Failed, _ =>
                        Outcome.Succeeded });
                if (day.Day % 5 == 0)
                {
                    yield return new EvaluationRecorded(workload, approach, variant, "accuracy", (60 + _random.Next(40)) / 100m, 50 + _random.Next(50),
                        Given.At(day));
                    yield return new LabourRecorded(workload, approach, "engineer", 1 + _random.Next(4), (LabourActivity)_random.Next(4), Given.At(day));
                }
            }

            yield return new HostingHoursRecorded(
                workload, Approach.FineTuning, "azure/host", 24, Given.At(day, 0), Given.At(day.AddDays(1), 0), Units: 2, _random.Next(3) == 0 ? null
                    : _random.Next(101) / 100m, $"ft/v{day.Month - 3}");
            if (day.Day == 3)
            {
                yield return new TrainingRunRecorded(
                    workload, "openai", "base", $"run-{day.Month}", Given.At(day), TrainedTokens: 100 + _random.Next(100), Epochs: 3,
                        ValidationLoss: [1.5m, 1.1m, 1.2m], TrainingLoss: [1.4m, 1, 0.8m]);
                yield return new DatasetPrepRecorded(workload, "d", DatasetActivity.Label, Given.At(day), Items: 100 + _random.Next(100));
                yield return new DatasetPrepRecorded(workload, "d", DatasetActivity.Clean, Given.At(day), LabourHours: 2, Role: "engineer");
                yield return new ChargeRecorded(workload, Approach.Hybrid, Component.Infrastructure, 12.5m, "USD", Given.At(day));
            }
        }
    }

    /// <summary>What an event costs, by the book.</summary>
    public static decimal CostOf(IUsageEvent usage)
    {
        var day = DateOnly.FromDateTime(usage.OccurredAt.UtcDateTime);
        return usage switch
        {
            TokenUsageRecorded e => ((e.InputTokens - e.CachedInputTokens) * Price($"openai/{e.Model}", "input-tokens", day))
                + (e.CachedInputTokens * Price($"openai/{e.Model}", "cached-input-tokens", day))
                + (e.OutputTokens * Price($"openai/{e.Model}", "output-tokens", day)) + (e.Requests * Price($"openai/{e.Model}", "requests", day)),
            HostingHoursRecorded e => e.Hours * e.Units * 7,
            TrainingRunRecorded e => e.TrainedTokens!.Value * e.Epochs * 0.25m,
            DatasetPrepRecorded { Items: { } items } => items * 0.1m,
            DatasetPrepRecorded { LabourHours: { } hours } => hours * Price("labour/engineer", "labour-hours", day),
            LabourRecorded e => e.Hours * Price("labour/engineer", "labour-hours", day),
            ChargeRecorded e => e.Amount,
            _ => 0,
        };
    }

    /// <summary>Datasets, training, and the work of setting up.</summary>
    public static bool IsOneOff(IUsageEvent usage) =>
        usage is DatasetPrepRecorded or TrainingRunRecorded or LabourRecorded { Activity: LabourActivity.PromptCrafting or LabourActivity.Integration };

    public static decimal Price(string sku, string meter, DateOnly day) =>
        Book.Where(rate => rate.Sku == sku && rate.From <= day).OrderBy(rate => rate.From).Last().Prices.FirstOrDefault(price => price.Meter == meter).Price;
}
