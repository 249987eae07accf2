using System.Collections.Concurrent;
using System.Security.Cryptography;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Rates;

/// <summary>What a SKU's stream holds.</summary>
/// <param name="Version">Of the stream.</param>
/// <param name="Rates">List prices in force, as they were published: negotiated ones and withdrawn ones are not among them.</param>
public sealed record BookedRates(long Version, IReadOnlyList<RatePublished> Rates)
{
    /// <summary>The publication that gives a meter its list price on a day: of the latest first day, the last one; none where that one has ended.</summary>
    public RatePublished? Of(string meter, DateOnly day) => Rates
        .Where(rate => rate.EffectiveFrom <= day && rate.Prices.Any(price => price.Meter == meter))
        .Aggregate((RatePublished?)null, (latest, rate) => latest is null || rate.EffectiveFrom >= latest.EffectiveFrom ? rate : latest)
        is { } of && !(of.EffectiveTo < day) ? of : null;
}

/// <summary>
/// Compares a price map with the price book, and publishes the difference. It decides on the log and not on the read model,
/// which may be behind, so that importing a file again changes nothing, whether a host runs or not.
/// </summary>
public sealed class RateImport(EventStore store, OrganisationSettings settings)
{
    /// <summary>What the source of every imported rate begins with.</summary>
    public const string SourcePrefix = "LiteLLM price map, ";
    private const int AtOnce = 4;

    /// <summary>How a publication names the file that it is from.</summary>
    public static string SourceOf(string name, ReadOnlySpan<byte> content) =>
        $"{SourcePrefix}{name}, sha256 {Convert.ToHexStringLower(SHA256.HashData(content))[..12]}";

    /// <summary>What publishing the map from a day on would do.</summary>
    /// <param name="providers">Only SKUs of these, as events name them; of all where there are none.</param>
    public async Task<RateDiff> CompareAsync(
        PriceMap map, string source, DateOnly from, IReadOnlyCollection<string> providers, CancellationToken cancellationToken)
    {
        return new RateComparison(source, from, providers, await BookAsync(cancellationToken), settings.ReportingCurrency).With(map);
    }

    /// <summary>What publishing the rates that ship with this version would do, see <see cref="StartingComparison"/>.</summary>
    /// <param name="from">The first day of what differs from the book.</param>
    /// <param name="providers">As above.</param>
    public async Task<RateDiff> CompareStartingAsync(DateOnly from, IReadOnlyCollection<string> providers, CancellationToken cancellationToken) =>
        new StartingComparison(from, providers, await BookAsync(cancellationToken), settings.ReportingCurrency).With(StartingRates.All);

    private async Task<IReadOnlyDictionary<string, BookedRates>> BookAsync(CancellationToken cancellationToken) =>
        (await store.ReadStreamsAsync(await store.StreamsAsync(PriceBook.RateStreams, cancellationToken), cancellationToken))
            .ToDictionary(stream => stream.Key[PriceBook.RateStreams.Length..], stream => new BookedRates(stream.Value.Count, [.. InForce.Of<RatePublished>(stream.Value).Where(rate => rate.Kind == RateKind.List)]));

    /// <summary>Publishes what a comparison found, each SKU's only where nobody has published for it since.</summary>
    /// <returns>The SKUs that somebody has: nothing was published for these.</returns>
    public async Task<IReadOnlyList<string>> PublishAsync(RateDiff diff, Recorder recorder, CancellationToken cancellationToken)
    {
        ConcurrentBag<string> overtaken = [];
        var skus = diff.Publications.GroupBy(publication => (publication.Rate.Sku, publication.Version), publication => publication.Rate);
        await Parallel.ForEachAsync(skus, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (rates, cancel) =>
        {
            if (!await store.Streams.AppendAsync(PriceBook.RateStreams + rates.Key.Sku, rates.Key.Version, [.. rates], recorder, cancel))
            {
                overtaken.Add(rates.Key.Sku);
            }
        });
        return [.. overtaken.Order(StringComparer.Ordinal)];
    }
}
