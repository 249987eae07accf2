using System.CommandLine;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.LocalPostgres;
using SpendTracker.ServiceDefaults;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Commands;

/// <summary><c>serve</c>: the host, on the database it is given or one of its own.</summary>
internal static class ServeCommand
{
    public static Option<string> UrlsOption() => new("--urls")
    {
        Description = "Where to listen, e.g. http://127.0.0.1:5080.",
        DefaultValueFactory = _ => ListenAddress.Default,
    };

    public static Command Create()
    {
        var urls = UrlsOption();
        var noLink = new Option<bool>("--no-sign-in-link") { Description = "Print no link that signs an administrator in. For where others read what is printed; sign-in-link makes one." };
        var command = new Command("serve", "Serve the API and the dashboard until Ctrl+C.") { urls, noLink };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            OpenedDatabase.Serve, false, parsed.GetRequiredValue(urls),
            (app, _) => parsed.GetValue(noLink) ? Task.CompletedTask : PrintLinkAsync(app), cancellationToken));
        return command;
    }

    /// <summary>Opens the database, starts the host, does what is to be done once it answers, and serves until Ctrl+C.</summary>
    public static Task<int> RunAsync(
        string name, bool reset, string urls, Func<WebApplication, OpenedDatabase, Task> started, CancellationToken cancellationToken, TimeProvider? clock = null,
        Func<OpenedDatabase, Task>? starting = null) =>
        CommandLine.GuardAsync(async () =>
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                ApplicationName = typeof(ServeCommand).Assembly.GetName().Name,
                ContentRootPath = AppContext.BaseDirectory, // The command may be run from anywhere.
            });
            builder.WebHost.UseUrls(urls);
            using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole().AddLogExport(builder.Configuration));
            await using var opened = await CommandLine.WithStatusAsync(progress => OpenedDatabase.OpenAsync(
                builder.Configuration, loggers, name, reset, progress, cancellationToken, clock));
            builder.Services.AddHealthChecks().AddCheck("private-server", () => HealthOf(opened.Server), [ServiceDefaults.HostDefaults.Live]);
            await using var app = SpendTrackerHost.Build(builder, opened.Database);
            try
            {
                await (starting?.Invoke(opened) ?? Task.CompletedTask);
                await StartAsync(app, urls, cancellationToken);
                await started(app, opened);
                await app.WaitForShutdownAsync(cancellationToken);
            }
            catch
            {
                await app.StopAsync(CancellationToken.None); // The daemon ends before its database does, and quietly.
                throw;
            }

            return 0;
        });

    /// <summary>A server of somebody else's comes back by itself, and the host with it. Ours may be beyond that: then only a new start helps.</summary>
    private static HealthCheckResult HealthOf(LocalServer? server) => server?.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy();

    /// <summary>Prints an address that signs an administrator in, once. A host that is told to stop meanwhile stops after it, and as well as any other.</summary>
    public static async Task PrintLinkAsync(WebApplication app)
    {
        var token = await app.Services.GetRequiredService<SignInLinks>()
            .IssueAsync("Administrator", Role.Admin, new Recorder("host:start"), CancellationToken.None);
        var address = app.Urls.First();
        Console.WriteLine($"Dashboard: {address}");
        Console.WriteLine($"Sign in, once, within {SignInLinks.Lifetime.TotalMinutes:0} minutes: {SignIn.Link(address, token)}");
    }

    private static async Task StartAsync(WebApplication app, string urls, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException fault)
        {
            throw new IOException($"Cannot listen on {urls}: {(fault.InnerException ?? fault).Message.TrimEnd('.')}. Choose another address with --urls.", fault);
        }
    }
}
