using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Claims;
using SpendTracker.Access;

namespace SpendTracker.Web.Access;

/// <summary>
/// Callers by the key that they present. One that was found is remembered for two seconds, so that a busy caller costs one
/// look-up in that time, and a revoked key works no longer than that; an expired one, or a secret whose overlap is over, not at all.
/// When it is due, hundreds of requests may ask at once: they wait for one look-up. Only keys that were good are remembered.
/// </summary>
internal sealed class KnownKeys
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongRemembered = TimeSpan.FromMinutes(10);

    private readonly ApiKeys _keys;
    private readonly KeyUse _use;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Known>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly ConcurrentDictionary<string, Lazy<Task<ClaimsPrincipal?>>> _lookUps = [];
    private long _tidied = Stopwatch.GetTimestamp();

    public KnownKeys(ApiKeys keys, KeyUse use, TimeProvider clock)
    {
        (_keys, _use, _clock) = (keys, use, clock);
        _byText = _known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Whether the key was good within the last minutes.</summary>
    public bool WasGood(ReadOnlySpan<char> presented) => _byText.TryGetValue(presented, out var known) && known.IsYoungerThan(LongRemembered);

    /// <summary>The caller with a key that is remembered; null if the key must be looked up.</summary>
    public ClaimsPrincipal? Find(ReadOnlySpan<char> presented) =>
        _byText.TryGetValue(presented, out var known) && known.IsYoungerThan(Remembered) && (known.Until is not { } until || _clock.GetUtcNow() < until) ? known.Caller : null;

    /// <returns>Null where there is no such key.</returns>
    public ValueTask<ClaimsPrincipal?> FindAsync(string presented, CancellationToken cancellationToken) => Find(presented) is { } caller
        ? new(caller)
        : new(_lookUps.GetOrAdd(presented, key => new(() => LookUpAsync(key))).Value.WaitAsync(cancellationToken));

    /// <summary>Not cancelled with the request that began it: others wait for it too.</summary>
    private async Task<ClaimsPrincipal?> LookUpAsync(string presented)
    {
        try
        {
            if (await _keys.FindAsync(presented, CancellationToken.None) is not (var key, var until))
            {
                _known.TryRemove(presented, out _);
                return null;
            }

            await _use.PrepareAsync(key, CancellationToken.None);
            var known = new Known(ApiClaims.For(key, ApiKeyAuthentication.SchemeName), until, Stopwatch.GetTimestamp());
            _known[presented] = known;
            Tidy();
            return known.Caller;
        }
        finally
        {
            _lookUps.TryRemove(presented, out _);
        }
    }

    /// <summary>Forgets keys that nobody presents any more.</summary>
    private void Tidy()
    {
        var last = Volatile.Read(ref _tidied);
        if (Stopwatch.GetElapsedTime(last) < LongRemembered || Interlocked.CompareExchange(ref _tidied, Stopwatch.GetTimestamp(), last) != last)
        {
            return;
        }

        foreach (var known in _known.Where(known => !known.Value.IsYoungerThan(LongRemembered)))
        {
            _known.TryRemove(known);
        }
    }

    /// <param name="Until">From this instant on what was presented is refused; null for never.</param>
    /// <param name="FoundAt">By the machine's clock, which nobody sets.</param>
    private sealed record Known(ClaimsPrincipal Caller, DateTimeOffset? Until, long FoundAt)
    {
        public bool IsYoungerThan(TimeSpan age) => Stopwatch.GetElapsedTime(FoundAt) < age;
    }
}
