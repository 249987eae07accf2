using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Estimates;
using SpendTracker.Plans;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Plans;

namespace SpendTracker.Web.Commands;

/// <summary><c>plan</c>: what approaches would cost, recorded plans, and what became of their assumptions.</summary>
internal static class PlanCommand
{
    public static Command Create() => new("plan", "What approaches would cost, by month.")
    {
        Preview(), FromActuals(), Submit(), List(), Show(), Estimate(), Retire(),
    };

    private static Argument<string> FileArgument() => new("file") { Description = "JSON of the assumptions, as POST /api/v1/plans/preview takes it; - for the standard input." };

    private static Argument<string> PlanArgument() => new("plan") { Description = "The plan's id." };

    private static Command Preview()
    {
        var (file, json, demo) = (FileArgument(), CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("preview", "Work a plan out; nothing is recorded.") { file, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.WithObjectAsync(
            parsed.GetRequiredValue(file), ContractsJson.Default.PlanRequest, plan => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            {
                var (reasons, figures, currency, day) = await opened.Get<PlanBook>().WorkOutAsync(PlanRules.AsPlanned(plan), cancellationToken);
                return figures is null ? CommandLine.Fail(reasons) : Answer(parsed.GetValue(json), new PlanResponse(currency, day, figures), answer => Write(answer.Figures, answer.Currency));
            }, cancellationToken), cancellationToken));
        return command;
    }

    private static Command FromActuals()
    {
        var workload = new Argument<string>("workload") { Description = "Whose usage is gone on with." };
        var months = new Option<int>("--months") { Description = $"How many full months, 1 to {ActualPlanQuery.MostMonths}.", DefaultValueFactory = _ => 3 };
        var demo = CommandLine.DemoOption();
        var command = new Command("from-actuals", "Write a plan as JSON, filled from a workload's last full months, to be changed and previewed. Where each figure is from goes to the error output.") { workload, months, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            if (parsed.GetValue(months) is < 1 or > ActualPlanQuery.MostMonths)
            {
                return CommandLine.Fail($"--months: Must be 1 to {ActualPlanQuery.MostMonths}.");
            }

            if (await opened.Get<ActualPlanQuery>().ReadAsync(parsed.GetRequiredValue(workload), parsed.GetValue(months), cancellationToken) is not { } actual)
            {
                return CommandLine.Fail($"The workload has no full month of requests among the last {parsed.GetValue(months)}.");
            }

            CommandLine.WriteJson(actual.Plan);
            foreach (var line in actual.Sources.Select(source => $"{source.Field}: {source.From}").Concat(actual.Unknown.Select(unknown => $"not known: {unknown.What}: {unknown.Because}")))
            {
                await Console.Error.WriteLineAsync(line);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Submit()
    {
        var (plan, file, json, by, demo) = (PlanArgument(), FileArgument(), CommandLine.JsonOption(), CommandLine.ByOption(), CommandLine.DemoOption());
        var workload = new Option<string?>("--watch") { Description = "The workload that the plan is compared with as time passes." };
        var option = new Option<string?>("--option") { Description = "The option that this workload runs; goes with --watch." };
        var channels = new Option<string[]>("--channel") { Description = "A channel that is told when an assumption leaves its range; may be given several times." };
        var note = new Option<string?>("--note") { Description = "Anything a reader should know." };
        var command = new Command("submit", "Record a plan: its assumptions, and what they come to now. Another one under the same id is a new version.") { plan, file, workload, option, channels, note, json, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.WithObjectAsync(
            parsed.GetRequiredValue(file), ContractsJson.Default.PlanRequest, assumptions => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            {
                if (parsed.GetValue(workload) is null != parsed.GetValue(option) is null)
                {
                    return CommandLine.Fail("--option: Goes with --watch.");
                }

                var watch = parsed.GetValue(workload) is { } watched ? new PlanWatch(watched, parsed.GetValue(option)!, parsed.GetValue(channels)) : null;
                var done = await opened.Get<PlanBook>().SubmitAsync(
                    parsed.GetRequiredValue(plan), new PlanSubmission(assumptions, watch, parsed.GetValue(note)), null, CommandLine.RecorderOf("plan", parsed.GetValue(by)), cancellationToken);
                return done.Submitted is not { } submitted
                    ? CommandLine.Fail(done.Reasons)
                    : Answer(parsed.GetValue(json), new PlanSubmitResponse(submitted.Plan, done.Version, new PlanResponse(submitted.Currency, submitted.PricesOn, submitted.Figures)), answer =>
                    {
                        Write(answer.Result.Figures, answer.Result.Currency);
                        Console.WriteLine(FormattableString.Invariant($"Recorded as version {answer.Version} of {answer.Plan}."));
                    });
            }, cancellationToken), cancellationToken));
        return command;
    }

    private static Command List()
    {
        var (json, demo) = (CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("list", "List the recorded plans that are followed.") { json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened => Answer(
            parsed.GetValue(json), (await opened.Get<PlanBook>().ListAsync(cancellationToken)).Select(PlanListResponse.Of).ToArray(), plans =>
            {
                var table = new Table().AddColumns("Plan", "Version", "Name", "From", "Months", "Effective cost by option", "Watches", "Alerts");
                foreach (var plan in plans)
                {
                    table.AddRow([.. new[]
                    {
                        plan.Plan, plan.Version.ToString(CultureInfo.InvariantCulture), plan.Name, plan.From, plan.Months.ToString(CultureInfo.InvariantCulture),
                        string.Join("; ", plan.Options.Select(option => $"{option.Name} {Money.Text(option.Effective.Expected, plan.Currency)}{(option.Unpriced.Count > 0 ? " incomplete" : "")}")),
                        plan.Watch is { } watch ? $"{watch.Workload}, {watch.Option}" : "", plan.OpenAlerts.ToString(CultureInfo.InvariantCulture),
                    }.Select(Markup.Escape)]);
                }

                CommandLine.Write(table);
            }), cancellationToken));
        return command;
    }

    private static Command Show()
    {
        var (plan, json, demo) = (PlanArgument(), CommandLine.JsonOption(), CommandLine.DemoOption());
        var version = new Option<int?>("--version-of-plan") { Description = "An earlier version; the last if not given." };
        var command = new Command("show", "Show a recorded plan as it was frozen, and where its assumptions stand now.") { plan, version, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var versions = await opened.Get<PlanBook>().HistoryAsync(parsed.GetRequiredValue(plan), cancellationToken);
            if (versions.FirstOrDefault(v => parsed.GetValue(version) is not { } wanted || v.Version == wanted) is not { } shown)
            {
                return CommandLine.Fail("There is no such plan, or no such version of it.");
            }

            var readings = shown == versions[0] && shown.Retired is null ? await opened.Get<PlanWatching>().ReadAsync(shown.Submitted, cancellationToken) : [];
            return Answer(parsed.GetValue(json), new PlanShown(shown, readings), answer =>
            {
                Write(answer.Version.Submitted.Figures, answer.Version.Submitted.Currency);
                Console.WriteLine(FormattableString.Invariant($"Version {shown.Version}, submitted by {shown.SubmittedBy} at {shown.SubmittedAt:u}, at the prices of {shown.Submitted.PricesOn:yyyy-MM-dd}{(shown.Retired is null ? "" : "; retired")}."));
                foreach (var reading in readings)
                {
                    Console.WriteLine($"{(reading.IsOutside switch { true => "outside  ", false => "within   ", _ => "not known" })}  {PlanWords.Watched(reading.On, reading.Assumption)}: {(reading.Observed is { } observed ? PlanWords.Value(observed, reading.Unit) : reading.Unknown)}, planned {PlanWords.Range(reading.On, reading.Low, reading.High, reading.Unit)}");
                }
            });
        }, cancellationToken));
        return command;
    }

    private static Command Estimate()
    {
        var (plan, json, by, demo) = (PlanArgument(), CommandLine.JsonOption(), CommandLine.ByOption(), CommandLine.DemoOption());
        var option = new Option<string>("--option") { Required = true, Description = "The option that is done." };
        var workload = new Option<string?>("--workload") { Description = "Whose estimate it is; the workload that the plan watches if not given." };
        var command = new Command("estimate", "Record what an option pays in each month as a workload's estimate.") { plan, option, workload, json, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            if (await opened.Get<PlanBook>().HistoryAsync(parsed.GetRequiredValue(plan), cancellationToken) is not [{ Retired: null } newest, ..])
            {
                return CommandLine.Fail("There is no such plan, or it is retired.");
            }

            if ((parsed.GetValue(workload) ?? newest.Submitted.Watch?.Workload) is not { } of)
            {
                return CommandLine.Fail("--workload: Needed, since the plan watches no workload.");
            }

            var (reasons, estimates) = PlanEstimates.Of(newest, parsed.GetRequiredValue(option), of, opened.Database.Settings.ReportingCurrency);
            if (reasons.Count > 0)
            {
                return CommandLine.Fail(reasons);
            }

            var ids = await opened.Get<EstimateBook>().SubmitAllAsync(estimates, CommandLine.RecorderOf("plan", parsed.GetValue(by)), cancellationToken);
            return Answer(parsed.GetValue(json), new PlanEstimateResponse(newest.Submitted.Plan, newest.Version, parsed.GetRequiredValue(option), estimates, ids), answer =>
                Console.WriteLine(FormattableString.Invariant($"{answer.Estimates.Count} estimates of {of} were recorded, {answer.Estimates[0].From} to {answer.Estimates[^1].To}.")));
        }, cancellationToken));
        return command;
    }

    private static Command Retire()
    {
        var (plan, reason, by, demo) = (PlanArgument(), CommandLine.ReasonOption(), CommandLine.ByOption(), CommandLine.DemoOption());
        var command = new Command("retire", "Follow a plan no longer; its versions are kept.") { plan, reason, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
            await opened.Get<PlanBook>().RetireAsync(parsed.GetRequiredValue(plan), parsed.GetRequiredValue(reason), CommandLine.RecorderOf("plan", parsed.GetValue(by)), cancellationToken) is { Count: > 0 } reasons
                ? CommandLine.Fail(reasons)
                : 0, cancellationToken));
        return command;
    }

    private static int Answer<T>(bool json, T answer, Action<T> write)
    {
        if (json)
        {
            CommandLine.WriteJson(answer);
        }
        else
        {
            write(answer);
        }

        return 0;
    }

    private static void Write(PlanFigures figures, string currency)
    {
        var table = new Table().AddColumns("Option", "Paid in all", "Effective cost", "1,000 requests", "Without a price");
        foreach (var option in figures.Options)
        {
            table.AddRow([.. new[]
            {
                option.Name, PlanWords.Range(option.Cash, currency), PlanWords.Range(option.Effective, currency), option.Per1000Requests is { } per ? PlanWords.Range(per, currency) : "",
                string.Join("; ", option.Unpriced.Select(line => $"{line.Sku} {line.Meter}")),
            }.Select(Markup.Escape)]);
        }

        CommandLine.Write(table);
        foreach (var pair in figures.BreakEvens)
        {
            Console.WriteLine(PlanWords.Of(pair));
        }
    }

    /// <summary>A version of a recorded plan, and where what it watches stands now.</summary>
    private sealed record PlanShown(PlanVersion Version, IReadOnlyList<PlanReading> Readings);
}
