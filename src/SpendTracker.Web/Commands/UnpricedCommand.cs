using System.CommandLine;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Rates;

namespace SpendTracker.Web.Commands;

/// <summary><c>unpriced</c>: what is in no amount, or in part, for want of a rate or an exchange rate.</summary>
internal static class UnpricedCommand
{
    public static Command Create() => MonthsCommand.Create(
        "unpriced", "List quantities without a rate, quantities that are priced incompletely, and amounts without an exchange rate, the largest first. Exit code 2 where there are any.", ofAllTime: true,
        (opened, asked, cancellationToken) => UnpricedResponse.ReadAsync(opened.Get<UnpricedQuery>(), asked.First, asked.Last, asked.KnownOn, cancellationToken),
        (_, answer) => Write(answer),
        answer => answer.Unpriced.Count + answer.Unconverted.Count + answer.Incomplete.Count == 0 ? 0 : 2);

    private static void Write(UnpricedResponse answer)
    {
        var table = new Table().AddColumns("SKU", "Meter", "Without a price", "Priced incompletely", "Reported as", "Used by");
        foreach (var (usage, isIncomplete) in answer.Unpriced.Select(usage => (usage, false)).Concat(answer.Incomplete.Select(usage => (usage, true))))
        {
            var meter = usage.AboveTokens > 0 ? FormattableString.Invariant($"{usage.Meter}, up to above {usage.AboveTokens:#,0}") : usage.Meter;
            var quantity = Quantity.Text(usage.Quantity, usage.Meter, usage.Sku);
            Add(table, usage.Sku, meter, isIncomplete ? "" : quantity, isIncomplete ? quantity : "", string.Join(", ", usage.ReportedSkus), usage.UsedBy);
        }

        foreach (var amount in answer.Unconverted)
        {
            Add(table, string.Join(", ", amount.Skus), "", Money.Text(amount.Amount, amount.Currency), amount.LastRate is { } day ? FormattableString.Invariant($"stale rate of {day:yyyy-MM-dd}") : "", "", amount.UsedBy);
        }

        if (table.Rows.Count > 0)
        {
            CommandLine.Write(table);
        }

        Console.WriteLine(table.Rows.Count == 0
            ? "Everything has a price."
            : FormattableString.Invariant($"{answer.Unpriced.Count:#,0} without a rate: publish one, or an alias. {answer.Incomplete.Count:#,0} priced incompletely. {answer.Unconverted.Count:#,0} currencies without an exchange rate."));
    }

    private static void Add(Table table, string sku, string meter, string quantity, string incomplete, string reported, IReadOnlyList<UseRow> uses)
    {
        var usedBy = uses.GroupBy(use => use.Workload).Select(workload => $"{workload.Key} in {string.Join(", ", workload.Select(use => use.Month).Distinct())}");
        table.AddRow([.. new[] { sku, meter, quantity, incomplete, reported, string.Join("; ", usedBy) }.Select(Markup.Escape)]);
    }
}
