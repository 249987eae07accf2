using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Rates;

/// <summary>A rate in a file.</summary>
/// <param name="Line">Where it is, from 1.</param>
/// <param name="Rate">Units of the reporting currency for one unit.</param>
/// <param name="Source">What the row says of it; null where it says nothing.</param>
public sealed record ExchangeRateRow(long Line, string Currency, DateOnly Date, decimal Rate, string? Source);

/// <summary>What a file of exchange rates holds.</summary>
/// <param name="Source">Where rates are from whose row does not say it.</param>
/// <param name="Skipped">How many rates were passed by, by the reason: a currency that is no more, or a day before costs are kept.</param>
public sealed record ExchangeRateFile(
    string Source, IReadOnlyList<ExchangeRateRow> Rows, IReadOnlyList<MalformedRow> Malformed, IReadOnlyDictionary<string, int> Skipped);

/// <summary>Compares a file of exchange rates with those that are published, and publishes the difference; like <see cref="RateImport"/>.</summary>
public sealed class ExchangeRateImport(EventStore store, OrganisationSettings settings)
{

    /// <summary>What publishing the rates would do.</summary>
    public async Task<ExchangeRateDiff> CompareAsync(ExchangeRateFile file, CancellationToken cancellationToken)
    {
        string[] streams = [.. file.Rows.Select(row => PriceBook.ExchangeRateStreams + row.Currency).Distinct()];
        var book = await store.ReadStreamsAsync(streams, cancellationToken);
        List<ExchangeRateChange> added = [], changed = [];
        List<MalformedRow> malformed = [.. file.Malformed];
        List<(IReadOnlyList<ExchangeRatePublished>, long)> publications = [];
        var unchanged = 0;
        foreach (var rows in Checked(file, malformed).GroupBy(row => row.Currency).OrderBy(rows => rows.Key, StringComparer.Ordinal))
        {
            var published = book.GetValueOrDefault(PriceBook.ExchangeRateStreams + rows.Key, []);
            var booked = ByDay(published);
            List<ExchangeRatePublished> toPublish = [];
            foreach (var row in rows.OrderBy(row => row.Date))
            {
                decimal? before = booked.TryGetValue(row.Date, out var rate) ? rate : null;
                if (before == row.Rate)
                {
                    unchanged++;
                    continue;
                }

                var percent = before is { } old ? PriceChange.PercentOf(old, row.Rate) : null;
                (before is null ? added : changed).Add(new(row.Currency, row.Date, before, row.Rate, percent, Math.Abs(percent ?? 0) > PriceChange.LargePercent));
                toPublish.Add(Published(file, row));
            }

            if (toPublish.Count > 0)
            {
                publications.Add((toPublish, published.Count));
            }
        }

        return new(added, changed, unchanged, [.. malformed.OrderBy(row => row.Line)], file.Skipped) { Publications = publications };
    }

    /// <summary>Publishes what a comparison found, each currency only where nobody has published for it since.</summary>
    /// <returns>The currencies that somebody has: nothing was published for these.</returns>
    public async Task<IReadOnlyList<string>> PublishAsync(ExchangeRateDiff diff, Recorder recorder, CancellationToken cancellationToken)
    {
        List<string> overtaken = [];
        foreach (var (rates, version) in diff.Publications)
        {
            if (!await store.Streams.AppendAsync(PriceBook.StreamOf(rates[0]), version, rates, recorder, cancellationToken))
            {
                overtaken.Add(rates[0].Currency);
            }
        }

        return overtaken;
    }

    /// <summary>Rows that keep the rules, one a currency and day.</summary>
    private List<ExchangeRateRow> Checked(ExchangeRateFile file, List<MalformedRow> malformed)
    {
        List<ExchangeRateRow> kept = [];
        foreach (var row in file.Rows)
        {
            var reasons = PriceBookRules.Check(Published(file, row), settings.ReportingCurrency);
            malformed.AddRange(reasons.Select(reason => new MalformedRow(row.Line, reason.Field == "effectiveFrom" ? "date" : reason.Field, reason.Reason)));
            if (reasons.Count == 0)
            {
                kept.Add(row);
            }
        }

        var disagreeing = kept.GroupBy(row => (row.Currency, row.Date)).Where(same => same.Any(row => row.Rate != same.First().Rate)).SelectMany(same => same).ToHashSet();
        malformed.AddRange(disagreeing.Select(row => new MalformedRow(row.Line, "rate", $"Another row has another rate of {row.Currency} for the day.")));
        return [.. kept.Where(row => !disagreeing.Contains(row)).DistinctBy(row => (row.Currency, row.Date))];
    }

    private static ExchangeRatePublished Published(ExchangeRateFile file, ExchangeRateRow row) =>
        PriceBookRules.AsPublished(new ExchangeRatePublished(row.Currency, row.Date, row.Rate, row.Source ?? file.Source));

    /// <summary>By day; of two for one day the later publication holds.</summary>
    private static Dictionary<DateOnly, decimal> ByDay(IReadOnlyList<StoredEvent> stream)
    {
        Dictionary<DateOnly, decimal> rates = [];
        foreach (var rate in InForce.Of<ExchangeRatePublished>(stream))
        {
            rates[rate.EffectiveFrom] = rate.Rate;
        }

        return rates;
    }
}
