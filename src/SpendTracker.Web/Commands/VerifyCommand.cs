using System.CommandLine;
using SpendTracker.Log;

namespace SpendTracker.Web.Commands;

/// <summary><c>verify</c>: proves that the read models are what the events say.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var demo = CommandLine.DemoOption();
        var command = new Command("verify", "Replay all events beside the read models and compare every row. Exit code 2 where they differ.") { demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var rebuild = opened.Get<ProjectionRebuild>();
            List<RowDifference> differences = [];
            await RebuildCommand.ForEachAsync(opened, async (projection, progress) =>
                differences.AddRange(await rebuild.VerifyAsync(projection, progress, cancellationToken)));
            foreach (var difference in differences)
            {
                Console.WriteLine($"Only {difference.Side}, in {difference.Table}: {difference.Row}");
            }

            Console.WriteLine(differences.Count == 0 ? "Every row is what the events say." : "The read models differ from the events; 'rebuild' replaces them.");
            return differences.Count == 0 ? 0 : 2;
        }, cancellationToken));
        return command;
    }
}
