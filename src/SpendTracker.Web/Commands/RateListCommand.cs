using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Commands;

/// <summary>The whole price book, each list as the API answers it.</summary>
internal sealed record PriceBookLists(
    IReadOnlyList<Rate> Rates, IReadOnlyList<Discount> Discounts, IReadOnlyList<Alias> Aliases, IReadOnlyList<ExchangeRate> ExchangeRates);

/// <summary><c>rates list</c>: all that is published, what was withdrawn or superseded, and by whom.</summary>
internal static class RateListCommand
{
    /// <summary>A central bank's history has thousands, which nobody reads on a terminal.</summary>
    private const int MostOfACurrency = 50;

    public static Command Create()
    {
        var sku = new Option<string?>("--sku") { Description = "Only the rates of this one, and the discounts and aliases that lead to it; all if not given." };
        var json = CommandLine.JsonOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List the price book: rates, discounts, aliases in the order in which they are tried, exchange rates.") { sku, json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var lists = await ReadAsync(opened.Get<PriceBook>(), parsed.GetValue(sku), cancellationToken);
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(lists, opened.Get<PersonNames>());
            }
            else
            {
                Write(lists, opened.Get<PersonNames>());
            }

            return 0;
        }, cancellationToken));
        return command;
    }

    private static async Task<PriceBookLists> ReadAsync(PriceBook book, string? sku, CancellationToken cancellationToken) => new(
        await book.ListAsync(sku, cancellationToken),
        [.. (await book.ListDiscountsAsync(cancellationToken)).Where(discount => sku is null || discount.Covers(sku))],
        [.. (await book.ListAliasesAsync(cancellationToken)).Where(alias => sku is null || alias.Sku == sku)],
        await book.ListExchangeRatesAsync(cancellationToken));

    private static void Write(PriceBookLists lists, PersonNames names)
    {
        Write("Rates", RatesOf(lists.Rates, names));
        var discounts = TableOf("SKUs", "Percent", "From", "To", "Source");
        foreach (var discount in lists.Discounts)
        {
            Add(discounts, names, discount.Publication, false, discount.Sku, Told($"{discount.Percent}"), KnownOn.Text(discount.EffectiveFrom), LastDay(discount.EffectiveTo), discount.Source);
        }

        Write("Discounts", discounts);
        var aliases = TableOf("Order", "Reported as", "Priced as");
        foreach (var alias in lists.Aliases)
        {
            Add(aliases, names, alias.Publication, false, alias.Order == 0 ? "" : $"{alias.Order}", alias.Model, alias.Sku);
        }

        Write("Aliases", aliases);
        var exchangeRates = TableOf("Currency", "From", "Rate", "Source");
        var latest = lists.ExchangeRates.GroupBy(rate => rate.Currency).SelectMany(currency => currency.Take(MostOfACurrency)).ToArray();
        foreach (var rate in latest)
        {
            Add(exchangeRates, names, rate.Publication, rate.Superseded, rate.Currency, KnownOn.Text(rate.EffectiveFrom), Told($"{rate.Rate}"), rate.Source);
        }

        Write(latest.Length == lists.ExchangeRates.Count ? "Exchange rates" : $"Exchange rates, the latest {MostOfACurrency} of each currency; --json has all", exchangeRates);
    }

    private static Table RatesOf(IReadOnlyList<Rate> rates, PersonNames names)
    {
        var table = TableOf("SKU", "Meter", "Kind", "From", "To", "Price", "Source");
        foreach (var rate in rates)
        {
            var meter = rate.AboveTokens == 0 ? rate.Meter : Told($"{rate.Meter} above {rate.AboveTokens:#,0}");
            var price = rate.Free is not null ? "free" : Money.Exact(rate.Price, rate.Currency) + (rate.Per == 1 ? "" : Told($" per {rate.Per:#,0}"));
            Add(table, names, rate.Publication, rate.Superseded, rate.Sku, meter, EnumName.Of(rate.Kind), KnownOn.Text(rate.EffectiveFrom), LastDay(rate.EffectiveTo), price,
                (rate.Free ?? rate.Source) + (rate.NotCarried.Count > 0 ? $"; incomplete for {string.Join(", ", rate.NotCarried.Select(named => Quantity.MeterText(named.Meter, named.AboveTokens)))}" : ""));
        }

        return table;
    }

    private static void Write(string title, Table table)
    {
        Console.WriteLine(table.Rows.Count == 0 ? $"{title}: none." : $"{title}:");
        if (table.Rows.Count > 0)
        {
            CommandLine.Write(table);
        }
    }

    private static Table TableOf(params string[] columns) => new Table().AddColumns([.. columns, "Published", "By", "Publication", "Status"]);

    private static void Add(Table table, PersonNames names, Publication publication, bool superseded, params string[] cells)
    {
        var status = publication.WithdrawnAt is { } at ? $"withdrawn {at:u} by {Label.By(names, publication.WithdrawnBy!)}: {publication.WithdrawnBecause}" : superseded ? "superseded" : "";
        table.AddRow([.. ((string[])[.. cells, publication.PublishedAt.ToString("u"), Label.By(names, publication.PublishedBy), $"{publication.Id}", status]).Select(Markup.Escape)]);
    }

    private static string LastDay(DateOnly? day) => day is { } last ? KnownOn.Text(last) : "";

    private static string Told(FormattableString text) => FormattableString.Invariant(text);
}
