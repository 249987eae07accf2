using System.CommandLine;
using Spectre.Console;

namespace SpendTracker.Web.Commands;

/// <summary>Whether what a command has shown is to be done.</summary>
internal static class Confirmation
{
    public static Option<bool> YesOption() => new("--yes") { Description = "Publish without asking." };

    /// <summary>By <c>--yes</c>, or by typing it; where nobody can type, not without <c>--yes</c>.</summary>
    public static bool Given(bool yes, string question)
    {
        if (yes)
        {
            return true;
        }

        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsInputRedirected)
        {
            Console.Write($"{question} Type yes to publish: ");
            if (Console.ReadLine()?.Trim() == "yes")
            {
                return true;
            }
        }

        Console.WriteLine("Nothing was published. --yes publishes.");
        return false;
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
