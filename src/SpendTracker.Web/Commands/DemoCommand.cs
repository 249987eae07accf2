using System.CommandLine;
using System.Net.Http.Headers;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Settings;
using SpendTracker.Web.Demo;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Commands;

/// <summary><c>demo</c>: the host with a year of data, on a private PostgreSQL server.</summary>
internal static class DemoCommand
{
    private const string KeyName = "demo";

    private static readonly Recorder Recorder = new("command:demo");

    public static Command Create()
    {
        var urls = ServeCommand.UrlsOption();
        var reset = new Option<bool>("--reset") { Description = "Delete the demo's data and start over." };
        var command = new Command("demo", "Set everything up, record a year of data, and serve the dashboard until Ctrl+C.") { urls, reset };
        command.SetAction((parsed, cancellationToken) =>
        {
            // Where the database is new, the first prices in it must be known when the year begins.
            var clock = new DemoClock(TimeProvider.System);
            clock.Play(DemoYear.Until(DateOnly.FromDateTime(clock.Real.UtcDateTime)).Opening);
            return ServeCommand.RunAsync(
                OpenedDatabase.Demo, parsed.GetValue(reset), parsed.GetRequiredValue(urls), (app, opened) => StartedAsync(app, opened, clock, cancellationToken), cancellationToken, clock,
                opened => StartingAsync(opened, clock, cancellationToken));
        });
        return command;
    }

    /// <summary>Where there is a year already, the host judges its budgets as of now from its first moment: at the year's beginning, all of it is ahead.</summary>
    private static async Task StartingAsync(OpenedDatabase opened, DemoClock clock, CancellationToken cancellationToken)
    {
        if (await DemoRecording.BegunAsync(opened.Database.Store, cancellationToken) is not null)
        {
            clock.GoLive();
        }
    }

    private static async Task StartedAsync(WebApplication app, OpenedDatabase opened, DemoClock clock, CancellationToken cancellationToken)
    {
        clock.GoLive();
        await CheckAsync(opened, cancellationToken);
        var key = await KeyAsync(app.Services.GetRequiredService<ApiKeys>(), cancellationToken);
        await RecordAsync(app, clock, key, cancellationToken);
        await ServeCommand.PrintLinkAsync(app);
        Console.WriteLine($"API key: {key}");
        Console.WriteLine($"Costs over HTTP: curl -H 'Authorization: Bearer {key}' '{app.Urls.First()}/api/v1/costs?by=approach'");
        Console.WriteLine("Ctrl+C stops it; the data stays for the next start.");
    }

    /// <summary>Made-up usage must never get among real usage.</summary>
    private static async Task CheckAsync(OpenedDatabase opened, CancellationToken cancellationToken)
    {
        var database = opened.Database;
        if (database.Settings.ReportingCurrency != "USD")
        {
            throw new SettingsConflictException($"The demo is in USD, but this database reports in {database.Settings.ReportingCurrency}.");
        }

        if (opened.Server is null && await DemoRecording.BegunAsync(database.Store, cancellationToken) is null &&
            (await database.Store.StreamsAsync("usage/", cancellationToken)).Count > 0)
        {
            throw new SettingsConflictException(
                "The database of ConnectionStrings__spendtracker holds usage already, and the demo would add made-up usage to it. Remove the setting, or name an empty database.");
        }
    }

    /// <summary>A key is shown once, so each start needs a new one; the one before is of no use to anybody then.</summary>
    private static async Task<string> KeyAsync(ApiKeys keys, CancellationToken cancellationToken)
    {
        foreach (var old in (await keys.ListAsync(cancellationToken)).Where(key => key.Name == KeyName && !key.Revoked))
        {
            await keys.RevokeAsync(old.Id, "Replaced at start.", Recorder, cancellationToken);
        }

        return await keys.IssueAsync(KeyName, Enum.GetValues<Scope>(), [], anySource: false, Recorder, cancellationToken);
    }

    private static async Task RecordAsync(WebApplication app, DemoClock clock, string key, CancellationToken cancellationToken)
    {
        // Ctrl+C reaches the host as well, and it may stop answering before the command is told to stop.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = ListenAddress.LoopbackOf(app.Urls) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var recording = new DemoRecording(http, ActivatorUtilities.CreateInstance<DemoBooks>(app.Services), clock);
        try
        {
            var appended = await ProgressBar.ShowAsync("Recording a year of data", progress => recording.RunAsync((done, of) => progress(done, of), stopping.Token));
            Console.WriteLine(appended is null ? "The year of data is there already." : $"Recorded a year of data; {appended:#,0} events are new.");
        }
        catch (Exception fault) when (stopping.IsCancellationRequested && fault is HttpRequestException or OperationCanceledException)
        {
            Console.WriteLine("The year of data is not complete; the next start goes on from here.");
            throw new OperationCanceledException("Stopped.", fault, stopping.Token);
        }
    }
}
