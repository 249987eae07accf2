using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>Filters as a page says them.</summary>
internal static class FilterWords
{
    /// <summary>Like <c>Cost centre</c>; a tag by its own name, like <c>Tag product</c>.</summary>
    public static string Dimension(string name) => CostDimension.IsTag(name) ? $"Tag {name[CostDimension.TagPrefix.Length..]}" : $"{char.ToUpperInvariant(name[0])}{name[1..].Replace('-', ' ')}";

    /// <summary>A value as it reads.</summary>
    /// <param name="names">Workload → name.</param>
    public static string Value(string dimension, string value, IReadOnlyDictionary<string, string> names) => dimension switch
    {
        "approach" when EnumName.TryParse<Approach>(value, out var approach) => Label.Of(approach),
        "component" when EnumName.TryParse<Component>(value, out var component) => Label.Of(component),
        "workload" => names.GetValueOrDefault(value, value),
        _ => value,
    };

    public static string Of(PeriodName period) => period switch
    {
        PeriodName.ThisMonth => "This month",
        PeriodName.LastMonth => "Last month",
        PeriodName.LastThree => "Last 3 months",
        PeriodName.LastTwelve => "Last 12 months",
        PeriodName.FiscalYear => "Fiscal year",
        _ => "Year to date",
    };

    /// <summary>Like <c>September to November 2026</c>.</summary>
    public static string Of(BillingPeriod first, BillingPeriod last) => first == last ? Label.Of(first)
        : first.Year == last.Year ? $"{BudgetWords.MonthName(first.Month)} to {Label.Of(last)}"
        : $"{Label.Of(first)} to {Label.Of(last)}";
}
