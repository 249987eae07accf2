using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Caching.Memory;
using SpendTracker.Access;

namespace SpendTracker.Web.Access;

/// <summary>
/// Callers by the key that they present. One that was found is remembered for two seconds, so that a busy caller costs one
/// look-up in that time, and a revoked key works no longer than that. When it is due, hundreds of requests may ask at once:
/// they wait for one look-up.
/// </summary>
internal sealed class KnownKeys(ApiKeys keys, IMemoryCache cache)
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

            cache.Set((nameof(WasGood), presented), true, new MemoryCacheEntryOptions { SlidingExpiration = LongRemembered, Size = 1 });
            return cache.Set(
                (nameof(KnownKeys), presented), ApiClaims.For(key, ApiKeyAuthentication.SchemeName),
                new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Remembered, Size = 1 });
        }
        finally
        {
            _lookUps.TryRemove(presented, out _);
        }
    }
}
