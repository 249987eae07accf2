using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>What the money bought: every second Wednesday each variant in use is measured for accuracy and consistency.</summary>
internal static class DemoQuality
{
    private const int Every = 14;

    public static IEnumerable<DemoEvent> On(DemoDay day, IEnumerable<Traffic> traffic)
    {
        if (day.Date.DayOfWeek != DayOfWeek.Wednesday || day.Index % Every >= 7)
        {
            yield break;
        }

        var inUse = traffic.Where(calls => calls.Variants.Count > 0 && day.Index >= calls.FromDay && day.Index < calls.ToDay)
            .DistinctBy(calls => (calls.Workload, calls.Approach));
        foreach (var calls in inUse)
        {
            var version = calls.Variants.Count(variant => variant.FromDay <= day.Index) - 1;
            var variant = calls.Variants[version].Name;
            var random = new SplitMix64($"{calls.Workload}:{variant}", day.Index);

            // The guides: fine-tuned models are more accurate and more consistent on their task. Each version is a little better.
            var tuned = calls.Approach == Approach.FineTuning;
            var accuracy = (tuned ? 0.905 : 0.79) + 0.018 * version;
            var consistency = (tuned ? 0.94 : 0.76) + 0.012 * version;
            foreach (var (metric, score) in ((string, double)[])[("accuracy", accuracy), ("consistency", consistency)])
            {
                yield return new DemoEvent(
                    string.Create(CultureInfo.InvariantCulture, $"{calls.Workload}:{EnumName.Of(calls.Approach)}:{metric}:{day.Date:yyyy-MM-dd}"),
                    new EvaluationRecorded(
                        calls.Workload, calls.Approach, variant, metric, (decimal)Math.Round(Math.Min(0.995, score * random.Around(0.02)), 4),
                        250 + 50 * (day.Index % 5), day.At(17)));
            }
        }
    }
}
