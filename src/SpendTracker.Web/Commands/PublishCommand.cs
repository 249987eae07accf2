using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Rates;
using SpendTracker.Web.Pages;
using Recorder = SpendTracker.Events.Recorder;

namespace SpendTracker.Web.Commands;

/// <summary><c>publish</c> and <c>withdraw</c>, of each noun of the price book: first what it would change, then the change.</summary>
internal static class PublishCommand
{
    /// <param name="noun">As in the API's address.</param>
    public static Command Create<T>(string noun, JsonTypeInfo<T> json)
        where T : class, IEvent
    {
        var file = new Argument<string>("file") { Description = $"JSON as POST /api/v1/{noun} takes it; - for the standard input." };
        var yes = Confirmation.YesOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("publish", "Show what it would change in costs so far, then publish it. Nothing is overwritten. Exit code 2 where it was not published.") { file, yes, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.WithObjectAsync(parsed.GetRequiredValue(file), json, change => CommandLine.RunAsync(
            parsed.GetValue(demo), opened => ChangeAsync(
                opened, change, parsed.GetValue(yes), CommandLine.RecorderOf(noun, parsed.GetValue(by)), cancellationToken), cancellationToken), cancellationToken));
        return command;
    }

    public static Command Withdraw()
    {
        var publication = new Argument<Guid>("publication") { Description = "Its id, from rates list; of a rate, discount, alias or exchange rate." };
        var reason = CommandLine.ReasonOption();
        var yes = Confirmation.YesOption("Withdraw without asking.");
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("withdraw", "Show what costs so far would be without a publication, then withdraw it: what held before holds again. Exit code 2 where it was not withdrawn.")
        {
            publication, reason, yes, by, demo,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), opened => ChangeAsync(
            opened, new PublicationWithdrawn(parsed.GetRequiredValue(publication), parsed.GetRequiredValue(reason)), parsed.GetValue(yes),
            CommandLine.RecorderOf("rates", parsed.GetValue(by)), cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> ChangeAsync(OpenedDatabase opened, IEvent given, bool yes, Recorder recorder, CancellationToken cancellationToken)
    {
        var currency = opened.Database.Settings.ReportingCurrency;
        var change = PriceBookRules.AsPublished(given);
        if (PriceBookRules.Check(change, currency) is { Count: > 0 } reasons)
        {
            return CommandLine.Fail(reasons);
        }

        var book = opened.Get<PriceBook>();
        if (await book.RefusalAsync(change, cancellationToken) is { } refusal)
        {
            return CommandLine.Fail(refusal);
        }

        foreach (var (field, reason) in PriceBookRules.Rounded(given, change))
        {
            Console.WriteLine($"rounded    {field}: {reason}");
        }

        Write(await opened.Get<RatePreview>().OfAsync([change], cancellationToken), currency);
        var withdrawn = change is PublicationWithdrawn;
        if (!(withdrawn ? Confirmation.Given(yes, "Costs change at once.", "withdraw", "withdraws", "withdrawn") : Confirmation.Given(yes, "Costs change at once.")))
        {
            return 2;
        }

        if (await book.ChangeAsync(change, recorder, cancellationToken) is { } overtaken)
        {
            return CommandLine.Fail(overtaken);
        }

        Console.WriteLine(withdrawn ? "Withdrawn." : $"Published: {PriceBook.StreamOf(change)}.");
        return 0;
    }

    private static void Write(IReadOnlyList<RateChange> changes, string currency)
    {
        if (changes.Count == 0)
        {
            Console.WriteLine(Confirmation.NoEffect);
            return;
        }

        var table = new Table().AddColumns("Month", "Booked in", "Approach", "Workload", "Before", "After", "Difference", "Unpriced before", "after", "Incomplete before", "after", "Unconverted before", "after");
        foreach (var change in changes)
        {
            string[] cells =
            [
                change.Month, change.BooksIn, EnumName.Of(change.Approach), change.Workload, Money.Text(change.Before, currency), Money.Text(change.After, currency),
                Money.Change(change.Difference, currency), Number(change.UnpricedBefore), Number(change.UnpricedAfter),
                Number(change.IncompleteBefore), Number(change.IncompleteAfter), Money.InEach(change.UnconvertedBefore), Money.InEach(change.UnconvertedAfter),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        CommandLine.Write(table);
        Console.WriteLine($"Costs so far: {Money.Text(changes.Sum(change => change.Before), currency)} -> {Money.Text(changes.Sum(change => change.After), currency)}.");
    }

    private static string Number(decimal quantity) => FormattableString.Invariant($"{quantity:#,0.######}");
}
