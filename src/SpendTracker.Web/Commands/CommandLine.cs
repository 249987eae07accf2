using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using Npgsql;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.LocalPostgres;
using SpendTracker.Log;
using SpendTracker.Settings;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Demo;
using SpendTracker.Web.Import;
using SpendTracker.Web.Requests;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary>What the commands have in common: which database, and one clear line where one fails.</summary>
internal static class CommandLine
{
    private const int LongestLine = 10_000;

    /// <summary>The program's commands.</summary>
    public static RootCommand Root() => new("SpendTracker: what prompt engineering, fine-tuning and hybrids really cost.")
    {
        ServeCommand.Create(),
        SetupCommand.Create(),
        HealthCommand.Create(),
        DemoCommand.Create(),
        ImportCommand.Create(),
        CorrectCommand.Create(),
        CostsCommand.Create(),
        CompareCommand.Create(),
        AdviseCommand.Create(),
        UnpricedCommand.Create(),
        AnomaliesCommand.Create(),
        ReportedCostsCommand.Create(),
        RatesCommand.Create(),
        DiscountsCommand.Create(),
        AliasesCommand.Create(),
        ExchangeRatesCommand.Create(),
        BudgetsCommand.Create(),
        PlanCommand.Create(),
        KeysCommand.Create(),
        SignInLinkCommand.Create(),
        PeopleCommand.Create(),
        ActivityCommand.Create(),
        RebuildCommand.Create(),
        VerifyCommand.Create(),
        SetAsideCommand.Create(),
        ClosingCommands.Periods(),
        ClosingCommands.Close(),
        ClosingCommands.Reopen(),
        ExplainCommand.Create(),
        ForecastCommand.Create(),
        ReportCommand.Create(),
    };

    /// <summary>Commands beside a running host find its database by this.</summary>
    public static Option<bool> DemoOption() => new("--demo") { Description = "Use the demo's database instead of that of serve." };

    public static Option<bool> JsonOption() => new("--json") { Description = "Write what the API answers instead of a table." };

    public static Option<string?> FromOption(string otherwise) => new("--from") { Description = $"The first month, like 2026-01; {otherwise} if not given." };

    public static Option<string?> ToOption() => new("--to") { Description = "The last month; the first alone if not given." };

    public static Option<string?> KnownOnOption() => new("--known-on") { Description = "As known at the end of this day, like 2026-10-31; now if not given." };

    public static Option<string> ReasonOption() => new("--reason") { Required = true, Description = "Why; it goes into the log." };

    /// <summary>Nobody signs in on a command line, so whoever changes something is named here.</summary>
    public static Option<string> ByOption()
    {
        var by = new Option<string>("--by") { Description = "Who does it, for the log; the operating system's user if not given.", DefaultValueFactory = _ => Environment.UserName };
        by.Validators.Add(result =>
        {
            var check = new FieldCheck();
            var name = result.GetValueOrDefault<string>();
            check.That("--by", result.Implicit || !string.IsNullOrWhiteSpace(name), "Must not be empty.");
            check.OptionalText("--by", name, TextLength.Source);
            foreach (var reason in check.Reasons)
            {
                result.AddError($"{reason.Field}: {reason.Reason}");
            }
        });
        return by;
    }

    /// <summary>Who goes into the log, e.g. <c>command:rates/anna</c>; without a name where the operating system has none.</summary>
    public static string RecordedBy(string command, string? by) => string.IsNullOrWhiteSpace(by) ? $"command:{command}" : $"command:{command}/{by.Trim()}";

    /// <summary>Who does it and on which machine; with the operating system's user where the log gets another name.</summary>
    public static Recorder RecorderOf(string command, string? by) => new(RecordedBy(command, by))
    {
        From = string.IsNullOrWhiteSpace(by) || by.Trim() == Environment.UserName ? Environment.MachineName : $"{Environment.UserName}@{Environment.MachineName}",
    };

    /// <summary>A table; in a file or a pipe a row stays a line, however long it is.</summary>
    public static void Write(Table table)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = LongestLine;
        }

        AnsiConsole.Write(table);
    }

    /// <param name="names">Where an answer says who did something; null if it does not.</param>
    public static void WriteJson<T>(T answer, PersonNames? names = null) =>
        Console.WriteLine(JsonSerializer.Serialize(answer, names is null ? AnswerJson.Indented : AnswerJson.Named(new(AnswerJson.Indented), names)));

    /// <summary>Runs on the object that a file has, or says what is wrong with it.</summary>
    /// <param name="path">Of the file; - for the standard input.</param>
    public static Task<int> WithObjectAsync<T>(string path, JsonTypeInfo<T> json, Func<T, Task<int>> run, CancellationToken cancellationToken)
        where T : class => GuardAsync(async () =>
    {
        var content = await ImportedFile.ReadOrInputAsync(path, cancellationToken);
        var (value, malformed, reasons) = JsonReasons.Read(content.Span, json);
        return malformed is not null ? Fail($"{path} is not JSON. {malformed}") : value is null ? Fail(reasons) : await run(value);
    });

    public static IConfiguration Configuration() => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .Build();

    /// <summary>Opens the database, shows what takes long, and runs a command on it.</summary>
    public static Task<int> RunAsync(bool demo, Func<OpenedDatabase, Task<int>> run, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
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
        catch (Exception fault) when (fault is LocalPostgresException or SettingsConflictException or EventSchemaException or StreamBusyException or DemoRecordingException or ImportException or ProjectionLagException or IOException or UnauthorizedAccessException)
        {
            return Fail(fault.Message);
        }
        catch (OptionsValidationException fault)
        {
            return Fail(string.Join(Environment.NewLine, fault.Failures));
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

    /// <summary>A spinner where a person watches, plain lines where a file does; never among what a command answers.</summary>
    public static async Task<T> WithStatusAsync<T>(Func<IProgress<string>, Task<T>> run) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? await AnsiConsole.Status().StartAsync("Starting", status => run(new Report(text => status.Status(Markup.Escape(text)))))
            : await run(new Report(Console.Error.WriteLine));

    private sealed class Report(Action<string> show) : IProgress<string>
    {
        void IProgress<string>.Report(string value) => show(value);
    }
}
