using System.CommandLine;
using Spectre.Console;
using SpendTracker.Activities;
using SpendTracker.Log;

namespace SpendTracker.Web.Commands;

/// <summary><c>set-aside</c>: what the read models could not take, and trying it again.</summary>
internal static class SetAsideCommand
{
    public static Command Create() => new("set-aside", "Events that a read model could not take.") { List(), Retry() };

    private static Command List()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("list", $"List them, the latest {SetAsideEvents.MostListed}. Exit code 2 where there are any.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var setAside = opened.Get<SetAsideEvents>();
            var table = new Table().AddColumns("seq_id", "Projection", "Type", "Stream", "Set aside", "Tried", "Reason");
            var page = await setAside.ListAsync(SetAsideEvents.MostListed, null, cancellationToken);
            foreach (var e in page.Items)
            {
                table.AddRow(
                    $"{e.SeqId}", e.Projection, Markup.Escape(e.Type ?? "–"), Markup.Escape($"{e.Stream} {e.Version}"), e.SetAsideAt.ToString("u"),
                    $"{e.Attempts}", Markup.Escape(e.Reason));
            }

            if (page.Total > 0)
            {
                CommandLine.Write(table);
            }

            Console.WriteLine(page.Total == 0 ? "Nothing is set aside." : $"{page.Total} set aside.");
            return page.Total == 0 ? 0 : 2;
        }, cancellationToken));
        return command;
    }

    private static Command Retry()
    {
        var projection = new Option<string?>("--projection") { Description = "Only this one's; all if not given." };
        var seqId = new Option<long?>("--seq-id") { Description = "Only this event; all if not given." };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("retry", "Try them again, after an upgrade for instance. Exit code 2 where some cannot be applied still.") { projection, seqId, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var result = await opened.Get<SetAsideEvents>().RetryAsync(parsed.GetValue(projection), parsed.GetValue(seqId), int.MaxValue, cancellationToken);
            await opened.Get<ActivityLog>().RetriedAsync(
                result, parsed.GetValue(projection), parsed.GetValue(seqId), CommandLine.RecorderOf("set-aside", parsed.GetValue(by)), cancellationToken);
            Console.WriteLine($"{result.Applied} of {result.Tried} applied; {result.Left} set aside.");
            return result.Applied == result.Tried ? 0 : 2;
        }, cancellationToken));
        return command;
    }
}
