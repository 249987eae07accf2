using Microsoft.Playwright;

namespace SpendTracker.PageTests;

/// <summary>Parts of pages, by what a reader sees.</summary>
internal static class Parts
{
    public static ILocator Card(IPage page, string name) => page.Locator("dl > div").Filter(new() { Has = page.GetByText(name, new() { Exact = true }) });

    /// <summary>By its text; the last where a row that was opened has rows inside it.</summary>
    public static ILocator Row(IPage page, string name) => page.GetByRole(AriaRole.Row, new() { Name = name }).Last;

    public static ILocator Button(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Fills a field that its label names, of a form.</summary>
    public static Task FillAsync(IPage page, string label, string text) => page.GetByRole(AriaRole.Form).GetByLabel(label, new() { Exact = true }).FillAsync(text);
}
