using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Web.Comparison;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>compare</c>: what the API's comparisons answer, as tables or JSON.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var (from, to, where, knownOn, json, demo) = Common();
        var months = new Option<string?>("--amortisation-months") { Description = $"Over how many months what is paid once is written off; {Amortisation.DefaultMonths} if not given." };
        var quality = new Option<string?>("--quality") { Description = "The metric of the frontier; accuracy if it was measured, otherwise success." };
        var command = new Command("compare", "Compare approaches and variants: cost, quality, and whether a difference could be chance.")
        {
            from, to, where, months, quality, knownOn, json, demo, Hosting(), Models(), WhatIf(),
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            var asked = (parsed.GetValue(from), parsed.GetValue(to), (IReadOnlyList<string>)parsed.GetRequiredValue(where), parsed.GetValue(knownOn),
                parsed.GetValue(months), parsed.GetValue(quality));
            if (await CompareQuestion.ReadAsync(check, asked, opened.Get<KnownOn>(), cancellationToken) is not { } filter)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var figures = await opened.Get<ComparisonQuery>().OfAsync(filter, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(CompareResponse.Of(filter, figures, opened.Database.Settings));
            }
            else
            {
                Write(figures, opened.Database.Settings.ReportingCurrency);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Hosting()
    {
        var (from, to, where, knownOn, json, demo) = Common();
        var night = new Option<string?>("--night") { Description = $"The hours of the night; {HostingArithmetic.DefaultNightFrom}-{HostingArithmetic.DefaultNightTo} if not given." };
        var command = new Command("hosting", "Busy and idle hours of hosting, and what stopping at night would save.") { from, to, where, night, knownOn,
            json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            var hours = CompareQuestion.Night(check, parsed.GetValue(night));
            var asked = (parsed.GetValue(from), parsed.GetValue(to), (IReadOnlyList<string>)parsed.GetRequiredValue(where), parsed.GetValue(knownOn));
            if (await CompareQuestion.SpanAsync(check, asked, opened.Get<KnownOn>(), cancellationToken) is not { } span)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var rows = await opened.Get<HostingQuery>().ListAsync(span, hours.From, hours.To, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(HostingResponse.Of(span, rows, opened.Database.Settings));
            }
            else
            {
                WriteHosting(rows, opened.Database.Settings.ReportingCurrency);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Models()
    {
        var workload = new Argument<string>("workload") { Description = "The workload that the model is for." };
        var (json, demo) = (CommandLine.JsonOption(), CommandLine.DemoOption());
        var command = new Command("models", "What each version of a fine-tuned model cost in all, with its training runs.") { workload, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var currency = opened.Database.Settings.ReportingCurrency;
            var response = new ModelsResponse(parsed.GetRequiredValue(workload), currency,
                await opened.Get<ModelQuery>().ListAsync(parsed.GetRequiredValue(workload), cancellationToken));
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(response);
            }
            else
            {
                WriteModels(response);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command WhatIf()
    {
        var file = new Argument<string>("file") { Description = "JSON with what had been different, as the API takes it; - for the standard input." };
        var demo = CommandLine.DemoOption();
        var command = new Command("counterfactual",
            "Price a month's tokens as if they had been served elsewhere. Writes what the API answers; records nothing.") { file, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.WithObjectAsync(
            parsed.GetRequiredValue(file), ContractsJson.Default.CounterfactualRequest, sent => Counterfactual.AsAsked(sent) is var asked && Counterfactual.Check(asked) is { Count: > 0 } reasons
                ? Task.FromResult(CommandLine.Fail(reasons))
                : CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
                {
                    if (await opened.Get<CounterfactualQuery>().OfAsync(asked, cancellationToken) is not { } figures)
                    {
                        return CommandLine.Fail([Counterfactual.NeverUsed]);
                    }

                    CommandLine.WriteJson(new CounterfactualResponse(asked, opened.Database.Settings.ReportingCurrency, figures));
                    return 0;
                }, cancellationToken), cancellationToken));
        return command;
    }

    private static (Option<string?> From, Option<string?> To, Option<string[]> Where, Option<string?> KnownOn, Option<bool> Json,
        Option<bool> Demo) Common() => (
        CommandLine.FromOption("this month"), CommandLine.ToOption(),
        new Option<string[]>("--where")
        {
            Description = "Only what has this, like workload=chat; given again, another value of the same is added, and another of something else narrows further.", DefaultValueFactory = _ => [],
        },
        CommandLine.KnownOnOption(), CommandLine.JsonOption(), CommandLine.DemoOption());

    private static void Write(ComparisonFigures figures, string currency)
    {
        var table = new Table().AddColumns("Workload", "What", "Requests", "Running", "One-off", "Per 1,000 requests", "Per success", "Success", "Quality",
            "Not in the amounts");
        foreach (var row in figures.Approaches.Concat(figures.Variants).Append(figures.Total))
        {
            table.AddRow(((string[])
            [
                row.Workload ?? "", row.Name, Number(row.Requests), Money.Text(row.Running, currency), Money.Text(row.OneOff, currency),
                    ComparedWords.Amount(row.Per1000, currency),
                ComparedWords.Interval(row.PerSuccess, currency), ComparedWords.Share(row.Success),
                    string.Join(", ", row.Quality.Select(ComparedWords.Quality)), ComparedWords.Lacking(row),
            ]).Select(Markup.Escape).ToArray());
        }

        CommandLine.Write(table);
        foreach (var difference in figures.Differences)
        {
            Console.WriteLine(ComparedWords.Difference(difference));
        }

        foreach (var point in figures.Frontier)
        {
            Console.WriteLine(ComparedWords.Frontier(point, figures.QualityMetric));
        }

        foreach (var unknown in figures.NotKnown)
        {
            Console.WriteLine($"Not known: {unknown}");
        }

        Console.WriteLine($"In {currency}, by the month of use; what is paid once is written off over {figures.AmortisationMonths} months.");
    }

    private static void WriteHosting(IReadOnlyList<HostedRow> rows, string currency)
    {
        var table = new Table().AddColumns("Workload", "SKU", "Variant", "Hours", "Busy", "To keep available", "To run", "Idle", "Stopped at night saves",
            "Half of it saves", "Unpriced hours");
        foreach (var row in rows)
        {
            var hosted = row.Figures;
            table.AddRow(((string[])
            [
                row.Workload ?? "Total", row.Sku ?? "", row.Variant ?? "", Number(hosted.Hours), ComparedWords.Percent(hosted.BusyShare),
                    Money.Text(hosted.Available, currency),
                ComparedWords.Amount(hosted.Used, currency), ComparedWords.Amount(hosted.Idle, currency), Money.Text(hosted.Night.Saves, currency),
                    ComparedWords.Amount(hosted.HalfSaves, currency), Number(hosted.Unpriced),
            ]).Select(Markup.Escape).ToArray());
        }

        CommandLine.Write(table);
    }

    private static void WriteModels(ModelsResponse models)
    {
        var table = new Table().AddColumns("Version", "From", "Requests", "Datasets", "Training", "Evaluation", "Labour", "Hosting", "Inference", "Other",
            "In all", "Per 1,000", "Runs", "Not in the amounts");
        foreach (var version in models.Versions)
        {
            decimal[] amounts = [version.Datasets, version.Training, version.Evaluation, version.Labour, version.Hosting, version.Inference, version.Other,
                version.Total];
            table.AddRow(((string[])
            [
                version.Version is null ? "(not in use yet)" : version.Version.Length == 0 ? "(no variant)" : version.Version, version.FirstDay is { } day
                    ? KnownOn.Text(day) : "", Number(version.Requests),
                .. amounts.Select(amount => Money.Text(amount, models.Currency)), ComparedWords.Amount(version.Per1000, models.Currency),
                string.Join("; ", version.Runs.Select(run => ComparedWords.Run(run, models.Currency))), ComparedWords.Lacking(version.Unpriced,
                    version.Unconverted, version.Incomplete),
            ]).Select(Markup.Escape).ToArray());
        }

        CommandLine.Write(table);
    }

    private static string Number(decimal quantity) => quantity.ToString("#,0.##", CultureInfo.InvariantCulture);
}
