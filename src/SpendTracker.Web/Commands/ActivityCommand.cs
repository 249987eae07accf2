using System.CommandLine;
using Spectre.Console;
using SpendTracker.Activities;
using SpendTracker.Web.Activities;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Commands;

/// <summary><c>activity</c>: who did what.</summary>
internal static class ActivityCommand
{
    private const int MostShown = 100;

    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "The first day, like 2026-01-31." };
        var to = new Option<string?>("--to") { Description = "The last day." };
        var who = new Option<string?>("--who") { Description = "A person, a key by name or id, or the user of a command." };
        var kind = new Option<string?>("--kind") { Description = $"What it is about: {string.Join(", ", ActivityQuery.Kinds)}." };
        var subject = new Option<string?>("--subject") { Description = "Which one: its id." };
        var format = new Option<string?>("--format") { Description = "Write all that match as csv or ndjson, instead of a table of the newest 100. It is recorded." };
        format.AcceptOnlyFromAmong("csv", "ndjson");
        var demo = CommandLine.DemoOption();
        var command = new Command("activity", "Who did what, from where, and what it changed; the newest first.") { from, to, who, kind, subject, format, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var question = new ActivityQuestion(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(who), parsed.GetValue(kind), parsed.GetValue(subject)).WithoutEmpty();
            var check = new FieldCheck();
            var filter = question.Read(check, opened.Database.Settings.ReportingTimeZone);
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons.Select(reason => reason with { Field = $"--{reason.Field}" }));
            }

            var query = opened.Get<ActivityQuery>();
            if (parsed.GetValue(format) is { } file)
            {
                await opened.Get<ActivityLog>().ExportReadAsync("activity", file, question.Link(""), CommandLine.RecorderOf("activity", Environment.UserName), cancellationToken);
                await using var output = Console.OpenStandardOutput();
                await (file == "csv"
                    ? SheetFile.WriteCsvAsync(output, ActivityFile.SheetOf(query, filter, cancellationToken), cancellationToken)
                    : ActivityFile.WriteLinesAsync(output, query, filter, cancellationToken));
                return 0;
            }

            var table = new Table().AddColumns("When", "Who", "From", "What", "Which", "Changed");
            foreach (var entry in await query.ListAsync(filter, MostShown, cancellationToken))
            {
                table.AddRow(
                    Label.Of(entry.At, opened.Database.Settings.ReportingTimeZone), Markup.Escape(entry.Who), Markup.Escape(entry.From ?? ""), $"{entry.Kind} {entry.Did}",
                    Markup.Escape(entry.Subject), Markup.Escape(ActivityFile.Text(entry.Changes)));
            }

            CommandLine.Write(table);
            return 0;
        }, cancellationToken));
        return command;
    }
}
