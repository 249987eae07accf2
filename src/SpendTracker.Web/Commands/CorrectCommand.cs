using System.CommandLine;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;
using SpendTracker.Web.Import;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Web.Commands;

/// <summary><c>correct</c>: a correction of usage, as the API takes it.</summary>
internal static class CorrectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "JSON as POST /api/v1/usage/corrections takes it: corrects, reason and perhaps replacement; - for the standard input." };
        var source = new Option<string>("--source")
        {
            Description = "The numbering of ids that come without a source: an API key's name, or what import tokens names.", DefaultValueFactory = _ => TokenFile.DefaultSource,
        };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("correct", "Reverse or replace one usage event. It counts no longer, and nothing is lost; the same again changes nothing.") { file, source, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.WithObjectAsync(parsed.GetRequiredValue(file), CorrectionJson.Default.CorrectionRequest, request => CommandLine.RunAsync(
            parsed.GetValue(demo),
            opened => RunAsync(opened, request, parsed.GetRequiredValue(source), CommandLine.RecorderOf("correct", parsed.GetValue(by)), cancellationToken),
            cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(OpenedDatabase opened, CorrectionRequest request, string source, Recorder recorder, CancellationToken cancellationToken)
    {
        var (read, reasons) = RequestedCorrection.Read(request, source, opened.Get<TimeProvider>().GetUtcNow());
        if (read is not { } wanted)
        {
            return CommandLine.Fail(reasons);
        }

        var original = await opened.Get<EventLog>().FindAsync(wanted.Corrects, cancellationToken);
        if (UsageCorrections.Check(wanted.Corrects, wanted.Reason, wanted.Replacement, original?.Stored) is { Count: > 0 } broken)
        {
            return CommandLine.Fail(broken);
        }

        var result = await opened.Get<UsageCorrections>().CorrectAsync(wanted.Corrects, wanted.Reason, wanted.Replacement, recorder, cancellationToken);
        if (result.Status == AppendStatus.Conflict)
        {
            Console.Error.WriteLine(RequestedCorrection.Conflict);
            return CommandLine.Fail([.. result.Conflicts, .. result.ReplacementConflicts]);
        }

        Console.WriteLine($"{EnumName.Of(result.Status)}: event {wanted.Corrects} counts no longer{(result.Replacement is { } replacement ? $", and {replacement} counts instead" : "")}.");
        if (original is null)
        {
            Console.WriteLine("It is not in the log yet, and will not count when it arrives.");
        }

        return 0;
    }
}
