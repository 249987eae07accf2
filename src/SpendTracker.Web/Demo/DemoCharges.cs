using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>Amounts that others computed, and people's hours on prompts.</summary>
internal static class DemoCharges
{
    /// <summary>What serves both halves of a hybrid workload is the hybrid's.</summary>
    private static readonly (string Workload, Approach Approach, Component Component, decimal Amount, string Provider, string Text)[] Monthly =
    [
        (AuroraProject.Helpdesk, Approach.PromptEngineering, Component.Infrastructure, 18.50m, "cloud", "Vector store, small"),
        (AuroraProject.Assistant, Approach.Hybrid, Component.Infrastructure, 24m, "cloud", "API gateway"),
        (AtlasProject.Support, Approach.PromptEngineering, Component.Infrastructure, 210m, "cloud", "Vector store and gateway"),
        (AtlasProject.Search, Approach.PromptEngineering, Component.Infrastructure, 165m, "cloud", "Search index"),
        (AtlasProject.Triage, Approach.Hybrid, Component.Infrastructure, 95m, "cloud", "Message queue"),
    ];

    /// <summary>Weekly hours of prompt engineers; more in the first month, when the prompts are new.</summary>
    private static readonly (string Workload, Approach Approach, decimal Hours, LabourActivity Activity)[] Weekly =
    [
        (AuroraProject.Helpdesk, Approach.PromptEngineering, 0.5m, LabourActivity.PromptCrafting),
        (AuroraProject.Assistant, Approach.Hybrid, 0.25m, LabourActivity.Integration),
        (AtlasProject.Support, Approach.PromptEngineering, 2m, LabourActivity.PromptCrafting),
        (AtlasProject.Search, Approach.PromptEngineering, 1m, LabourActivity.Integration),
        (AtlasProject.Reports, Approach.PromptEngineering, 0.5m, LabourActivity.PromptCrafting),
        (AtlasProject.Analysis, Approach.PromptEngineering, 1.5m, LabourActivity.Evaluation),
        (AtlasProject.Triage, Approach.Hybrid, 1m, LabourActivity.Integration),
    ];

    public static IEnumerable<DemoEvent> On(DemoDay day)
    {
        if (day.Date.DayOfWeek == DayOfWeek.Tuesday)
        {
            foreach (var (workload, approach, hours, activity) in Weekly)
            {
                yield return new DemoEvent(Id(workload, "prompts", day), new LabourRecorded(
                    workload, approach, "prompt-engineer", day.Index < 28 ? hours * 2 : hours, activity, day.At(16)));
            }
        }

        if (day.Date.Day != 3)
        {
            yield break;
        }

        foreach (var (workload, approach, component, amount, provider, text) in Monthly)
        {
            yield return Charge(day, workload, approach, component, amount, ChargeCategory.Purchase, provider, text);
        }

        yield return Charge(day, AtlasProject.Search, Approach.PromptEngineering, Component.Infrastructure, 140m, ChargeCategory.Usage, "eu-cloud", "Replica in the EU region", "EUR");
        if (day.Index is > 290 and < 320)
        {
            // Once, and nobody has published what a pound is worth.
            yield return Charge(day, AtlasProject.Analysis, Approach.PromptEngineering, Component.Other, 650m, ChargeCategory.Purchase, "uk-audit", "Audit of the risk prompts", "GBP");
        }

        yield return Charge(day, AtlasProject.Claims, Approach.FineTuning, Component.Other, 96.40m, ChargeCategory.Tax, "azure", "Value added tax on support plan");
        if (day.Date.Month % 3 == 0)
        {
            yield return Charge(day, AtlasProject.Claims, Approach.FineTuning, Component.Other, -450m, ChargeCategory.Credit, "azure", "Service credit for the quarter");
        }
    }

    private static DemoEvent Charge(
        DemoDay day, string workload, Approach approach, Component component, decimal amount, ChargeCategory category, string provider, string text,
        string currency = "USD") =>
        new(
            Id(workload, $"charge-{EnumName.Of(category)}", day),
            new ChargeRecorded(
                workload, approach, component, amount, currency, day.At(8), category, provider,
                string.Create(CultureInfo.InvariantCulture, $"{provider.ToUpperInvariant()}-{day.Date:yyyyMM}"), text));

    private static string Id(string workload, string what, DemoDay day) =>
        string.Create(CultureInfo.InvariantCulture, $"{workload}:{what}:{day.Date:yyyy-MM-dd}");
}
