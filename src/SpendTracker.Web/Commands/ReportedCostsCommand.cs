using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Commands;

/// <summary><c>reported-costs</c>: what providers report beside what the rates give.</summary>
internal static class ReportedCostsCommand
{
    public static Command Create() => MonthsCommand.Create(
        "reported-costs", "Compare costs that providers report with what the rates give; the largest difference of a month first.", ofAllTime: false,
        (opened, asked, cancellationToken) => opened.Get<ReportedCostQuery>().ListAsync(asked.First!.Value, asked.Last!.Value, asked.KnownOn, cancellationToken),
        (opened, costs) => Write(costs, opened.Database.Settings.ReportingCurrency),
        _ => 0);

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
