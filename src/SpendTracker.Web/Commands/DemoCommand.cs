using System.CommandLine;
using SpendTracker.Access;
using SpendTracker.Events;

namespace SpendTracker.Web.Commands;

/// <summary><c>demo</c>: the host with a year of data, on a private PostgreSQL server.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var urls = ServeCommand.UrlsOption();
        var reset = new Option<bool>("--reset") { Description = "Delete the demo's data and start over." };
        var command = new Command("demo", "Set everything up, record a year of data, and serve the dashboard until Ctrl+C.") { urls, reset };
        command.SetAction((parsed, cancellationToken) => ServeCommand.RunAsync(
            OpenedDatabase.Demo, parsed.GetValue(reset), parsed.GetRequiredValue(urls), (app, _) => StartedAsync(app, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task StartedAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var key = await app.Services.GetRequiredService<ApiKeys>().IssueAsync(
            "demo", [Scope.Record, Scope.Read, Scope.Publish], [], new Recorder("command:demo"), cancellationToken);
        Console.WriteLine($"API key: {key}");
        await ServeCommand.PrintLinkAsync(app, cancellationToken);
    }
}
