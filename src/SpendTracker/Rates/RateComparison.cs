using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>Compares a price map with what is booked. Pure: the same file, day and book give the same difference.</summary>
/// <param name="source">What the publications are to name as theirs.</param>
/// <param name="from">The day that prices are compared on, and published from.</param>
/// <param name="providers">Only SKUs of these; of all where there are none.</param>
/// <param name="book">By SKU.</param>
public sealed class RateComparison(
    string source, DateOnly from, IReadOnlyCollection<string> providers, IReadOnlyDictionary<string, BookedRates> book, string reportingCurrency)
{
    /// <summary>What price maps are in.</summary>
    public const string MapCurrency = "USD";

    private readonly List<(RatePublished Rate, long Version)> _publications = [];
    private readonly List<PriceChange> _new = [], _changed = [], _gone = [];
    private readonly List<MalformedEntry> _malformed = [];
    private int _unchanged;

    public RateDiff With(PriceMap map)
    {
        _malformed.AddRange(map.Malformed.Where(entry => IsWanted(entry.Sku)));
        var wanted = map.Rates.Where(listed => IsWanted(listed.Sku)).ToArray();
        foreach (var listed in wanted.Where(listed => map.TakesFree || !listed.IsZero))
        {
            CompareSku(listed);
        }

        var listedMeters = map.Rates.ToDictionary(listed => listed.Sku, listed => listed.Prices.Select(price => price.Meter).ToHashSet());
        var unread = map.Malformed.Select(entry => entry.Sku).ToHashSet();
        foreach (var (sku, booked) in book.Where(booked => IsWanted(booked.Key) && !unread.Contains(booked.Key)).OrderBy(booked => booked.Key, StringComparer.Ordinal))
        {
            FindGone(sku, booked, listedMeters.GetValueOrDefault(sku, []));
        }

        return new(from, source, _new, _changed, _gone, _unchanged, _malformed, [.. map.Rounded.Where(entry => IsWanted(entry.Sku))], map.NotPriced, [.. map.LeftOut.Where(price => IsWanted(price.Sku))])
        {
            UnknownOrFree = [.. wanted.Where(listed => listed.IsZero).Select(listed => new ZeroEntry(listed.Model, listed.Sku))],
            Shared = [.. map.Shared.Where(shared => IsWanted(shared.Sku))],
            Publications = _publications,
        };
    }

    public bool IsWanted(string? sku) => sku is null || providers.Count == 0 || providers.Contains(sku[..sku.IndexOf('/', StringComparison.Ordinal)]);

    private void CompareSku(ListedRate listed)
    {
        var rate = new RatePublished(listed.Sku, from, MapCurrency, listed.Prices, source, NotCarried: listed.NotCarried);
        if (PriceBookRules.Check(rate, reportingCurrency) is { Count: > 0 } reasons)
        {
            _malformed.AddRange(reasons.Select(reason => new MalformedEntry(listed.Model, listed.Sku, reason.Field, reason.Reason)));
            return;
        }

        var booked = book.GetValueOrDefault(listed.Sku, new BookedRates(0, []));
        List<MeterPrice> toPublish = [];
        foreach (var prices in listed.Prices.GroupBy(price => price.Meter))
        {
            var before = booked.Of(prices.Key, from);
            var notCarried = NotCarriedOf(listed.NotCarried, prices.Key);
            var differences = Differences(listed.Sku, prices.Key, before, [.. prices], notCarried);
            (before is null ? _new : _changed).AddRange(differences);
            toPublish.AddRange(differences.Count > 0 ? prices : []);
        }

        if (toPublish.Count > 0)
        {
            NotCarriedPrice[] notCarried = [.. toPublish.Select(price => price.Meter).Distinct().SelectMany(meter => NotCarriedOf(listed.NotCarried, meter))];
            _publications.Add((rate with { Prices = toPublish, NotCarried = notCarried.Length > 0 ? notCarried : null }, booked.Version));
        }
    }

    /// <summary>What is not carried over of a meter and its parts.</summary>
    private static NotCarriedPrice[] NotCarriedOf(IReadOnlyList<NotCarriedPrice>? all, string meter) => [.. (all ?? []).Where(price => Meters.WholeOf(price.Meter) == meter)];

    /// <summary>
    /// Where a meter's prices differ, step by step: a step that only one side has is compared with what holds there on the other.
    /// Where another part of its prices is not carried over than before, all of it differs.
    /// </summary>
    private List<PriceChange> Differences(string sku, string meter, RatePublished? before, IReadOnlyList<MeterPrice> after, NotCarriedPrice[] notCarried)
    {
        var sameParts = NotCarriedOf(before?.NotCarried, meter).ToHashSet().SetEquals(notCarried);
        var pricesBefore = Prices(before, meter);
        List<PriceChange> differences = [];
        foreach (var step in pricesBefore.Concat(after).Select(price => price.AboveTokens).Distinct().Order())
        {
            var (old, now) = (UnitPrice(pricesBefore, step), UnitPrice(after, step));
            if (old == now && before?.Currency == MapCurrency && sameParts)
            {
                _unchanged++;
            }
            else
            {
                differences.Add(Change(sku, meter, step, after[0].Per, old, now, before) with { NotCarried = notCarried });
            }
        }

        return differences;
    }

    private void FindGone(string sku, BookedRates booked, HashSet<string> listed)
    {
        foreach (var meter in booked.Rates.SelectMany(rate => rate.Prices).Select(price => price.Meter).Distinct().Where(meter => !listed.Contains(meter)))
        {
            if (booked.Of(meter, from) is { } rate && rate.Source.StartsWith(RateImport.SourcePrefix, StringComparison.Ordinal))
            {
                _gone.AddRange(Prices(rate, meter).Select(price => Change(sku, meter, price.AboveTokens, price.Per, price.Price / price.Per, null, rate)));
            }
        }
    }

    private static PriceChange Change(string sku, string meter, int step, decimal per, decimal? old, decimal? now, RatePublished? before)
    {
        var percent = old is { } from && now is { } to && before?.Currency == MapCurrency ? PriceChange.PercentOf(from, to) : null;
        var large = old is not null && now is not null && (percent is null || Math.Abs(percent.Value) > PriceChange.LargePercent);
        return new(sku, meter, step, per, Amount(old, per), Amount(now, per), percent, large, before?.Currency, before?.Source);
    }

    /// <summary>Without the zeros at the end that a product of decimals has: they would say that it is known to more digits.</summary>
    private static decimal? Amount(decimal? unitPrice, decimal per) => unitPrice * per / 1.0000000000000000000000000000m;

    private static MeterPrice[] Prices(RatePublished? rate, string meter) => [.. rate?.Prices.Where(price => price.Meter == meter) ?? []];

    /// <summary>Of requests with more input tokens than a step; null where there is no price at all.</summary>
    private static decimal? UnitPrice(IReadOnlyList<MeterPrice> prices, int step) =>
        prices.Where(price => price.AboveTokens <= step).MaxBy(price => price.AboveTokens) is { } price ? price.Price / price.Per : null;
}
