using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Caching.Memory;
using SpendTracker.Access;

namespace SpendTracker.Web.Access;

/// <summary>
/// Callers by the key that they present. One that was found is remembered for two seconds, so that a busy caller costs one
/// look-up in that time, and a revoked key works no longer than that; an expired one, or a secret whose overlap is over, not at all.
/// When it is due, hundreds of requests may ask at once: they wait for one look-up.
/// </summary>
internal sealed class KnownKeys(ApiKeys keys, KeyUse use, IMemoryCache cache, TimeProvider clock)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongRemembered = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Lazy<Task<ClaimsPrincipal?>>> _lookUps = [];

    /// <summary>Whether the key was good within the last minutes.</summary>
    public bool WasGood(string presented) => cache.TryGetValue((nameof(WasGood), presented), out _);

    /// <returns>Null where there is no such key.</returns>
    public ValueTask<ClaimsPrincipal?> FindAsync(string presented, CancellationToken cancellationToken) =>
        cache.TryGetValue((nameof(KnownKeys), presented), out ClaimsPrincipal? caller)
            ? new(caller)
            : new(_lookUps.GetOrAdd(presented, key => new(() => LookUpAsync(key))).Value.WaitAsync(cancellationToken));

    /// <summary>Two seconds, or less if the key or its secret before expires within. Pure.</summary>
    public static TimeSpan RememberedFor(ApiKey key, DateTimeOffset now) =>
        key.NextChange(now) is { } change && change - now < Remembered ? change - now : Remembered;

    /// <summary>Not cancelled with the request that began it: others wait for it too.</summary>
    private async Task<ClaimsPrincipal?> LookUpAsync(string presented)
    {
        try
        {
            if (await keys.FindAsync(presented, CancellationToken.None) is not { } key)
            {
                cache.Remove((nameof(WasGood), presented));
                return null;
            }

            await use.PrepareAsync(key, CancellationToken.None);
            cache.Set((nameof(WasGood), presented), true, new MemoryCacheEntryOptions { SlidingExpiration = LongRemembered, Size = 1 });
            return cache.Set(
                (nameof(KnownKeys), presented), ApiClaims.For(key, ApiKeyAuthentication.SchemeName),
                new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = RememberedFor(key, clock.GetUtcNow()), Size = 1 });
        }
        finally
        {
            _lookUps.TryRemove(presented, out _);
        }
    }
}
