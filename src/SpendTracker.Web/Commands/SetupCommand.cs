using System.CommandLine;

namespace SpendTracker.Web.Commands;

/// <summary><c>setup</c>: what every host does when it starts, and nothing else; for a step before hosts that may not create tables.</summary>
internal static class SetupCommand
{
    public static Command Create()
    {
        var command = new Command("setup", "Set up the database, or bring an earlier version's up to date, and end.");
        command.SetAction((_, cancellationToken) => CommandLine.RunAsync(false, opened =>
        {
            var settings = opened.Database.Settings;
            Console.WriteLine($"The database is set up. It reports in {settings.ReportingCurrency} and the time zone {settings.ReportingTimeZone.Id}.");
            return Task.FromResult(0);
        }, cancellationToken));
        return command;
    }
}
