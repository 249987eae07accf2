using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>Usage that is recorded weeks after it happened: before its month is closed again, and after.</summary>
internal static class DemoLate
{
    /// <param name="first">The demo's first month.</param>
    public static IEnumerable<DemoEvent> On(DemoDay day, BillingPeriod first)
    {
        DemoDay Of(int month, int dayOfMonth)
        {
            var date = first.Start.AddMonths(month).AddDays(dayOfMonth - 1);
            return new DemoDay(date.DayNumber - first.Start.DayNumber, date);
        }

        // On the day after the second month is opened again for it.
        if (day.Date == first.Start.AddMonths(2).AddDays(12))
        {
            yield return new DemoEvent(Id("annotators", day), new LabourRecorded(
                AuroraProject.Contracts, Approach.FineTuning, "annotator", 17.5m, LabourActivity.Evaluation, Of(1, 25).At(16)));
        }

        // After their months are closed: corrections, the first in a month that was closed since, the second in one that is open.
        foreach (var (month, requests) in ((int, long)[])[(4, 9_000), (8, 14_000)])
        {
            if (day.Date == first.Start.AddMonths(month + 1).AddDays(19))
            {
                yield return new DemoEvent(Id("gateway-log", day), new TokenUsageRecorded(
                    AtlasProject.Support, Approach.PromptEngineering, "openai", "gpt-4o", requests * 1_500, requests * 280, Of(month, 18).At(14), Requests: requests, Variant: "gateway-log"));
            }
        }
    }

    private static string Id(string what, DemoDay day) => string.Create(CultureInfo.InvariantCulture, $"late:{what}:{day.Date:yyyy-MM-dd}");
}
