using System.CommandLine;
using Spectre.Console;
using SpendTracker.Activities;
using SpendTracker.Log;

namespace SpendTracker.Web.Commands;

/// <summary><c>rebuild</c>: read models anew from the events, swapped in when they are ready.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("rebuild", "Replay all events into new read models and swap them in. Hosts may go on running.") { by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var rebuild = opened.Get<ProjectionRebuild>();
            await ForEachAsync(opened, (projection, progress) => rebuild.RebuildAsync(projection, progress, cancellationToken));
            await opened.Get<ActivityLog>().RebuiltAsync(
                [.. opened.Database.ReadModels().Select(projection => projection.Name)], CommandLine.RecorderOf("rebuild", parsed.GetValue(by)), cancellationToken);
            Console.WriteLine("Rebuilt.");
            return 0;
        }, cancellationToken));
        return command;
    }

    /// <summary>One progress bar a projection.</summary>
    public static Task ForEachAsync(OpenedDatabase opened, Func<Projection, Action<long, long>, Task> run) => AnsiConsole.Progress().StartAsync(async context =>
    {
        foreach (var projection in opened.Database.ReadModels())
        {
            var bar = context.AddTask(projection.Name);
            await run(projection, (position, mark) =>
            {
                bar.MaxValue = Math.Max(mark, 1);
                bar.Value = position;
            });
            bar.Value = bar.MaxValue;
        }
    });
}
