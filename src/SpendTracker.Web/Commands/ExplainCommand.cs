using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Log;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>explain</c>: why a month's total is another than it was.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var month = new Argument<string>("month") { Description = "The billing period, like 2026-01." };
        var from = new Option<string?>("--from") { Description = "The total as known at the end of this day; the month's last if not given." };
        var to = new Option<string?>("--to") { Description = "Against the total as known at the end of this day; today if not given." };
        var workload = new Option<string?>("--workload") { Description = "Only what this one moved; all if not given." };
        var json = CommandLine.JsonOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("explain", "Explain what moved a month's total between two days.") { month, from, to, workload, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var days = opened.Get<KnownOn>();
            var check = new FieldCheck();
            if (ExplainSpan.Read(check, parsed.GetRequiredValue(month), parsed.GetValue(from), parsed.GetValue(to), days.Today) is not { } span)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var explanation = await opened.Get<ExplainQuery>().OfAsync(span.Month, span.From, span.To, parsed.GetValue(workload), cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(ExplainResponse.Of(explanation, parsed.GetValue(workload), opened.Database.Settings.ReportingCurrency), opened.Get<PersonNames>());
            }
            else
            {
                Write(explanation, opened.Database.Settings.ReportingCurrency, opened.Get<PersonNames>());
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Write(Explanation explanation, string currency, PersonNames names)
    {
        var table = new Table().AddColumns("What", "Workload", "SKU", "Meter", "Quantity", "Because of", "Amount");
        foreach (var move in explanation.Usage.Where(move => move.IsCharged))
        {
            Row(table, "usage", move.Workload, move.Sku, move.Meter, Number(move.Quantity), $"{move.Events} {(move.Events == 1 ? "event" : "events")}", LineAmount.Of(move, currency));
        }

        foreach (var move in explanation.Prices)
        {
            var causes = move.Causes.Select(cause => $"{cause.Kind} {(cause.Withdrawn ? "withdrawn" : "published")} {cause.At:u} by {Label.By(names, cause.By)}: {cause.Why}");
            Row(
                table, $"price {ExplainWords.Price(move, currency)}", move.Workload, move.Sku, move.Meter, Number(move.Quantity),
                string.Join('\n', causes), move.Amount == 0 ? "–" : Money.Text(move.Amount, currency));
        }

        foreach (var move in explanation.Bookings)
        {
            Row(table, "booking", "", "", "", "", $"used in {move.Origin}, booked in {move.Booked}", ExplainWords.Of(move, currency));
        }

        foreach (var correction in explanation.Corrections)
        {
            Row(table, "corrected", correction.Workload, "", "", "", $"event {correction.Event}, on {correction.RecordedOn:yyyy-MM-dd}", "in usage");
        }

        CommandLine.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{explanation.Month} at the end of {explanation.From:yyyy-MM-dd}: {Money.Text(explanation.Before, currency)}; moves {Money.Text(explanation.Explained, currency)}; at the end of {explanation.To:yyyy-MM-dd}: {Money.Text(explanation.After, currency)}."));
        Lacks(explanation.From, explanation.LackingBefore);
        Lacks(explanation.To, explanation.LackingAfter);
    }

    private static void Row(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static string Number(decimal quantity) => quantity.ToString("#,0.######", CultureInfo.InvariantCulture);

    private static void Lacks(DateOnly day, LackingTotal lacking)
    {
        if (!lacking.IsNothing)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"At the end of {day:yyyy-MM-dd}: {ExplainWords.Of(lacking)}."));
        }
    }
}
