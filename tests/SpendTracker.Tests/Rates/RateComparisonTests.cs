using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Rates;

/// <summary>What a price map would change in the price book.</summary>
public sealed class RateComparisonTests
{
    private const string Source = RateImport.SourcePrefix + "file.json, sha256 0123456789ab";

    private static readonly DateOnly Day = new(2026, 3, 1);
    private static readonly string[] Skus = ["openai/a", "openai/b", "google/a"];
    private static readonly string[] Meters = ["input-tokens", "output-tokens", "batch-input-tokens", "requests"];
    private static readonly int[] Steps = [0, 128_000, 200_000, 272_000];

    private sealed record Case(IReadOnlyList<RatePublished> Book, IReadOnlyList<ListedRate> First, IReadOnlyList<ListedRate> Second);

    [Fact]
    public void Publishing_the_difference_gives_the_prices_of_the_file_and_leaves_no_difference_whatever_the_book_holds() => Prop.ForAll(Cases().ToArbitrary(), random =>
    {
        List<RatePublished> book = [.. random.Book];
        foreach (var listed in (IReadOnlyList<ListedRate>[])[random.First, random.Second, random.First])
        {
            var diff = Compare(listed, book);
            List<RatePublished> after = [.. book, .. diff.Publications.Select(publication => publication.Rate)];
            CheckChanges(diff, listed, book, after);
            CheckPrices(listed, book, after);
            book = after;

            var again = Compare(listed, book);
            Assert.Empty(again.Publications);
            Assert.Empty(again.New.Concat(again.Changed));
            Assert.Equal(diff.Gone, again.Gone);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_change_of_more_than_a_quarter_is_large_and_so_is_one_that_cannot_be_compared()
    {
        RatePublished[] book = [Booked("openai/a", 4), Booked("openai/b", 0), Booked("openai/c", 4) with { Currency = "EUR" }, Booked("openai/d", 4), Booked("openai/e", 4), Booked("openai/f", 4, "contract 17")];
        var diff = Compare([Listed("openai/a", 5), Listed("openai/b", 1), Listed("openai/c", 4), Listed("openai/d", 3), Listed("openai/e", 2.99m), Listed("openai/f", 5.01m)], book);

        Assert.Equal(
            [("openai/a", 25m, false), ("openai/b", null, true), ("openai/c", null, true), ("openai/d", -25m, false), ("openai/e", -25.25m, true), ("openai/f", 25.25m, true)],
            diff.Changed.Select(change => (change.Sku, change.Percent, change.Large)));
        Assert.Equal(("EUR", "contract 17"), (diff.Changed[2].BeforeCurrency, diff.Changed[5].BeforeSource));
        Assert.All(diff.Publications, publication => Assert.Equal(("USD", Day, Source, RateKind.List), (publication.Rate.Currency, publication.Rate.EffectiveFrom, publication.Rate.Source, publication.Rate.Kind)));
    }

    [Fact]
    public void Zeros_are_named_and_published_only_where_that_is_asked_for_and_nothing_is_missed_by_them()
    {
        RatePublished[] book = [Booked("openai/once", 0, Source), Booked("openai/had", 3, Source)];
        var map = new PriceMap([Listed("openai/once", 0), Listed("openai/had", 0), Listed("openai/new", 0), Listed("openai/a", 1)], [], [], new Dictionary<string, int>(), []);

        var diff = new RateComparison(Source, Day, [], ByStream(book), "USD").With(map);
        Assert.Equal("openai/a", Assert.Single(diff.Publications).Rate.Sku);
        Assert.Equal(["openai/once", "openai/had", "openai/new"], diff.UnknownOrFree.Select(entry => entry.Sku));
        Assert.Empty(diff.Gone);

        var asked = new RateComparison(Source, Day, [], ByStream(book), "USD").With(map with { TakesFree = true });
        Assert.Equal(["openai/had", "openai/new", "openai/a"], asked.Publications.Select(publication => publication.Rate.Sku));
        Assert.True(Assert.Single(asked.Changed).Large);
    }

    [Fact]
    public void Only_chosen_providers_are_compared_published_and_missed()
    {
        RatePublished[] book = [Booked("openai/old", 1, Source), Booked("google/old", 1, Source)];
        var map = new PriceMap(
            [Listed("openai/a", 1), Listed("google/a", 1)], [new("m", "openai/m", "", "wrong"), new("n", "google/n", "", "wrong"), new("o", null, "", "wrong")], [],
            new Dictionary<string, int>(), []);
        var diff = new RateComparison(Source, Day, ["openai"], ByStream(book), "USD").With(map);

        Assert.Equal("openai/a", Assert.Single(diff.Publications).Rate.Sku);
        Assert.Equal("openai/old", Assert.Single(diff.Gone).Sku);
        Assert.Equal(["m", "o"], diff.Malformed.Select(entry => entry.Model));
    }

    [Fact]
    public void Gone_is_what_an_import_published_and_not_what_a_person_did_nor_what_only_cannot_be_read_now()
    {
        RatePublished[] book = [Booked("openai/imported", 1, Source), Booked("openai/contract", 1, "contract"), Booked("openai/unread", 1, Source)];
        var map = new PriceMap([], [new("unread", "openai/unread", "input_cost_per_token", "Must be a number.")], [], new Dictionary<string, int>(), []);
        var diff = new RateComparison(Source, Day, [], ByStream(book), "USD").With(map);

        Assert.Equal(("openai/imported", 0.001m, null), (Assert.Single(diff.Gone).Sku, diff.Gone[0].Before, diff.Gone[0].After));
        Assert.Empty(diff.Publications);
    }

    private static void CheckChanges(RateDiff diff, IReadOnlyList<ListedRate> listed, IReadOnlyList<RatePublished> before, IReadOnlyList<RatePublished> after)
    {
        foreach (var change in diff.New.Concat(diff.Changed))
        {
            Assert.Equal(PriceOn(before, change.Sku, change.Meter, change.AboveTokens + 1) * change.Per, change.Before);
            Assert.Equal(PriceOn(after, change.Sku, change.Meter, change.AboveTokens + 1) * change.Per, change.After);
            Assert.True(change.Before != change.After || !NotCarried(before, change.Sku, change.Meter).SetEquals(change.NotCarried));
            Assert.True(NotCarried(after, change.Sku, change.Meter).SetEquals(change.NotCarried));
        }

        Assert.All(diff.New, change => Assert.Null(PriceOn(before, change.Sku, change.Meter, int.MaxValue)));
        var gone =
            from sku in Skus
            from meter in Meters
            where !listed.Any(rate => rate.Sku == sku && rate.Prices.Any(price => price.Meter == meter)) && PublicationOn(before, sku, meter)?.Source == Source
            select (sku, meter);
        Assert.Equal(gone.ToHashSet(), diff.Gone.Select(change => (change.Sku, change.Meter)).ToHashSet());
    }

    private static void CheckPrices(IReadOnlyList<ListedRate> listed, IReadOnlyList<RatePublished> before, IReadOnlyList<RatePublished> after)
    {
        foreach (var (sku, meter, tokens) in from sku in Skus from meter in Meters from step in Steps select (sku, meter, step + 1))
        {
            var wanted = listed.SingleOrDefault(rate => rate.Sku == sku)?.Prices.Where(price => price.Meter == meter && price.AboveTokens < tokens).MaxBy(price => price.AboveTokens);
            Assert.Equal(wanted is null ? PriceOn(before, sku, meter, tokens) : wanted.Price / wanted.Per, PriceOn(after, sku, meter, tokens));
            Assert.True(NotCarried(after, sku, meter).SetEquals(
                wanted is null ? NotCarried(before, sku, meter) : listed.Single(rate => rate.Sku == sku).NotCarried.Where(price => SpendTracker.Usage.Meters.WholeOf(price.Meter) == meter)));
        }
    }

    /// <summary>What the publication that holds does not carry of a meter.</summary>
    private static HashSet<NotCarriedPrice> NotCarried(IEnumerable<RatePublished> book, string sku, string meter) =>
        [.. (PublicationOn(book, sku, meter)?.NotCarried ?? []).Where(price => SpendTracker.Usage.Meters.WholeOf(price.Meter) == meter)];

    /// <summary>The publication that holds, as the contract has it: of the latest day, the later one.</summary>
    private static RatePublished? PublicationOn(IEnumerable<RatePublished> book, string sku, string meter) =>
        book.Where(rate => rate.Sku == sku && rate.EffectiveFrom <= Day && rate.Prices.Any(price => price.Meter == meter)).OrderBy(rate => rate.EffectiveFrom).LastOrDefault();

    private static decimal? PriceOn(IEnumerable<RatePublished> book, string sku, string meter, int tokens) =>
        PublicationOn(book, sku, meter)?.Prices.Where(price => price.Meter == meter && price.AboveTokens < tokens).MaxBy(price => price.AboveTokens) is { } price ? price.Price / price.Per : null;

    private static RateDiff Compare(IReadOnlyList<ListedRate> listed, IReadOnlyList<RatePublished> book) =>
        new RateComparison(Source, Day, [], ByStream(book), "USD").With(new PriceMap(listed, [], [], new Dictionary<string, int>(), []) { TakesFree = true });

    private static Dictionary<string, BookedRates> ByStream(IEnumerable<RatePublished> book) =>
        book.GroupBy(rate => rate.Sku).ToDictionary(rates => rates.Key, rates => new BookedRates(rates.Count(), [.. rates]));

    private static RatePublished Booked(string sku, decimal price, string source = "test") => new(sku, Day.AddDays(-9), "USD", [new("input-tokens", price / 1_000, 1_000)], source);

    private static ListedRate Listed(string sku, decimal price) => new(sku, sku, [new("input-tokens", price, 1_000_000)]);

    private static Gen<Case> Cases()
    {
        var publications =
            from sku in Gen.Elements(Skus)
            from day in Gen.Choose(-2, 2)
            from source in Gen.Elements(Source, "contract")
            from prices in Prices()
            from notCarried in NotCarried()
            select new RatePublished(sku, Day.AddDays(day), "USD", prices, source, NotCarried: Of(prices, notCarried));
        var maps = from prices in Gen.ArrayOf(Prices(), Skus.Length)
                   from notCarried in Gen.ArrayOf(NotCarried(), Skus.Length)
                   from listed in Gen.ArrayOf(Gen.Elements(true, true, false), Skus.Length)
                   select (IReadOnlyList<ListedRate>)[.. Skus.Index().Where(sku => listed[sku.Index]).Select(sku => new ListedRate(sku.Item, sku.Item, prices[sku.Index]) { NotCarried = Of(prices[sku.Index], notCarried[sku.Index]) })];
        return from book in publications.ListOf(5)
               from first in maps
               from second in maps
               select new Case([.. book], first, second);
    }

    private static Gen<NotCarriedPrice?> NotCarried() => Gen.Elements<NotCarriedPrice?>(null, null, new("audio-input-tokens"), new("input-tokens", 128_000), new("output-tokens"));

    private static NotCarriedPrice[] Of(MeterPrice[] prices, NotCarriedPrice? notCarried) =>
        notCarried is not null && prices.Any(price => price.Meter == SpendTracker.Usage.Meters.WholeOf(notCarried.Meter)) ? [notCarried] : [];

    /// <summary>Some meters, each with a price from 0 on and perhaps steps; few prices, so that some agree.</summary>
    private static Gen<MeterPrice[]> Prices() =>
        from meters in Gen.NonEmptyListOf(Gen.Elements(Meters))
        from steps in Gen.ListOf(Gen.Elements(Steps))
        from amounts in Gen.ArrayOf(Gen.Choose(0, 3), Meters.Length * Steps.Length)
        select (MeterPrice[])
        [
            .. from meter in meters.Distinct()
               from step in meter == "requests" ? [0] : steps.Append(0).Distinct()
               let per = meter == "requests" ? 1 : 1_000_000
               select new MeterPrice(meter, amounts[Array.IndexOf(Meters, meter) * Steps.Length + Array.IndexOf(Steps, step)], per, step),
        ];
}
