using System.CommandLine;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Import;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Web.Commands;

/// <summary><c>import tokens</c>: a CSV file of token usage into the log.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> File = new("file") { Description = "A CSV file whose first line names its columns." };
    private static readonly Option<string> Workload = Required("--workload", "The workload that used the tokens.");
    private static readonly Option<string> Approach = Required("--approach", "The approach that they served.");
    private static readonly Option<string> Provider = Required("--provider", "Who served them, e.g. azure.");
    private static readonly Option<string> Model = Required("--model", "The model that served them.");
    private static readonly Option<string> Time = Required("--time", "The column of the time, e.g. 2026-01-31 09:30:00.1234567 (without an offset in UTC), Unix seconds or milliseconds, or a day.");
    private static readonly Option<string> Input = Required("--input", "The column of the input tokens; with cached ones, unless --counts says otherwise.");
    private static readonly Option<string> Output = Required("--output", "The column of the output tokens; with reasoning, unless --counts says otherwise.");
    private static readonly Option<string?> CachedInput = new("--cached-input") { Description = "The column of the input tokens read from a cache; empty is 0." };
    private static readonly Option<string?> CacheWrite = new("--cache-write") { Description = "The column of the input tokens written to a cache; empty is 0." };
    private static readonly Option<string?> Reasoning = new("--reasoning") { Description = "The column of the output tokens spent on reasoning; empty is 0." };
    private static readonly Option<string> Counts = new("--counts") { Description = "inclusive: --input includes cached and cache-write tokens, --output includes reasoning. exclusive: they are counted beside. exclusive-cache (Anthropic, Bedrock, Cursor) or exclusive-reasoning (xAI, Gemini): only these are.", DefaultValueFactory = _ => EnumName.Of(TokenCounts.Inclusive) };
    private static readonly Option<string?> Requests = new("--requests") { Description = "The column of how many requests a row covers; empty is 1. Without it each row is one." };
    private static readonly Option<string?> Id = new("--id") { Description = "The column that tells rows apart. Without it a row is known by what is imported of it and how often that came before." };
    private static readonly Option<string?> Variant = new("--variant") { Description = "The variant of all rows, e.g. few-shot/v3." };
    private static readonly Option<string> Source = new("--source") { Description = "The numbering that the ids belong to.", DefaultValueFactory = _ => TokenFile.DefaultSource };
    private static readonly Option<string?> Rejects = new("--rejects") { Description = "Where rows go that cannot be imported; FILE's name with .rejects.csv, in the current directory, if not given." };
    private static readonly Option<string?> Delimiter = new("--delimiter") { Description = "What separates fields: one character, or tab. Found out if not given." };

    public static Command Create()
    {
        Approach.AcceptOnlyFromAmong([.. EnumName.All<Approach>()]);
        Counts.AcceptOnlyFromAmong([.. EnumName.All<TokenCounts>()]);
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var tokens = new Command("tokens", "Import token usage. What is there already is not imported again. Exit code 2 where rows were set aside.")
        {
            File, Workload, Approach, Provider, Model, Time, Input, Output, CachedInput, CacheWrite, Reasoning, Counts, Requests, Id, Variant, Source, Rejects, Delimiter, by, demo,
        };
        tokens.SetAction((parsed, cancellationToken) =>
        {
            var file = FileOf(parsed);
            string[] wrong = [.. file.Check().Select(reason => $"--{reason.Field}: {reason.Reason}"), .. file.Absent() is { } absent ? [absent] : Array.Empty<string>()];
            return wrong.Length > 0
                ? Task.FromResult(CommandLine.Fail(string.Join(Environment.NewLine, wrong)))
                : CommandLine.RunAsync(parsed.GetValue(demo), opened => RunAsync(file, opened, CommandLine.RecordedBy("import", parsed.GetValue(by)), cancellationToken), cancellationToken);
        });
        return new Command("import", "Take usage from files.") { tokens };
    }

    private static Option<string> Required(string name, string description) => new(name) { Required = true, Description = description };

    private static TokenFile FileOf(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(File);
        return new TokenFile(path, parsed.GetValue(Rejects) ?? $"{Path.GetFileName(path)}.rejects.csv")
        {
            Workload = parsed.GetRequiredValue(Workload),
            Approach = EnumName.Parse<Approach>(parsed.GetRequiredValue(Approach)),
            Provider = parsed.GetRequiredValue(Provider),
            Model = parsed.GetRequiredValue(Model),
            Variant = parsed.GetValue(Variant),
            Source = parsed.GetRequiredValue(Source),
            Delimiter = parsed.GetValue(Delimiter) switch { null => null, "tab" or "\\t" => '\t', [var one] => one, _ => '\0' },
            TimeColumn = parsed.GetRequiredValue(Time),
            InputColumn = parsed.GetRequiredValue(Input),
            OutputColumn = parsed.GetRequiredValue(Output),
            CachedInputColumn = parsed.GetValue(CachedInput),
            CacheWriteColumn = parsed.GetValue(CacheWrite),
            ReasoningColumn = parsed.GetValue(Reasoning),
            Counts = EnumName.Parse<TokenCounts>(parsed.GetRequiredValue(Counts)),
            RequestsColumn = parsed.GetValue(Requests),
            IdColumn = parsed.GetValue(Id),
        };
    }

    private static async Task<int> RunAsync(TokenFile file, OpenedDatabase opened, string by, CancellationToken cancellationToken)
    {
        var import = new TokenImport(opened.Get<UsageRecorder>(), opened.Get<EventLog>(), opened.Database.Settings, opened.Get<TimeProvider>(), by);
        try
        {
            await ProgressBar.ShowAsync($"Importing {Path.GetFileName(file.Path)}", async progress =>
            {
                await import.RunAsync(file, progress, cancellationToken);
                return 0;
            });
        }
        catch (OperationCanceledException)
        {
            return CommandLine.Fail($"Stopped. {Told(import.Counts)} Run it again to go on: what is imported already is recognised.");
        }

        Console.WriteLine(Told(import.Counts));
        if (import.Counts.IsWhole)
        {
            return 0;
        }

        Console.WriteLine($"Rows that were not imported, with line numbers and reasons: {file.Rejects}");
        return 2;
    }

    private static string Told(ImportCounts counts) =>
        $"{counts.Appended:#,0} appended, {counts.Duplicate:#,0} duplicate, {counts.Conflict:#,0} conflicting, {counts.Rejected:#,0} rejected.";
}
