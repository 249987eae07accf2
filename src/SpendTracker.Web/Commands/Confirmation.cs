using System.CommandLine;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Commands;

/// <summary>Whether what a command has shown is to be done.</summary>
internal static class Confirmation
{
    public const string NoEffect = "No cost so far would change.";

    public static Option<bool> YesOption(string description = "Publish without asking.") => new("--yes") { Description = description };

    /// <summary>By <c>--yes</c>, or by typing it; where nobody can type, not without <c>--yes</c>.</summary>
    public static bool Given(bool yes, string question, string verb = "publish", string does = "publishes", string done = "published")
    {
        if (yes)
        {
            return true;
        }

        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsInputRedirected)
        {
            Console.Write($"{question} Type yes to {verb}: ");
            if (Console.ReadLine()?.Trim() == "yes")
            {
                return true;
            }
        }

        Console.WriteLine($"Nothing was {done}. --yes {does}.");
        return false;
    }

    /// <summary>Shows what publications would do to costs so far, by month, before anybody confirms them.</summary>
    public static async Task ShowEffectAsync(OpenedDatabase opened, IReadOnlyList<IEvent> publications, CancellationToken cancellationToken)
    {
        var changes = await opened.Get<RatePreview>().OfAsync(publications, cancellationToken);
        var currency = opened.Database.Settings.ReportingCurrency;
        foreach (var month in changes.GroupBy(change => (change.Month, change.BooksIn)))
        {
            var (before, after) = (month.Sum(change => change.Before), month.Sum(change => change.After));
            var booked = month.Key.BooksIn == month.Key.Month ? "" : $", booked in {month.Key.BooksIn}, since {month.Key.Month} is closed";
            Console.WriteLine($"costs      {month.Key.Month}: {Money.Amount(before, currency)} -> {Money.Amount(after, currency)} {currency}{booked}");
        }

        if (changes.Count == 0)
        {
            Console.WriteLine(NoEffect);
        }
    }

    /// <summary>Tells what somebody else was quicker with.</summary>
    /// <returns>Whether there is any.</returns>
    public static bool Overtaken(IReadOnlyList<string> overtaken)
    {
        if (overtaken.Count > 0)
        {
            Console.WriteLine($"Not published, since somebody else published for them meanwhile: {string.Join(", ", overtaken)}. Import again.");
        }

        return overtaken.Count > 0;
    }
}
