using System.Globalization;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>What things are called on a page.</summary>
internal static class Label
{
    public static string Of(Approach approach) => approach switch
    {
        Approach.PromptEngineering => "Prompt engineering",
        Approach.FineTuning => "Fine-tuning",
        _ => "Hybrid",
    };

    public static string Of(Component component) => component == Component.DatasetPreparation ? "Dataset preparation" : component.ToString();

    public static string Of(BillingPeriod month) => month.Start.ToString("MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>An instant to the second, in the reporting time zone.</summary>
    public static string Of(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>The day of an instant, in the reporting time zone.</summary>
    public static string Day(DateTimeOffset instant, TimeZoneInfo zone) => KnownOn.Text(BillingPeriod.DayOf(instant, zone));

    /// <summary>A month as it stands in the log, e.g. <c>2026-01</c>.</summary>
    public static string Of(string month) => BillingPeriod.TryParse(month, out var period) ? Of(period) : month;

    /// <summary>Who recorded something, as a reader would say it, a person by the name of now: the product itself, where the rates came with it.</summary>
    public static string By(PersonNames names, string recordedBy) => names.By(recordedBy).Split(':', 2) switch
    {
        ["person", var name] => name,
        ["key", var id] => $"API key {id}",
        ["command", var command] => command.Split('/', 2) is [_, var name] ? $"{name}, on the command line" : "the command line",
        ["host", _] => "SpendTracker",
        _ => recordedBy,
    };
}
