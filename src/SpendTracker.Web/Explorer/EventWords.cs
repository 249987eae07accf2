using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Explorer;
using SpendTracker.Rates;
using SpendTracker.Usage;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Explorer;

/// <summary>Events as a page says them.</summary>
internal static class EventWords
{
    private const int MostCounted = 3;

    /// <summary>A kind of event by its stored name: <c>Token usage</c>.</summary>
    public static string Kind(string type) => type switch
    {
        "dataset_prep_recorded" => "Dataset preparation",
        _ when type.Length > 0 && type.Split("_recorded")[0] is { Length: > 0 } name => $"{char.ToUpperInvariant(name[0])}{name[1..].Replace('_', ' ')}",
        _ => type,
    };

    /// <summary>What of an event has a price, or should have one.</summary>
    public static IReadOnlyList<RatedQuantity> Owed(UsageEvent e) => [.. e.Counting.Where(quantity => quantity.IsUnpriced || quantity.Price is not null)];

    /// <summary>What it is priced as; how many where there are several, nothing where it only tells something.</summary>
    public static string Sku(UsageEvent e) => Owed(e).Select(quantity => quantity.Price?.Sku ?? quantity.Quantity.Sku).Distinct().ToArray() switch
    {
        [] => "",
        [var sku] => sku,
        var skus => $"{skus.Length} SKUs",
    };

    /// <summary>What it counts for, days together: <c>4,000 input-tokens, 100 output-tokens</c>.</summary>
    public static string Counted(UsageEvent e)
    {
        var owed = Owed(e);
        var parts = (owed.Count > 0 ? owed : [.. e.Counting]).Where(quantity => owed.Count == 0 || quantity.Quantity.Quantity != 0)
            .GroupBy(quantity => (quantity.Quantity.Sku, quantity.Quantity.Meter))
            .Select(same => Quantity.OfMeter(same.Sum(quantity => quantity.Quantity.Quantity), same.Key.Meter, same.Key.Sku)).ToArray();
        return parts.Length > MostCounted ? $"{string.Join(", ", parts.Take(MostCounted))} and {parts.Length - MostCounted} more" : string.Join(", ", parts.DefaultIfEmpty("–"));
    }

    /// <summary>What an event comes to, or came to before it was corrected.</summary>
    public static string Amount(UsageEvent e, string currency) =>
        Owed(e).Count == 0 ? "–" : Marked(Sum([e with { CorrectedBy = null }], currency), e.Counting.Any(quantity => quantity.IsIncomplete));

    /// <summary>What events come to; never $0.00 where something of them has no price, and whose word it is where all of them are free.</summary>
    public static string Sum(IReadOnlyList<UsageEvent> events, string currency)
    {
        RatedQuantity[] owed = [.. events.Where(e => e.CorrectedBy is null).SelectMany(Owed)];
        var free = owed.Select(quantity => quantity.Price?.Free).Distinct().ToArray();
        return free.Length > 0 && !free.Contains(null)
            ? string.Join(", ", free)
            : Money.Known(
                events.Sum(e => e.Amount), owed.Any(quantity => quantity.IsUnpriced),
                owed.Where(quantity => quantity is { Price: not null, Amount: null }).GroupBy(quantity => quantity.Price!.Currency)
                    .ToDictionary(same => same.Key, same => same.Sum(quantity => quantity.Quantity.Quantity * quantity.Price!.UnitPrice)), currency);
    }

    /// <summary>The rate, what comes off it, and what its currency is worth.</summary>
    public static string Price(DayPrice price, string meter, string reportingCurrency) => string.Concat(
        meter == Meters.Amount ? "as charged" : $"{Money.Exact(price.Price, price.Currency)} {(price.Per == 1 ? $"a {Quantity.UnitOf(meter)}" : $"per {Quantity.Text(price.Per, meter)}")}",
        price.DiscountPercent is { } percent ? string.Create(CultureInfo.InvariantCulture, $" less {percent} %") : "",
        price.Currency == reportingCurrency ? "" : price.ExchangeRate is { } rate ? $" at {Money.Exact(rate, reportingCurrency)}" : ", no exchange rate");

    /// <summary>An amount, and that it is not all.</summary>
    public static string Marked(string amount, bool incomplete) => !incomplete ? amount : amount == "–" ? "incomplete" : $"{amount}, incomplete";

    /// <summary>What a person hears when new events show: <c>3 new events</c>.</summary>
    public static string New(int events) => events switch { 0 => "", 1 => "1 new event", _ => string.Create(CultureInfo.InvariantCulture, $"{events:#,0} new events") };
}
