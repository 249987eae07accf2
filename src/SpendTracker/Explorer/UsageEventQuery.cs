using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Explorer;

/// <summary>A quantity of an event at the rate of its day.</summary>
/// <param name="Counts">Whether it is part of the number that was asked about.</param>
public sealed record RatedQuantity(UsageQuantity Quantity, DayPricing Pricing, bool Counts)
{
    /// <summary>Null where there is none.</summary>
    public DayPrice? Price => Pricing.Price;

    /// <summary>In the reporting currency; null where nobody has published a rate, or an exchange rate.</summary>
    public decimal? Amount => Quantity.Quantity * Price?.UnitPrice * Price?.ExchangeRate;

    public bool IsUnpriced => Pricing.IsUnpriced;

    public bool IsIncomplete => Pricing.IsIncomplete;
}

/// <summary>A usage event and what it counts for.</summary>
public sealed record UsageEvent(LoggedEvent Logged, EventPlace Place, IUsageEvent Usage, string Variant, IReadOnlyList<RatedQuantity> Quantities)
{
    /// <summary>Since then it counts no longer; null where it does.</summary>
    public Correction? CorrectedBy { get; init; }

    /// <summary>What it took the place of another event by.</summary>
    public Correction? Replaces { get; init; }

    public IEnumerable<RatedQuantity> Counting => Quantities.Where(quantity => quantity.Counts);

    public decimal Amount => CorrectedBy is null ? Counting.Sum(quantity => quantity.Amount ?? 0) : 0;
}

/// <summary>Where an event stands among a workload's: the month of its stream, and its version there.</summary>
public readonly record struct EventPlace(BillingPeriod Period, long Version)
{
    /// <summary>More than a stream will ever have; beyond, the version after it would be none.</summary>
    private const long MostVersion = 1_000_000_000_000;

    /// <param name="text">Like <c>2026-11.42</c>.</param>
    public static bool TryParse(string? text, out EventPlace place)
    {
        place = default;
        if (text?.Split('.') is not [var month, var number] || !BillingPeriod.TryParse(month, out var period)
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version > MostVersion)
        {
            return false;
        }

        place = new EventPlace(period, version);
        return true;
    }

    public override string ToString() => $"{Period}.{Version}";
}

/// <summary>Some of the events behind a number, newest first.</summary>
/// <param name="Older">Go on from here to what was recorded before; null where nothing was.</param>
/// <param name="Newer">Go on from here to what was recorded after; null on the first page.</param>
/// <param name="Complete">Whether these are all.</param>
public sealed record UsageEventPage(IReadOnlyList<UsageEvent> Events, EventPlace? Older, EventPlace? Newer, bool Complete);

/// <summary>
/// The events behind a number. It reads the log by stream, a stretch of versions at a time, and stops looking after a
/// bounded number of events, so that a rare meter in a busy month costs a click and not a scan.
/// </summary>
public sealed class UsageEventQuery(NpgsqlDataSource dataSource, EventLog log, CorrectionQuery corrections, OrganisationSettings settings, ReportingClock clock)
{
    public const int PageSize = 50;

    private const long FirstStretch = 1_000;
    private const long MostExamined = 100_000;

    /// <summary>A page of what the filter covers.</summary>
    /// <param name="from">The events after or before this place; null for the newest.</param>
    /// <param name="hosting">Whether hosting is part of the number. Its periods may begin in a month before.</param>
    public Task<UsageEventPage> PageAsync(UsageFilter filter, EventPlace? from, bool newer, bool hosting, CancellationToken cancellationToken) =>
        PageAsync(filter, from, newer, hosting, PageSize, cancellationToken);

    /// <summary>The same, of at most so many.</summary>
    public async Task<UsageEventPage> PageAsync(UsageFilter filter, EventPlace? from, bool newer, bool hosting, int most, CancellationToken cancellationToken)
    {
        filter = await WithReportedSkusAsync(filter, cancellationToken);
        var (found, stoppedAt) = await ScanAsync(filter, from, newer, hosting, most, cancellationToken);
        if (newer && found.Count <= most && stoppedAt is null)
        {
            return await PageAsync(filter, null, false, hosting, most, cancellationToken); // At the top: the first page, and full.
        }

        var more = found.Count > most;
        var page = found.Take(most).ToList();
        EventPlace? next = more ? page[^1].Place : stoppedAt;
        if (newer)
        {
            page.Reverse();
        }

        var until = filter.KnownOn ?? clock.Today; // Hosting may be recorded for days to come.
        var rated = await RateAsync(page, (usage, quantity) => quantity.Day <= until && filter.Covers(usage, quantity), filter.KnownOn, cancellationToken);
        return newer
            ? new UsageEventPage(rated, page.Count > 0 ? page[^1].Place : from, more ? page[0].Place : stoppedAt, false)
            : new UsageEventPage(rated, next, from is null ? null : page.Count > 0 ? page[0].Place : from, from is null && next is null);
    }

    /// <summary>By either's id: one event, or those of one correction; also of what was corrected and has not come yet.</summary>
    public async Task<(Correction? Correction, IReadOnlyList<UsageEvent> Events)> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var correction = await corrections.FindAsync(id, cancellationToken);
        if (correction is null && await FindAsync([id], cancellationToken) is { Count: > 0 } one)
        {
            return (null, one);
        }

        correction ??= await corrections.FindAsync(EventId.OfCorrection(Tenant.Default, id), cancellationToken);
        return (correction, correction is null ? [] : await FindAsync(
            correction.Data.ReplacedBy is { } replacement ? [correction.Data.Corrects, replacement] : [correction.Data.Corrects], cancellationToken));
    }

    /// <summary>Events by their ids, in that order; without those that are not there, or not of usage.</summary>
    public async Task<IReadOnlyList<UsageEvent>> FindAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var found = await log.FindAsync(ids, cancellationToken);
        List<(LoggedEvent Logged, EventPlace Place)> events = [];
        foreach (var logged in ids.Select(id => found.GetValueOrDefault(id)))
        {
            if (logged is { Stored.Data: IUsageEvent usage } && UsageQuantities.FaultOf(usage) is null)
            {
                events.Add((logged, new(BillingPeriod.Of(usage.OccurredAt, settings.ReportingTimeZone), logged.Stored.Version)));
            }
        }

        return await RateAsync(events, (_, _) => true, null, cancellationToken);
    }

    private async Task<UsageFilter> WithReportedSkusAsync(UsageFilter filter, CancellationToken cancellationToken) =>
        filter.Sku is null ? filter : filter with { ReportedSkus = await ReportedSkusAsync([filter.Sku], filter.KnownOn, cancellationToken) };

    /// <summary>Events have the names that were reported; a number has what they are priced as.</summary>
    internal async Task<IReadOnlySet<string>> ReportedSkusAsync(IReadOnlyList<string> skus, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var pricedAs = knownOn is null ? "l.sku" : $"coalesce(({PriceSql.Alias("$3")}), l.reported_sku)";
        await using var command = dataSource.CreateCommand(
            $"select coalesce(array_agg(distinct reported_sku), $2) from spend.cost_line as l where tenant_id = $1 and {pricedAs} = any($2)");
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = skus.ToArray() });
        command.Parameters.Add(new() { Value = (object?)knownOn ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        return ((string[])(await command.ExecuteScalarAsync(cancellationToken))!).ToHashSet();
    }

    private async Task<(List<(LoggedEvent Logged, EventPlace Place)> Found, EventPlace? StoppedAt)> ScanAsync(
        UsageFilter filter, EventPlace? from, bool newer, bool hosting, int most, CancellationToken cancellationToken)
    {
        List<(LoggedEvent Logged, EventPlace Place)> found = [];
        var stretch = FirstStretch;
        long examined = 0;
        foreach (var period in Periods(filter, from, newer, hosting))
        {
            var stream = UsageStream.Of(filter.Workload, period);
            var low = newer && from?.Period == period ? from.Value.Version + 1 : 1;
            var high = !newer && from?.Period == period ? from.Value.Version - 1 : await log.HeadAsync(stream, cancellationToken);
            var types = period == filter.Month ? TypesOf(filter) : ["hosting_hours_recorded"];
            while (low <= high)
            {
                var size = Math.Min(stretch, high - low + 1);
                var (first, last) = newer ? (low, low + size - 1) : (high - size + 1, high);
                await foreach (var logged in log.ReadAsync(stream, first, last, types, Containing(filter, types), !newer, cancellationToken))
                {
                    if (filter.CoversRecording(BillingPeriod.DayOf(logged.Stored.RecordedAt, settings.ReportingTimeZone)) && logged.Stored.Data is IUsageEvent usage && UsageQuantities.FaultOf(usage) is null && UsageQuantities.Of(usage, settings.ReportingTimeZone).Any(quantity => filter.Covers(usage, quantity)))
                    {
                        found.Add((logged, new(period, logged.Stored.Version)));
                        if (found.Count > most)
                        {
                            return (found, null);
                        }
                    }
                }

                (low, high) = newer ? (last + 1, high) : (low, first - 1);
                (stretch, examined) = (stretch * 4, examined + size);
                if (examined >= MostExamined)
                {
                    return (found, new EventPlace(period, newer ? last : first));
                }
            }
        }

        return (found, null);
    }

    /// <summary>
    /// The months whose streams may hold such events, in the order of reading. A hosting period is at most 31 days and 3 hours
    /// long, so what counts for the first of March may have begun in January; 32 days allow for clocks that change.
    /// </summary>
    private static IEnumerable<BillingPeriod> Periods(UsageFilter filter, EventPlace? from, bool newer, bool hosting)
    {
        List<BillingPeriod> newestFirst = [filter.Month];
        var earliest = BillingPeriod.Of(filter.Month.Start.AddDays(-32));
        while (hosting && newestFirst[^1] > earliest)
        {
            newestFirst.Add(newestFirst[^1].Previous);
        }

        var start = from?.Period ?? filter.Month;
        return newer
            ? Enumerable.Reverse(newestFirst).Where(period => period >= start)
            : newestFirst.Where(period => period <= start);
    }

    /// <summary>The types of event that may count; what is left out here need not be read from the log.</summary>
    private static List<string> TypesOf(UsageFilter filter)
    {
        List<string> types = filter.Component switch
        {
            Component.Usage => ["token_usage_recorded"],
            Component.Hosting => ["hosting_hours_recorded"],
            Component.Training => ["training_run_recorded"],
            Component.DatasetPreparation => ["dataset_prep_recorded"],
            Component.Labour => ["labour_recorded"],
            null => [.. EventTypes.UsageNames.Where(name => name != "charge_recorded")],
            _ => [],
        };

        // A charge may be for any component, but its SKU is always one of charges.
        if (filter.Sku is null || UsageQuantities.IsCharge(filter.Sku))
        {
            types.Add("charge_recorded");
        }

        return types;
    }

    /// <summary>Where only token usage can count, the database picks out the model, so that others' events need not be read.</summary>
    private static string Containing(UsageFilter filter, IReadOnlyList<string> types) =>
        types is ["token_usage_recorded"] && filter.ReportedSkus is { Count: 1 } && filter.ReportedSkus.Contains(filter.Sku!) && filter.Sku?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash
            ? $$"""{"provider": {{JsonSerializer.Serialize(filter.Sku[..slash])}}, "model": {{JsonSerializer.Serialize(filter.Sku[(slash + 1)..])}}}"""
            : "{}";

    /// <summary>Events with the prices of their days, and what corrected them.</summary>
    internal async Task<IReadOnlyList<UsageEvent>> RateAsync(
        IReadOnlyList<(LoggedEvent Logged, EventPlace Place)> found, Func<IUsageEvent, UsageQuantity, bool> counts, DateOnly? knownOn, CancellationToken cancellationToken)
    {
        var events = found.Select(e => (e.Logged, e.Place, Usage: (IUsageEvent)e.Logged.Stored.Data)).ToArray();
        var quantities = Array.ConvertAll(events, e => UsageQuantities.Of(e.Usage, settings.ReportingTimeZone).ToArray());
        var prices = await DayPrices.LoadAsync(dataSource, quantities.SelectMany(q => q), knownOn, cancellationToken);
        var attached = await corrections.AttachAsync([.. events.Zip(quantities, (e, q) => new UsageEvent(e.Logged, e.Place, e.Usage, UsageQuantities.VariantOf(e.Usage),
            [.. q.Select(quantity => new RatedQuantity(quantity, prices.Of(quantity), counts(e.Usage, quantity)))]))], cancellationToken);
        return knownOn is not { } day ? attached
            : [.. attached.Select(e => e.CorrectedBy is { } later && BillingPeriod.DayOf(later.RecordedAt, settings.ReportingTimeZone) > day ? e with { CorrectedBy = null } : e)];
    }
}
