using Microsoft.Extensions.Caching.Memory;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Events;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Costs;

/// <summary>
/// Reads overviews for all open pages. Pages ask when a read model has changed; the database is asked at most twice a second for a
/// month however many look at it, and every few seconds anyhow, to notice that it is away, and what another host has projected.
/// </summary>
internal sealed class OverviewFeed
{
    private const int MonthsShown = 12;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly MonthlyCostQuery _costs;
    private readonly RequestCountQuery _requests;
    private readonly UnpricedQuery _unpriced;
    private readonly BillingPeriods _periods;
    private readonly WorkloadRegistry _registry;
    private readonly OrganisationSettings _settings;
    private readonly TimeProvider _clock;
    private readonly SharedReadings<Asked, Overview> _readings;
    private readonly ExpensiveQueries _queries;
    private readonly CancellationToken _stopping;

    public OverviewFeed(
        MonthlyCostQuery costs, RequestCountQuery requests, UnpricedQuery unpriced, BillingPeriods periods, WorkloadRegistry registry, OrganisationSettings settings, TimeProvider clock,
        IMemoryCache cache, DaemonService daemon, ExpensiveQueries queries, IHostApplicationLifetime lifetime)
    {
        (_costs, _requests, _unpriced, _periods, _registry, _settings, _clock, _queries) = (costs, requests, unpriced, periods, registry, settings, clock, queries);
        _stopping = lifetime.ApplicationStopping;
        _readings = new(cache, daemon, Kept);
    }

    private sealed record Asked(BillingPeriod Month, DateOnly? KnownOn, Filters Narrowed);

    /// <summary>What was read last, to show at once; null where nobody has looked lately.</summary>
    public Overview? Latest(BillingPeriod month, DateOnly? knownOn, Filters filters) => _readings.Latest(new(month, knownOn, Narrowing(filters)));

    /// <summary>The month as it is now. The same object as before where nothing has changed.</summary>
    /// <param name="knownOn">As it was known at the end of this day, which is over: that does not change. Null for now.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    /// <param name="filters">Narrows it by <see cref="Overview.Dimensions"/>.</param>
    public Task<Overview> GetAsync(BillingPeriod month, DateOnly? knownOn, Filters filters)
    {
        var narrowed = Narrowing(filters);
        return _readings.GetAsync(
            new(month, knownOn, narrowed), last => knownOn is not null || (last.Age < LongestPause && !last.HasChanged), last => knownOn is null ? Pause - last.Age : TimeSpan.Zero,
            () => knownOn is { } day ? ReadPastAsync(month, day, narrowed) : ReadAsync(month, null, narrowed, _stopping), _stopping);
    }

    /// <summary>Of what an address asks for, what an overview is narrowed by.</summary>
    public static Filters Narrowing(Filters filters) => Filters.Of(filters.Only(Overview.Dimensions).Where);

    /// <summary>Pages of all persons share a reading, so they wait in line as one.</summary>
    private Task<Overview> ReadPastAsync(BillingPeriod month, DateOnly knownOn, Filters narrowed) =>
        _queries.RunAsync(nameof(OverviewFeed), token => ReadAsync(month, knownOn, narrowed, token), _stopping);

    private async Task<Overview> ReadAsync(BillingPeriod month, DateOnly? knownOn, Filters narrowed, CancellationToken cancellationToken)
    {
        var asOf = _clock.GetUtcNow();
        var both = (await CostsAsync(month.Previous, month, knownOn, narrowed, ["workload", "approach", "team"], cancellationToken)).ToLookup(row => row.Month);
        MonthlyCost[] rows = [.. both[month.ToString()]];
        BillingPeriod[] months = [.. Enumerable.Range(1 - MonthsShown, MonthsShown).Select(back => BillingPeriod.Of(month.Start.AddMonths(back)))];
        var history = await CostsAsync(months[0], month, knownOn, narrowed, CostHistory.Dimensions, cancellationToken);
        var requests = knownOn is null ? await _requests.ListAsync(month, cancellationToken) : new Dictionary<(string, Approach), decimal>();
        var registered = (await _registry.ListAsync(cancellationToken)).ToDictionary(workload => workload.Id);
        var unpriced = narrowed.Count > 0 ? [] : await _unpriced.ListAsync(month, month, knownOn, cancellationToken);
        var incomplete = narrowed.Count > 0 ? [] : await _unpriced.ListIncompleteAsync(month, month, knownOn, cancellationToken);
        var closed = (await _periods.HistoryAsync(month, knownOn, cancellationToken)).FirstOrDefault(closing => closing.Holds);
        var total = MonthlyCostQuery.Total(month.ToString(), rows);
        var corrections = total.Corrections == 0 ? [] : (await CostsAsync(month, month, knownOn, narrowed, ["origin"], cancellationToken))
            .Where(row => row.Keys["origin"] != row.Month).Select(BookingMove.Of).ToArray();
        var later = closed is null ? [] : (await _costs.ByAsync(
                new CostFilter(month.Next, new(2199, 12)) { Origin = month, KnownOn = knownOn, Where = narrowed.Where }, [CostDimension.Find("origin")!], cancellationToken))
            .Select(BookingMove.Of).Where(move => !move.IsNothing()).ToArray();
        var workloads = rows.Select(row => Row(row, registered))
            .OrderByDescending(row => row.Cost.Actual).ThenBy(row => row.Workload, StringComparer.Ordinal).ThenBy(row => row.Approach).ToList();
        return new Overview(
            month, knownOn, closed, _settings.ReportingCurrency, asOf, workloads, total, corrections, unpriced, incomplete, new(months, history))
        {
            Narrowed = narrowed,
            BookedLater = later,
            Before = both[month.Previous.ToString()].GroupBy(row => (row.Keys["workload"], EnumName.Parse<Approach>(row.Keys["approach"])))
                .ToDictionary(group => group.Key, group => MonthlyCostQuery.Total(month.Previous.ToString(), group)),
            Requests = requests,
            DaysPassed = MonthProgress.DaysPassed(month, knownOn?.AddDays(1).ToDateTime(TimeOnly.MinValue) ?? TimeZoneInfo.ConvertTime(asOf, _settings.ReportingTimeZone).DateTime),
        };
    }

    private Task<IReadOnlyList<MonthlyCost>> CostsAsync(BillingPeriod from, BillingPeriod to, DateOnly? knownOn, Filters narrowed, IReadOnlyList<string> by, CancellationToken cancellationToken) =>
        _costs.ByAsync(new CostFilter(from, to) { KnownOn = knownOn, Where = narrowed.Where }, [.. by.Select(name => CostDimension.Find(name)!)], cancellationToken);

    private static WorkloadCost Row(MonthlyCost row, Dictionary<string, Workload> registered) => new(
        row.Keys["workload"], EnumName.Parse<Approach>(row.Keys["approach"]), row.Keys["team"] is var team && team == CostDimension.Unregistered ? null : team,
        registered.GetValueOrDefault(row.Keys["workload"]), row);
}
