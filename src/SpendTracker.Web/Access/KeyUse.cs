using System.Collections.Concurrent;
using SpendTracker.Access;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Web.Access;

/// <summary>
/// Counts the requests of keys by day, in memory: a request costs a look into a dictionary. Each minute, and when the host stops, the
/// counts are added to what all hosts have told. So of n hosts each knows what the others let through up to a minute ago, and a key
/// may exceed its quota by what the other n − 1 let through in a minute.
/// </summary>
internal sealed class KeyUse(ApiKeyUses uses, OrganisationSettings settings, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Key, DateOnly Day), Counted> _counts = [];
    private Day _day = new(DateOnly.MinValue, DateTimeOffset.MinValue);

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Counts a request of a key. One beyond the quota is not counted.</summary>
    /// <returns>When the quota begins anew; null if the request is let through.</returns>
    public DateTimeOffset? Count(ApiKey key)
    {
        var now = Now;
        var today = DayAt(now);
        var counted = _counts.GetOrAdd((key.Id, today.Date), static _ => new Counted());
        var used = Interlocked.Increment(ref counted.Untold) + Volatile.Read(ref counted.Told);
        if (used > key.RequestsPerDay)
        {
            Interlocked.Decrement(ref counted.Untold);
            return today.End;
        }

        Volatile.Write(ref counted.LastUsed, now.UtcTicks);
        return null;
    }

    /// <summary>Looks up what hosts have told of a key with a quota before its first request of the day here: a host that starts again gives no second quota.</summary>
    public async Task PrepareAsync(ApiKey key, CancellationToken cancellationToken)
    {
        var today = DayAt(Now).Date;
        if (key.RequestsPerDay is not null && !_counts.ContainsKey((key.Id, today)))
        {
            _counts.TryAdd((key.Id, today), new Counted { Told = await uses.RequestsAsync(key.Id, today, cancellationToken) });
        }
    }

    /// <summary>Tells what was counted since the last time.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var today = DayAt(Now).Date;
        var counted = _counts.Select(count => (count.Key, Count: count.Value, Untold: Volatile.Read(ref count.Value.Untold))).Where(count => count.Untold > 0).ToArray();
        if (counted.Length > 0)
        {
            var told = await uses.AddAsync(
                [.. counted.Select(count => new ApiKeyUse(count.Key.Key, count.Key.Day, count.Untold, new(Volatile.Read(ref count.Count.LastUsed), TimeSpan.Zero)))], cancellationToken);
            var byKey = told.ToDictionary(use => (use.Key, use.Day), use => use.Requests);
            foreach (var (key, count, untold) in counted)
            {
                Volatile.Write(ref count.Told, byKey[key]);
                Interlocked.Add(ref count.Untold, -untold);
            }
        }

        if (_counts.Keys.Where(key => key.Day < today).ToArray() is { Length: > 0 } past)
        {
            foreach (var key in past)
            {
                _counts.TryRemove(key, out _);
            }

            await uses.TidyAsync(today, cancellationToken);
        }
    }

    /// <summary>After the server: it has answered its last request by then.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TryAsync(stoppingToken);
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TellAsync(cancellationToken);
        }
        catch (Exception fault) when (PassingFault.Is(fault))
        {
            // The database is away, which the daemon reports. The counts stay, and are told the next time.
        }
    }

    private Day DayAt(DateTimeOffset now)
    {
        var day = Volatile.Read(ref _day);
        if (now >= day.End || now < day.End.AddDays(-1)) // A clock that was set back is one of another day.
        {
            day = new(BillingPeriod.DayOf(now, settings.ReportingTimeZone), BillingPeriod.EndOfDay(now, settings.ReportingTimeZone));
            Volatile.Write(ref _day, day);
        }

        return day;
    }

    private sealed record Day(DateOnly Date, DateTimeOffset End);

    private sealed class Counted
    {
        /// <summary>Of all hosts, when this one told last.</summary>
        public long Told;

        /// <summary>Of this host, since.</summary>
        public long Untold;

        /// <summary>UTC ticks.</summary>
        public long LastUsed;
    }
}
