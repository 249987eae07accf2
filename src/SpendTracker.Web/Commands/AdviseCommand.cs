using System.CommandLine;
using Spectre.Console;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Web.Comparison;

namespace SpendTracker.Web.Commands;

/// <summary><c>advise</c>: which approach a workload should take, and why.</summary>
internal static class AdviseCommand
{
    public static Command Create()
    {
        var workload = new Argument<string>("workload") { Description = "The workload." };
        var needs = new Option<string?>("--needs") { Description = "What the team needs, with commas: speed, limited-resources, flexibility, generality, specialised-domain, accuracy, consistency, training-resources, critical-parts." };
        var (json, demo) = (CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("advise",
            "Which approach a workload should take, with its reasons, what would change them, and the guides' steps.") { workload, needs, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var stated = AdviceEndpoints.NeedsOf(parsed.GetValue(needs));
            if (AdviceQuery.Check(stated) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons);
            }

            var advice = await opened.Get<AdviceQuery>().OfAsync(parsed.GetRequiredValue(workload), stated, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(AdviceResponse.Of(advice));
            }
            else
            {
                Write(advice);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Write(Advice advice)
    {
        Console.WriteLine($"Recommended for {advice.Workload}: {ComparedWords.Recommended(advice)}");
        var reasons = new Table().AddColumns("Criterion", "Speaks for", "Because");
        foreach (var reason in advice.Reasons)
        {
            reasons.AddRow(Markup.Escape(reason.Criterion), EnumName.Of(reason.Favours), Markup.Escape(reason.Text));
        }

        CommandLine.Write(reasons);
        Console.WriteLine(ComparedWords.BreakEven(advice.BreakEven));
        foreach (var change in advice.Changes)
        {
            Console.WriteLine($"Would change it: {change}");
        }

        foreach (var unknown in advice.NotKnown)
        {
            Console.WriteLine($"Not known: {unknown}");
        }

        var steps = new Table().AddColumns("Approach", "Group", "Step", "Done", "Because");
        foreach (var step in advice.Steps)
        {
            steps.AddRow(EnumName.Of(step.Approach), Markup.Escape(step.Group), Markup.Escape(step.Step), ComparedWords.Done(step),
                Markup.Escape(step.Evidence));
        }

        CommandLine.Write(steps);
    }
}
