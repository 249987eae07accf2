using System.CommandLine;
using Spectre.Console;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Forecasts;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>costs</c>: what the API's costs answer, as a table, JSON or CSV.</summary>
internal static class CostsCommand
{
    public static Command Create()
    {
        var from = CommandLine.FromOption("this month");
        var to = CommandLine.ToOption();
        var by = new Option<string?>("--by") { Description = $"What to break them down by, with commas: {CostQuestion.Words(CostDimension.All)}; approach if not given." };
        var where = new Option<string[]>("--where") { Description = "Only costs that have this, like team=Support; given again, another value of the same is added, and another of something else narrows further.", DefaultValueFactory = _ => [] };
        var knownOn = CommandLine.KnownOnOption();
        var granularity = new Option<string?>("--granularity") { Description = "day: what each day cost, of at most three months, at the prices of now; month if not given." };
        var json = CommandLine.JsonOption();
        var csv = new Option<bool>("--csv") { Description = "Write CSV instead of a table, amounts in full." };
        var demo = CommandLine.DemoOption();
        var command = new Command("costs", "Actual, estimated, unpriced, incomplete and unconverted costs by month.") { from, to, by, where, knownOn, granularity, json, csv, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var days = opened.Get<KnownOn>();
            var check = new FieldCheck();
            check.That("--csv", !parsed.GetValue(csv) || !parsed.GetValue(json), "Goes without --json.");
            var byDay = CostDays.Read(check, parsed.GetValue(granularity));
            var asked = (parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(by), parsed.GetRequiredValue(where), parsed.GetValue(knownOn));
            if (await CostQuestion.ReadAsync(check, asked, days, cancellationToken) is not { } question)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var ofDays = byDay ? await CostDays.ReadAsync(check, question, opened.Get<DailyCostQuery>(), cancellationToken) : null;
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons);
            }

            await WriteAsync(opened, question, ofDays, parsed.GetValue(json), parsed.GetValue(csv), cancellationToken);
            return 0;
        }, cancellationToken));
        return command;
    }

    private static async Task WriteAsync(OpenedDatabase opened, CostQuestion question, DailySeriesAnswer? ofDays, bool json, bool csv, CancellationToken cancellationToken)
    {
        var database = opened.Database;
        var costs = await opened.Get<MonthlyCostQuery>().ByAsync(question.Filter, question.By, cancellationToken);
        var answer = CostsResponse.Of(question, costs, database.Settings);
        answer = ofDays is null ? answer : answer with { Days = CostDayRow.Of(ofDays) };
        if (csv)
        {
            string[] query =
            [
                $"from={question.Filter.From}", $"to={question.Filter.To}", $"by={string.Join(',', question.Names)}",
                .. Conditions.Texts(question.Filter.Where).Select(condition => $"where={condition}"), .. ofDays is null ? [] : (string[])["granularity=day"],
            ];
            await opened.Get<ActivityLog>().ExportReadAsync("costs", "csv", string.Join('&', query), CommandLine.RecorderOf("costs", Environment.UserName), cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await SheetFile.WriteCsvAsync(output, CostSheet.Of(answer), cancellationToken);
        }
        else if (json)
        {
            CommandLine.WriteJson(answer);
        }
        else if (answer.Days is { } days)
        {
            Write(question, days, database.Settings.ReportingCurrency);
        }
        else
        {
            Write(question, costs, database.Settings.ReportingCurrency);
        }
    }

    private static void Write(CostQuestion question, IReadOnlyList<CostDayRow> days, string currency)
    {
        var table = new Table().AddColumns(["Day", .. question.Names, "Actual"]);
        foreach (var row in days)
        {
            table.AddRow([KnownOn.Text(row.Day), .. question.Names.Select(name => Markup.Escape(row.Keys[name])), Money.Text(row.Actual, currency)]);
        }

        CommandLine.Write(table);
        Console.WriteLine($"In {currency}, by day of use, at the prices of now.");
    }

    private static void Write(CostQuestion question, IReadOnlyList<MonthlyCost> costs, string currency)
    {
        string[] keys = [.. question.Names.Where(name => name != "month")];
        var table = new Table().AddColumns(["Month", .. keys, "Actual", "At list prices", "Of which corrections", "Estimated", "To date", "Variance", "Unpriced", "Incomplete", "Unconverted"]);
        void Add(string month, IEnumerable<string> values, MonthlyCost cost) => table.AddRow(
        [
            month, .. values.Select(Markup.Escape), .. new[] { cost.Actual, cost.Listed, cost.Corrections, cost.Estimated, cost.EstimatedToDate, cost.Variance }.Select(amount => Money.Text(amount, currency)),
            Quantity.Short(cost.Unpriced), Quantity.Short(cost.Incomplete), Money.InEach(cost.Unconverted),
        ]);
        foreach (var cost in costs)
        {
            Add(cost.Month, keys.Select(key => cost.Keys[key]), cost);
        }

        Add("Total", keys.Select(_ => ""), MonthlyCostQuery.Total("", costs));
        CommandLine.Write(table);
        Console.WriteLine($"In {currency}{(question.Filter.KnownOn is { } day ? $", as known on {KnownOn.Text(day)}" : "")}.");
    }
}
