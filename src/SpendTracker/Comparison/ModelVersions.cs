using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>A day's cost of a workload's fine-tuning, as read. Amounts are in the reporting currency.</summary>
/// <param name="Variant">As recorded: a model version, a dataset, a run.</param>
/// <param name="IsEvaluation">Whether it is people's work on evaluations.</param>
internal sealed record ModelCost(
    DateOnly Day, Component Component, string Variant, bool IsEvaluation, decimal Requests, decimal Amount, string? Unit, decimal Unpriced,
        decimal Incomplete, string? Currency, decimal Unconverted);

/// <summary>Works out versions from daily costs. Pure.</summary>
internal static class ModelVersions
{
    public static IReadOnlyList<ModelVersion> Of(IReadOnlyList<ModelCost> costs, IReadOnlyList<ModelRun> runs, TimeZoneInfo zone)
    {
        var used = costs.Where(cost => cost is { Component: Component.Usage, Requests: > 0 }).GroupBy(cost => cost.Variant)
            .Select(version => (Version: version.Key, First: version.Min(cost => cost.Day), Last: version.Max(cost => cost.Day)))
            .OrderBy(version => version.First).ThenBy(version => version.Version, StringComparer.Ordinal).ToArray();
        var byVersion = costs.ToLookup(VersionOf);
        var ofRuns = runs.Select(run => run with { Cost = CostOf(run) }).Select(run => run with { EarlyStopSaves = Saved(run) }).ToLookup(run =>
            Next(BillingPeriod.DayOf(run.CompletedAt, zone)));
        return
        [
            .. used.Select(version => Version(version.Version, byVersion[version.Version], ofRuns[version.Version]) with { FirstDay = version.First,
                LastDay = version.Last }),
            .. byVersion[null].Any() || ofRuns[null].Any() ? [Version(null, byVersion[null], ofRuns[null])] : Array.Empty<ModelVersion>(),
        ];

        string? VersionOf(ModelCost cost) => cost.Component switch
        {
            Component.Usage or Component.Hosting when used.Any(version => version.Version == cost.Variant) => cost.Variant,
            Component.Training or Component.DatasetPreparation => Next(cost.Day),
            _ => used.Length == 0 ? null : used.LastOrDefault(version => version.First <= cost.Day, used[0]).Version,
        };

        // Prepared on the day on which it came into use counts for it.
        string? Next(DateOnly day) => used.FirstOrDefault(version => version.First >= day).Version;

        decimal? CostOf(ModelRun run)
        {
            var own = costs.Where(cost => cost.Component == Component.Training && cost.Variant == run.RunId).ToArray();
            return own.Any(cost => cost.Unpriced != 0 || cost.Unconverted != 0) ? null : own.Sum(cost => cost.Amount);
        }
    }

    private static decimal? Saved(ModelRun run) => run.Curve is null ? null : run.Cost * run.Curve.SavedShare;

    private static ModelVersion Version(string? name, IEnumerable<ModelCost> all, IEnumerable<ModelRun> runs)
    {
        var costs = all.ToArray();
        var requests = costs.Where(cost => cost.Component == Component.Usage).Sum(cost => cost.Requests);
        var version = new ModelVersion(
            name, null, null, requests, Of(Component.DatasetPreparation), Of(Component.Training), costs.Where(cost => cost.IsEvaluation)
                .Sum(cost => cost.Amount), Of(Component.Labour),
            Of(Component.Hosting), Of(Component.Usage), Of(Component.Infrastructure) + Of(Component.Other), null, [.. runs.OrderBy(run => run.CompletedAt)],
            Sums(cost => cost.Unit, cost => cost.Unpriced), Sums(cost => cost.Currency, cost => cost.Unconverted), Sums(cost => cost.Unit, cost =>
                cost.Incomplete));
        return version with { Per1000 = UnitCosts.Per1000(version.Total, requests) };

        decimal Of(Component component) => costs.Where(cost => cost.Component == component && !cost.IsEvaluation).Sum(cost => cost.Amount);

        Dictionary<string, decimal> Sums(Func<ModelCost, string?> of, Func<ModelCost, decimal> value) =>
            costs.Where(cost => of(cost) is not null && value(cost) != 0).GroupBy(cost => of(cost)!).ToDictionary(part => part.Key, part => part.Sum(value));
    }
}
