using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Costs;

/// <summary>What the page of changes says of a month and of its steps.</summary>
internal static class ChangeWords
{
    private const int StepsNamed = 3;
    private const decimal MostPercent = 999;

    public static string Of(ChangeStep step) => step switch
    {
        ChangeStep.Days => "Days",
        ChangeStep.Volume => "Volume",
        ChangeStep.RequestSize => "Size of requests",
        ChangeStep.Price => "Price",
        ChangeStep.Mix => "Mix",
        ChangeStep.NewWorkloads => "New workloads",
        ChangeStep.EndedWorkloads => "Ended workloads",
        ChangeStep.Hosting => "Hosting",
        ChangeStep.Training => "Training",
        ChangeStep.DatasetPreparation => "Dataset preparation",
        ChangeStep.Labour => "Labour",
        ChangeStep.Infrastructure => "Infrastructure",
        ChangeStep.Other => "Other",
        _ => "Corrections",
    };

    /// <summary>What a step is, in one sentence.</summary>
    public static string Meaning(ChangeStep step) => step switch
    {
        ChangeStep.Days => "More or fewer days, as if each had cost the same.",
        ChangeStep.Volume => "More or fewer requests a day.",
        ChangeStep.RequestSize => "More or fewer tokens a request.",
        ChangeStep.Price => "A unit costs another amount: rates, discounts, exchange rates.",
        ChangeStep.Mix => "Usage moved between models, approaches and kinds of tokens.",
        ChangeStep.NewWorkloads => "Workloads that used nothing in the earlier month.",
        ChangeStep.EndedWorkloads => "Workloads that used nothing in the later month.",
        ChangeStep.Hosting => "More or fewer hours of hosted models a day.",
        ChangeStep.Training => "Training runs.",
        ChangeStep.DatasetPreparation => "Datasets that were prepared.",
        ChangeStep.Labour => "People’s hours.",
        ChangeStep.Infrastructure => "Gateways, vector stores, monitoring.",
        ChangeStep.Other => "Anything else, taxes and credits included.",
        _ => "Corrections of closed months, booked in the first open one.",
    };

    /// <summary>The answer in a sentence: how much more or less, and what moved most.</summary>
    public static string Sentence(MonthChange change, string currency)
    {
        var moved = change.After.Actual - change.Before.Actual;
        var span = change.Runs ? $" in its first {Days(change.DaysAfter)}" : "";
        var cost = $"{Label.Of(change.To)} cost {Money.Text(change.After.Actual, currency)}{span}";
        if (moved == 0)
        {
            return $"{cost}, as much as {Label.Of(change.From)}.";
        }

        var most = change.Steps.OrderByDescending(step => Math.Abs(step.Amount)).Take(StepsNamed).Select(step => $"{Of(step.Step).ToLowerInvariant()} {Whole(Money.Change(step.Amount, currency))}");
        return $"{cost}: {Money.Text(Math.Abs(moved), currency)}{Percent(moved, change.Before.Actual)} {(moved > 0 ? "more" : "less")} than {Label.Of(change.From)}. Most of it: {string.Join(", ", most)}.";
    }

    /// <summary>What moved, as a part of what it moved from, without its sign: <c> (5.2 %)</c>; nothing where there is nothing to compare with.</summary>
    public static string Percent(decimal moved, decimal of) => of <= 0 ? "" : Math.Abs(moved) / of * 100 is > MostPercent ? $" (more than {MostPercent:0} %)"
        : $" ({(Math.Abs(moved) / of * 100).ToString("0.#", CultureInfo.InvariantCulture)} %)";

    /// <summary>An amount is not broken after its sign.</summary>
    private static string Whole(string amount) => amount.Replace("−", "−\u2060", StringComparison.Ordinal);

    /// <summary>Days to a tenth: <c>28.9 days</c>.</summary>
    public static string Days(decimal days) => $"{days.ToString("0.#", CultureInfo.InvariantCulture)} {(days == 1 ? "day" : "days")}";
}
