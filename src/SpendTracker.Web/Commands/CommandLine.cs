using System.CommandLine;
using Npgsql;
using Spectre.Console;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.LocalPostgres;
using SpendTracker.Settings;
using SpendTracker.Web.Demo;
using SpendTracker.Web.Hosting;
using SpendTracker.Web.Import;

namespace SpendTracker.Web.Commands;

/// <summary>What the commands have in common: which database, and one clear line where one fails.</summary>
internal static class CommandLine
{
    /// <summary>Commands beside a running host find its database by this.</summary>
    public static Option<bool> DemoOption() => new("--demo") { Description = "Use the demo's database instead of that of serve." };

    public static IConfiguration Configuration() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .Build();

    /// <summary>Opens the database, shows what takes long, and runs a command on it.</summary>
    public static Task<int> RunAsync(bool demo, Func<OpenedDatabase, Task<int>> run, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning));
        await using var opened = await WithStatusAsync(progress => OpenedDatabase.OpenAsync(
            Configuration(), loggers, demo ? OpenedDatabase.Demo : OpenedDatabase.Serve, reset: false, progress, cancellationToken));
        return await run(opened);
    });

    /// <summary>Faults that a user can do something about become one line, and exit code 1.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception fault) when (fault is LocalPostgresException or SettingsConflictException or DemoRecordingException or ImportException or ProxySettingException or ProjectionLagException or IOException or UnauthorizedAccessException)
        {
            return Fail(fault.Message);
        }
        catch (NpgsqlException fault)
        {
            return Fail($"The database cannot be used: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            return Fail("Stopped.");
        }
    }

    /// <summary>Refuses arguments, each with its reason.</summary>
    public static int Fail(IEnumerable<FieldReason> reasons) => Fail(string.Join(Environment.NewLine, reasons.Select(reason => $"{reason.Field}: {reason.Reason}")));

    public static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }

    /// <summary>A spinner where a person watches, plain lines where a file does.</summary>
    public static async Task<T> WithStatusAsync<T>(Func<IProgress<string>, Task<T>> run) =>
        AnsiConsole.Profile.Capabilities.Interactive
            ? await AnsiConsole.Status().StartAsync("Starting", status => run(new Report(text => status.Status(Markup.Escape(text)))))
            : await run(new Report(Console.WriteLine));

    private sealed class Report(Action<string> show) : IProgress<string>
    {
        void IProgress<string>.Report(string value) => show(value);
    }
}
