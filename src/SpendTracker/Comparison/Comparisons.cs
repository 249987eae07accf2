using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Comparison;

/// <summary>What is compared, and how.</summary>
/// <param name="Costs">Months and conditions; its dimensions are <see cref="Comparisons.Dimensions"/>.</param>
/// <param name="AmortisationMonths">Over how many months what is paid once is written off, 1 to 120.</param>
/// <param name="Quality">The metric of the frontier; null for accuracy if it was measured, otherwise success.</param>
public sealed record ComparisonFilter(CostFilter Costs, int AmortisationMonths = Amortisation.DefaultMonths, string? Quality = null);

/// <summary>Works out a comparison from what was read. Pure.</summary>
public static class Comparisons
{
    /// <summary>The name of the share of requests that succeeded, among metrics.</summary>
    public const string Success = "success";

    private const string Accuracy = "accuracy";
    private const int Decimals = 12;

    /// <summary>What a comparison can be narrowed by: what costs, requests and evaluations all have.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["workload", "approach", "team", "cost-centre", "environment"];

    internal static ComparisonFigures Of(ComparisonFilter filter, ComparedUsage usage, DateTime now)
    {
        var span = filter.Costs;
        var approaches = usage.Costs.Select(cost => cost.Approach).Concat(usage.Outcomes.Select(o => o.Approach))
            .Concat(usage.Evaluations.Select(e => e.Approach)).Distinct().Order()
            .Select(approach => Row(filter, Only(usage, approach), now) with { Approach = approach }).Where(HasSomething).ToArray();
        var variants = Variants(filter, usage, now).Where(HasSomething).OrderBy(row => row.Workload, StringComparer.Ordinal).ThenBy(row => row.Approach)
            .ThenBy(row => row.Variant, StringComparer.Ordinal).ToArray();
        var total = Row(filter, usage, now);
        var metric = filter.Quality ?? (total.Quality.Any(figure => figure.Metric == Accuracy) ? Accuracy : Success);
        var differences = span.Workload is not null ? Differences(usage.Days) : [];
        return new ComparisonFigures(
            span.From, span.To, Least(span.To.End.AddDays(-1), span.KnownOn ?? DateOnly.FromDateTime(now)), filter.AmortisationMonths, metric, approaches,
                variants, total, differences,
            FrontierOf(span.Workload is not null && variants.Length > 0 ? variants : approaches, metric), NotKnown(span, total, approaches, metric));
    }

    private static DateOnly Least(DateOnly one, DateOnly other) => one < other ? one : other;

    private static bool HasSomething(ComparedRow row) => row.Requests != 0 || row.Running != 0 || row.OneOff != 0 || row.Quality.Count > 0 || !row.IsComplete;

    private static ComparedUsage Only(ComparedUsage usage, Approach approach) => new(
        [.. usage.Costs.Where(cost => cost.Approach == approach)], [.. usage.Outcomes.Where(outcome => outcome.Approach == approach)],
        [.. usage.Evaluations.Where(evaluation => evaluation.Approach == approach)], []);

    /// <summary>
    /// Of each workload's approach, the variants that served requests or were evaluated. What names no such variant – labour, datasets, training, charges –
    /// is shared out by requests.
    /// </summary>
    private static IEnumerable<ComparedRow> Variants(ComparisonFilter filter, ComparedUsage usage, DateTime now)
    {
        var outcomes = usage.Outcomes.ToLookup(o => (o.Workload, o.Approach, o.Variant));
        var evaluations = usage.Evaluations.ToLookup(e => (e.Workload, e.Approach, e.Variant));
        var costsOf = usage.Costs.ToLookup(cost => (cost.Workload, cost.Approach));
        var evaluated = usage.Evaluations.ToLookup(e => (e.Workload, e.Approach), e => e.Variant);
        foreach (var served in usage.Costs.Select(c => (c.Workload, c.Approach)).Concat(usage.Evaluations.Select(e => (e.Workload, e.Approach))).Distinct())
        {
            var costs = costsOf[served].ToArray();
            var requests = costs.Sum(cost => cost.Requests);
            var byVariant = costs.Where(cost => cost.Variant is not null).ToLookup(cost => cost.Variant!);
            var used = byVariant.Where(variant => variant.Sum(cost => cost.Requests) > 0).Select(variant => variant.Key).ToHashSet();
            var shared = Row(filter, new([.. costs.Where(cost => cost.Variant is null || !used.Contains(cost.Variant))], [], [], []), now);
            foreach (var variant in used.Union(evaluated[served]))
            {
                var key = (served.Workload, served.Approach, variant);
                var own = Row(filter, new([.. used.Contains(variant) ? byVariant[variant] : []], [.. outcomes[key]], [.. evaluations[key]], []), now);
                var share = requests > 0 ? own.Requests / requests : 0;
                yield return Priced(own with
                {
                    Workload = served.Workload, Approach = served.Approach, Variant = variant, Running = own.Running + (shared.Running * share),
                        Inference = own.Inference + (shared.Inference * share), OneOff = own.OneOff + (shared.OneOff * share),
                    OneOffPaid = own.OneOffPaid + (shared.OneOffPaid * share), Shared = shared.Cost * share,
                });
            }
        }
    }

    private static ComparedRow Row(ComparisonFilter filter, ComparedUsage usage, DateTime now)
    {
        var (from, to) = (filter.Costs.From, filter.Costs.To);
        var inSpan = usage.Costs.Where(cost => cost.Month >= from).ToArray();
        var (requests, known) = (inSpan.Sum(cost => cost.Requests), usage.Outcomes.Aggregate(default(Clusters), (sum, outcome) => sum + outcome.Known));
        return Priced(new ComparedRow(
            null, null, null, requests, known.Sum.Successes, known.Sum.Samples - known.Sum.Successes, requests - known.Sum.Samples,
                inSpan.Sum(cost => cost.InputTokens), inSpan.Sum(cost => cost.OutputTokens),
            inSpan.Where(cost => !cost.IsOneOff).Sum(cost => cost.Amount), inSpan.Where(cost => cost.IsInference).Sum(cost => cost.Amount),
            usage.Costs.Where(cost => cost.IsOneOff).GroupBy(cost => cost.Month).Sum(paid => Amortisation.WrittenOff(paid.Key, paid.Sum(cost => cost.Amount),
                filter.AmortisationMonths, from, to, now)),
            inSpan.Where(cost => cost.IsOneOff).Sum(cost => cost.Amount), 0, null, null, known.Interval(), Qualities(usage.Evaluations),
            Sums(usage.Costs, cost => cost.Unit, cost => cost.Unpriced), Sums(usage.Costs, cost => cost.Currency, cost => cost.Unconverted),
                Sums(usage.Costs, cost => cost.Unit, cost => cost.Incomplete)));
    }

    private static ComparedRow Priced(ComparedRow row) => row with
    {
        // Parts of months and of requests are quotients, which may have endless decimals.
        Running = Math.Round(row.Running, Decimals), Inference = Math.Round(row.Inference, Decimals), OneOff = Math.Round(row.OneOff, Decimals),
            OneOffPaid = Math.Round(row.OneOffPaid, Decimals), Shared = Math.Round(row.Shared, Decimals),
        Per1000 = UnitCosts.Per1000(row.Cost, row.Requests), PerSuccess = UnitCosts.PerSuccess(row.Cost, row.Requests, row.Success),
    };

    private static QualityFigure[] Qualities(IEnumerable<ComparedEvaluation> evaluations) =>
    [
        .. evaluations.GroupBy(e => e.Metric).OrderBy(metric => metric.Key, StringComparer.Ordinal)
            .Select(metric => (metric.Key, Score: metric.Sum(e => e.Score), Samples: metric.Sum(e => e.Samples), Count: metric.Sum(e => e.Evaluations),
                IsShare: metric.All(e => e.Beyond == 0)))
            .Where(metric => metric.Samples > 0)
            .Select(metric => (metric, Interval: metric.IsShare ? new Proportion(metric.Score, metric.Samples).Interval() : null))
            .Select(m => new QualityFigure(m.metric.Key, Math.Round(m.metric.Score / m.metric.Samples, Proportion.Decimals), m.Interval?.Low,
                m.Interval?.High, m.metric.Samples, m.metric.Count)),
    ];

    private static Dictionary<string, decimal> Sums(IEnumerable<ComparedCost> costs, Func<ComparedCost, string?> name, Func<ComparedCost, decimal> value) =>
        costs.Where(cost => name(cost) is not null && value(cost) != 0).GroupBy(cost => name(cost)!).ToDictionary(part => part.Key, part => part.Sum(value));

    /// <summary>Each two approaches, and in each approach each variant with the one before it.</summary>
    private static List<ComparedShare> Differences(IReadOnlyList<ComparedDay> days)
    {
        List<ComparedShare> found = [];
        foreach (var metric in days.GroupBy(day => day.Metric).OrderBy(metric => metric.Key != Success).ThenBy(metric => metric.Key, StringComparer.Ordinal))
        {
            var approaches = metric.GroupBy(day => day.Approach).OrderBy(approach => approach.Key).ToArray();
            var pairs = approaches.SelectMany((one, i) => approaches.Skip(i + 1).Select(other => (EnumName.Of(one.Key), Daily(one), EnumName.Of(other.Key),
                Daily(other))));
            found.AddRange(pairs.Select(pair => Difference(metric.Key, pair)).OfType<ComparedShare>());
            foreach (var approach in approaches)
            {
                var variants = approach.GroupBy(day => day.Variant).OrderBy(variant => variant.Min(day => day.Day)).ThenBy(variant => variant.Key,
                    StringComparer.Ordinal).ToArray();
                found.AddRange(variants.Zip(variants.Skip(1), (one, other) => Difference(metric.Key, (one.Key, Daily(one), other.Key,
                    Daily(other)))).OfType<ComparedShare>());
            }
        }

        return found;
    }

    private static Proportion[] Daily(IEnumerable<ComparedDay> days) =>
        [.. days.GroupBy(day => day.Day).OrderBy(day => day.Key).Select(day => day.Aggregate(default(Proportion), (sum, counted) => sum + counted.Counted))];

    /// <summary>Requests fail together, so their days are clusters; examples of evaluations count by themselves.</summary>
    private static ComparedShare? Difference(string metric, (string One, Proportion[] OfOne, string Other, Proportion[] OfOther) pair)
    {
        var (one, other) = (Sum(pair.OfOne), Sum(pair.OfOther));
        var isSuccess = metric == Success;
        var days = SequentialTest.Pair(pair.OfOne, pair.OfOther);
        return ProportionTest.PValue(isSuccess ? one.Effective : one.Sum, isSuccess ? other.Effective : other.Sum) is not { } p ? null : new ComparedShare(
            metric, pair.One, pair.Other, (isSuccess ? one.Interval() : one.Sum.Interval())!, (isSuccess ? other.Interval() : other.Sum.Interval())!, p,
            isSuccess ? SequentialTest.OfDays(days) : SequentialTest.OfSamples(days));
    }

    private static Clusters Sum(IEnumerable<Proportion> days) => days.Aggregate(default(Clusters), (sum, day) => sum + Clusters.Of(day));

    private static FrontierRow[] FrontierOf(ComparedRow[] rows, string metric)
    {
        var points = rows.Where(row => row.Requests > 0 || row.Quality.Count > 0)
            .Select(row => (row, Point: new FrontierPoint(row.Name, row.QualityOf(metric), row.IsComplete ? row.Per1000 : null))).ToArray();
        var all = points.Select(p => p.Point).ToArray();
        return
        [
            .. points.Select(p => new FrontierRow(
                p.Point.Name, p.Point.Quality, p.row.Per1000, Frontier.IsOn(p.Point, all), Frontier.BeatenBy(p.Point, all)?.Name,
                p.Point.Quality is null ? $"{metric} was not measured" : p.row.Per1000 is null ? "no requests" : p.Point.Cost is null
                    ? "not all of its cost is known" : null)),
        ];
    }

    private static List<string> NotKnown(CostFilter span, ComparedRow total, ComparedRow[] approaches, string metric)
    {
        List<string> notKnown = [];
        if (total.Unknown > 0)
        {
            notKnown.Add($"The outcome of {total.Unknown:#,0} of {total.Requests:#,0} requests: record outcome with the usage. They are taken to succeed as often as the others.");
        }

        notKnown.AddRange(approaches.Where(row => row.Requests > 0 && row.QualityOf(metric) is null)
            .Select(row => $"The {metric} of {row.Name}: record evaluation_recorded."));
        if (!total.IsComplete)
        {
            notKnown.Add("All that it cost: some of it has no price, no exchange rate, or is priced incompletely.");
        }

        if (span.Workload is null)
        {
            notKnown.Add("Whether one approach is better than another: different workloads do different work, so ask for one workload.");
        }

        notKnown.Add("How long requests took: usage has no latency.");
        return notKnown;
    }
}
