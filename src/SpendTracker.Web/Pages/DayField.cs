namespace SpendTracker.Web.Pages;

/// <summary>
/// A field for a day, as text: a browser shows days in its own date field as its language has them, beside a page that has
/// them as 2026-11-29. app.js opens the browser's calendar for it.
/// </summary>
internal static class DayField
{
    /// <summary>How a day is written in a field.</summary>
    public const string Format = "yyyy-MM-dd";

    public static IReadOnlyDictionary<string, object> Attributes { get; } = new Dictionary<string, object>
    {
        ["data-day"] = true,
        ["autocomplete"] = "off",
        ["maxlength"] = Format.Length,
        ["pattern"] = "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        ["placeholder"] = "2026-11-29",
        ["title"] = "A day like 2026-11-29. Alt and ↓ open a calendar.",
    };
}
