using System.CommandLine;
using Spectre.Console;
using SpendTracker.Anomalies;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>anomalies</c>: unusual days of workloads.</summary>
internal static class AnomaliesCommand
{
    public static Command Create()
    {
        var workload = new Option<string?>("--workload") { Description = "Only this one's; all if not given." };
        var all = new Option<bool>("--all") { Description = "Also those that somebody has acknowledged, and those that are none any more." };
        var demo = CommandLine.DemoOption();
        var command = new Command("anomalies", $"List unusual days of workloads, the latest {AnomalyBook.MostListed}. Exit code 2 where some are open.") { workload, all, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var anomalies = await opened.Get<AnomalyBook>().ListAsync(new AnomalyFilter(!parsed.GetValue(all), parsed.GetValue(workload)), cancellationToken);
            var table = new Table().AddColumns("Day", "Workload", "What", "Why", "State");
            foreach (var anomaly in anomalies)
            {
                var detected = anomaly.Detected;
                table.AddRow([.. new[]
                {
                    KnownOn.Text(detected.Day), AnomalyWords.Subject(detected), $"{AnomalyWords.Of(detected.Kind)}: {AnomalyWords.Of(detected)}", AnomalyWords.Mostly(detected),
                    AnomalyWords.Of(anomaly.State),
                }.Select(Markup.Escape)]);
            }

            if (table.Rows.Count > 0)
            {
                CommandLine.Write(table);
            }

            var open = anomalies.Count(anomaly => anomaly.State == AnomalyState.Open);
            Console.WriteLine(open == 0 ? "No unusual day is open." : $"{open} open.");
            return open == 0 ? 0 : 2;
        }, cancellationToken));
        return command;
    }
}
