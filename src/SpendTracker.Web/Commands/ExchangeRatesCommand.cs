using System.CommandLine;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Web.Import;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>exchange-rates import</c>: dated exchange rates from a CSV file.</summary>
internal static class ExchangeRatesCommand
{
    public static Command Create() => new("exchange-rates", "What currencies are worth.")
    {
        PublishCommand.Create("exchange-rates", ContractsJson.Default.ExchangeRatePublished), Import(),
    };

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "CSV: currency,date,rate and perhaps source, in units of the reporting currency for one; or the European Central Bank's eurofxref-hist.csv." };
        var from = new Option<string?>("--from") { Description = "No rates of earlier days, e.g. 2026-01-01." };
        var currency = new Option<string?>("--currency") { Description = "Only these, e.g. EUR,GBP; all if not given." };
        var yes = Confirmation.YesOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("import", "Show which exchange rates are new or changed, then publish them. Exit code 2 where rows are malformed, or a difference was not published.")
        {
            file, from, currency, yes, by, demo,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(async () =>
        {
            var check = new FieldCheck();
            var choice = new ExchangeRateChoice(ImportOptions.Day(check, "from", parsed.GetValue(from)), ImportOptions.Currencies(parsed.GetValue(currency)));
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail($"--from: {check.Reasons[0].Reason}");
            }

            var path = parsed.GetRequiredValue(file);
            var content = await ImportedFile.ReadAsync(path, cancellationToken);
            return await CommandLine.RunAsync(
                parsed.GetValue(demo), opened => RunAsync(opened, path, content, choice, parsed.GetValue(yes), CommandLine.RecorderOf("exchange-rates", parsed.GetValue(by)), cancellationToken), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(
        OpenedDatabase opened, string path, ReadOnlyMemory<byte> content, ExchangeRateChoice choice, bool yes, Recorder recorder, CancellationToken cancellationToken)
    {
        var currency = opened.Database.Settings.ReportingCurrency;
        using var stream = new MemoryStream(content.ToArray());
        var file = await ExchangeRateCsv.ReadAsync(stream, Path.GetFileName(path), opened.Database.Settings, choice, cancellationToken);
        var import = opened.Get<ExchangeRateImport>();
        var diff = await import.CompareAsync(file, cancellationToken);
        Write(diff);
        var whole = diff.Malformed.Count == 0 ? 0 : 2;
        if (diff.Publications.Count == 0)
        {
            Console.WriteLine("There is nothing to publish.");
            return whole;
        }

        await Confirmation.ShowEffectAsync(opened, [.. diff.Publications.SelectMany(publication => publication.Rates)], cancellationToken);
        var count = diff.New.Count + diff.Changed.Count;
        if (!Confirmation.Given(yes, Told($"{count:#,0} exchange rates to {currency}.")))
        {
            return 2;
        }

        var overtaken = await import.PublishAsync(diff, recorder, cancellationToken);
        Console.WriteLine(Told($"Published rates of {diff.Publications.Count - overtaken.Count:#,0} currencies."));
        return Confirmation.Overtaken(overtaken) ? 2 : whole;
    }

    private static void Write(ExchangeRateDiff diff)
    {
        foreach (var currency in diff.New.GroupBy(rate => rate.Currency))
        {
            var (first, last) = (currency.First(), currency.Last());
            Console.WriteLine(currency.Count() == 1
                ? Told($"new        {first.Currency} {first.Date:yyyy-MM-dd}: {first.After}")
                : Told($"new        {first.Currency} {first.Date:yyyy-MM-dd} to {last.Date:yyyy-MM-dd}: {currency.Count():#,0} rates, the last {last.After}"));
        }

        foreach (var (reason, count) in diff.Skipped)
        {
            Console.WriteLine(Told($"skipped    {count:#,0} rates: {reason}"));
        }

        foreach (var row in diff.Malformed)
        {
            Console.WriteLine(Told($"malformed  line {row.Line}: {(row.Field.Length > 0 ? $"{row.Field}: " : "")}{row.Reason}"));
        }

        foreach (var rate in diff.Changed.OrderBy(rate => rate.Large))
        {
            Console.WriteLine(Told($"{(rate.Large ? "CHANGED !!" : "changed   ")} {rate.Currency} {rate.Date:yyyy-MM-dd}: {rate.Before} -> {rate.After} ({rate.Percent:+0.##;-0.##} %)"));
        }

        Console.WriteLine(Told($"{diff.New.Count:#,0} rates new, {diff.Changed.Count:#,0} changed, {diff.Unchanged:#,0} unchanged; {diff.Malformed.Select(row => row.Line).Distinct().Count():#,0} rows malformed."));
    }

    private static string Told(FormattableString text) => FormattableString.Invariant(text);
}
