using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Costs;
using SpendTracker.Web.Costs;

namespace SpendTracker.Web.Commands;

/// <summary><c>reported-costs</c>: what providers report beside what the rates give.</summary>
internal static class ReportedCostsCommand
{
    public static Command Create()
    {
        var from = CommandLine.FromOption("this month");
        var to = CommandLine.ToOption();
        var knownOn = CommandLine.KnownOnOption();
        var json = CommandLine.JsonOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("reported-costs", "Compare costs that providers report with what the rates give; the largest difference of a month first.") { from, to, knownOn, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var database = opened.Database;
            var check = new FieldCheck();
            var days = CommandLine.DaysOf(database);
            var (first, last) = MonthSpan.Read(check, parsed.GetValue(from), parsed.GetValue(to), BillingPeriod.Of(days.Today));
            var known = await days.ReadAsync(check, parsed.GetValue(knownOn), cancellationToken);
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var costs = await new ReportedCostQuery(database.DataSource).ListAsync(first, last, known, cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(costs);
            }
            else
            {
                Write(costs, database.Settings.ReportingCurrency);
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Write(IReadOnlyList<ReportedCost> costs, string currency)
    {
        var table = new Table().AddColumns("Month", "Workload", "SKU", "Reported", "Converted", "Computed", "Difference", "Events with a cost");
        foreach (var cost in costs)
        {
            string[] cells =
            [
                cost.Month, cost.Workload, cost.Sku, Money.Text(cost.Reported, cost.Currency), Optional(cost.Converted), Money.Text(cost.Computed, currency),
                Optional(cost.Difference), (100 * cost.Share).ToString("0.##", CultureInfo.InvariantCulture) + " %",
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        CommandLine.Write(table);

        string Optional(decimal? amount) => amount is { } known ? Money.Text(known, currency) : "no exchange rate";
    }
}
