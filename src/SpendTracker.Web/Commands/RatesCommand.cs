using System.CommandLine;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Web.Import;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary><c>rates</c>: the price book, and a price map into the price book, once its difference to the book was seen.</summary>
internal static class RatesCommand
{
    /// <summary>Instead of a file: the rates that ship with this version.</summary>
    private const string Starting = "starting";

    public static Command Create() => new("rates", "The price book.") { RateListCommand.Create(), PublishCommand.Create("rates", ContractsJson.Default.RatePublished), PublishCommand.Withdraw(), Import() };

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = $"A file in the format of LiteLLM's model_prices_and_context_window.json; or {Starting}, the list prices that ship with this version." };
        var from = new Option<string?>("--from") { Description = "The first day that the prices hold for, e.g. 2026-02-01; tomorrow if not given." };
        var provider = new Option<string?>("--provider") { Description = "Only these, as events name them, e.g. openai,anthropic; all if not given." };
        var free = new Option<bool>("--free") { Description = "Publish entries whose prices are all 0, as free. Otherwise they are named and left out: a list may not know their price." };
        var yes = Confirmation.YesOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("import", "Show what a price map would change in the price book, then publish it. Nothing is overwritten. Exit code 2 where entries are malformed, or a difference was not published.")
        {
            file, from, provider, free, yes, by, demo,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(async () =>
        {
            var check = new FieldCheck();
            var day = ImportOptions.Day(check, "from", parsed.GetValue(from));
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail($"--from: {check.Reasons[0].Reason}");
            }

            var providers = ImportOptions.List(parsed.GetValue(provider));
            var compare = parsed.GetRequiredValue(file) is var path and not Starting
                ? await MapComparisonAsync(path, providers, parsed.GetValue(free), cancellationToken)
                : (import, first) => import.CompareStartingAsync(first, providers, cancellationToken);
            return await CommandLine.RunAsync(parsed.GetValue(demo), opened => RunAsync(
                opened, compare, day, parsed.GetValue(yes), CommandLine.RecorderOf("rates", parsed.GetValue(by)), cancellationToken), cancellationToken);
        }));
        return command;
    }

    private static async Task<Func<RateImport, DateOnly, Task<RateDiff>>> MapComparisonAsync(string path, string[] providers, bool takesFree, CancellationToken cancellationToken)
    {
        var content = await ImportedFile.ReadAsync(path, cancellationToken);
        var map = MapOf(path, content.Span) with { TakesFree = takesFree };
        var source = RateImport.SourceOf(Path.GetFileName(path), content.Span);
        return (import, from) => import.CompareAsync(map, source, from, providers, cancellationToken);
    }

    private static PriceMap MapOf(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var map = PriceMap.Read(content);
            return map.Refusal is { } refusal ? throw new ImportException($"{path}: {refusal}") : map;
        }
        catch (JsonException fault)
        {
            throw new ImportException($"{path} is not JSON. {JsonReasons.Where(fault)}", fault);
        }
    }

    private static async Task<int> RunAsync(
        OpenedDatabase opened, Func<RateImport, DateOnly, Task<RateDiff>> compare, DateOnly? from, bool yes, Recorder recorder, CancellationToken cancellationToken)
    {
        var import = opened.Get<RateImport>();
        var diff = await compare(import, from ?? ImportOptions.Tomorrow(opened.Get<TimeProvider>(), opened.Database.Settings));
        Write(diff);
        var whole = diff.Malformed.Count == 0 ? 0 : 2;
        if (diff.Publications.Count == 0)
        {
            Console.WriteLine("There is nothing to publish.");
            return whole;
        }

        await Confirmation.ShowEffectAsync(opened, [.. diff.Publications.Select(publication => publication.Rate)], cancellationToken);
        if (!Confirmation.Given(yes, Told($"Rates of {diff.Skus:#,0} SKUs would hold from {DaysOf(diff)}.")))
        {
            return 2;
        }

        var overtaken = await import.PublishAsync(diff, recorder, cancellationToken);
        Console.WriteLine(Told($"Published rates of {diff.Skus - overtaken.Count:#,0} SKUs from {DaysOf(diff)}."));
        return Confirmation.Overtaken(overtaken) ? 2 : whole;
    }

    private static string DaysOf(RateDiff diff) =>
        Told($"{diff.From:yyyy-MM-dd}{(diff.Publications.All(publication => publication.Rate.EffectiveFrom == diff.From) ? "" : ", or from their own days")}");

    /// <summary>What matters most comes last, where the reader is asked.</summary>
    private static void Write(RateDiff diff)
    {
        foreach (var sku in diff.New.GroupBy(price => price.Sku))
        {
            Console.WriteLine($"new        {sku.Key}: {string.Join(", ", sku.Select(price => $"{MeterOf(price)} {Priced(price.After, price)}"))}{Incomplete(sku)}");
        }

        foreach (var dated in diff.Publications.Select(publication => publication.Rate).Where(rate => rate.EffectiveFrom != diff.From))
        {
            Console.WriteLine(Told($"dated      {dated.Sku}: from {dated.EffectiveFrom:yyyy-MM-dd}{(dated.EffectiveTo is { } last ? Told($" to {last:yyyy-MM-dd}") : "")}, by {dated.Source}"));
        }

        foreach (var (reason, count) in diff.NotPriced)
        {
            Console.WriteLine(Told($"not priced {count:#,0} entries: {reason}"));
        }

        foreach (var entry in diff.LeftOut.GroupBy(price => price.Model))
        {
            Console.WriteLine($"left out   {Shown(entry.Key)}: {string.Join(", ", entry.Select(price => Shown(price.Member)))}");
        }

        foreach (var entry in diff.UnknownOrFree)
        {
            Console.WriteLine($"zero       {Shown(entry.Model)}: unknown or free{(diff.Publications.Any(publication => publication.Rate.Sku == entry.Sku) ? "; published as free" : "")}");
        }

        foreach (var shared in diff.Shared)
        {
            Console.WriteLine($"one SKU    {Shown(shared.Sku)}: {string.Join(", ", shared.Models.Select(Shown))}; {(shared.Taken is { } taken ? $"the prices of {Shown(taken)} are taken" : "they disagree, so none is taken")}");
        }

        foreach (var price in diff.Rounded)
        {
            Console.WriteLine($"rounded    {Shown(price.Model)}: {price.Field}: {price.Reason}");
        }

        foreach (var entry in diff.Malformed)
        {
            Console.WriteLine($"malformed  {Shown(entry.Model)}: {(entry.Field.Length > 0 ? $"{entry.Field}: " : "")}{entry.Reason}");
        }

        foreach (var price in diff.Gone)
        {
            Console.WriteLine($"gone       {price.Sku}: {MeterOf(price)} {Priced(price.Before, price)}, from {price.BeforeSource}; it stays in force");
        }

        foreach (var price in diff.Changed.OrderBy(price => price.Large))
        {
            Console.WriteLine($"{(price.Large ? "CHANGED !!" : "changed   ")} {price.Sku}: {MeterOf(price)} {Priced(price.Before, price)} -> {Priced(price.After, price)} ({Percent(price)}){Incomplete([price])}, before from {price.BeforeSource}");
        }

        if (diff.UnknownOrFree.Count + diff.LeftOut.Count > 0)
        {
            Console.WriteLine(Told($"{diff.LeftOut.Select(price => price.Model).Distinct().Count():#,0} entries have prices that are left out, {diff.UnknownOrFree.Count:#,0} nothing but zeros; --free publishes these as free."));
        }

        Console.WriteLine(Told($"{diff.New.Count:#,0} prices new, {diff.Changed.Count:#,0} changed, {diff.Changed.Count(price => price.Large):#,0} of them by more than {PriceChange.LargePercent} %, {diff.Gone.Count:#,0} gone, {diff.Unchanged:#,0} unchanged; {diff.Malformed.Select(entry => entry.Model).Distinct().Count():#,0} entries malformed."));
    }

    /// <summary>What will be priced incompletely.</summary>
    private static string Incomplete(IEnumerable<PriceChange> prices)
    {
        var named = prices.SelectMany(price => price.NotCarried).Distinct().Select(price => Quantity.MeterText(price.Meter, price.AboveTokens)).ToArray();
        return named.Length == 0 ? "" : $"; incomplete for {string.Join(", ", named)}";
    }

    private static string MeterOf(PriceChange price) => price.AboveTokens == 0 ? price.Meter : Told($"{price.Meter} above {price.AboveTokens:#,0}");

    private static string Priced(decimal? amount, PriceChange price) =>
        amount is null ? "none" : Told($"{amount:0.############}{(price.Per == 1 ? "" : $" per {price.Per:#,0}")}");

    private static string Percent(PriceChange price) => price.Percent is { } percent ? Told($"{percent:+0.##;-0.##} %") : price.BeforeCurrency == "USD" ? "was free" : $"was in {price.BeforeCurrency}";

    /// <summary>A name from a file that may hold anything: nothing that a terminal would obey.</summary>
    private static string Shown(string name) => JsonReasons.Short(new([.. name.Select(c => char.IsControl(c) ? '?' : c)]));

    private static string Told(FormattableString text) => FormattableString.Invariant(text);
}
