using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using SpendTracker.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>
/// How many requests a key and an address may send in a second, and a key in a day. An address is charged for requests without a valid key, before
/// anything is looked up for them; so guessing keys ends here and costs the database little.
/// </summary>
internal sealed class RequestLimits(LimitOptions limits, KnownKeys keys, KeyUse use) : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _addresses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(address, _ => ASecond(limits.AddressRequestsPerSecond)));

    /// <summary>By id and limit: a key is issued with its limit, and a host has one for all.</summary>
    private readonly PartitionedRateLimiter<ApiKey> _keys = PartitionedRateLimiter.Create<ApiKey, (string Id, int PerSecond)>(
        key => RateLimitPartition.GetTokenBucketLimiter((key.Id, PerSecond: PerSecond(key, limits)), static partition => ASecond(partition.PerSecond)));

    /// <summary>Before authentication. A key is charged to its address once, before it is known to be good. Health checks go without.</summary>
    public Task OfAddressAsync(HttpContext context, RequestDelegate next)
    {
        var isCharged = Policies.TakesKey(context.Request) && ApiKeyAuthentication.IsPresented(context.Request, out var presented) && keys.WasGood(presented);
        return isCharged || context.Request.Path.StartsWithSegments("/health") || IsAcquired(_addresses, Of(context))
            ? next(context)
            : RefuseAsync(context, $"More than {limits.AddressRequestsPerSecond:#,0} requests a second without a valid API key came from your address.");
    }

    /// <summary>After authentication.</summary>
    public Task OfKeyAsync(HttpContext context, RequestDelegate next) =>
        context.User.Identity is not KeyIdentity { Key: var key } ? next(context)
        : !IsAcquired(_keys, key) ? RefuseAsync(context, $"This API key sent more than {PerSecond(key, limits):#,0} requests within a second.")
        : use.Count(key) is { } until ? RefuseAsync(
            context, $"This API key has a quota of {key.RequestsPerDay:#,0} requests a day, and used it up. The next day begins at {until:yyyy-MM-dd HH:mm}Z.", until - use.Now)
        : next(context);

    public async ValueTask DisposeAsync()
    {
        await _addresses.DisposeAsync();
        await _keys.DisposeAsync();
    }

    /// <summary>A token of a bucket is not given back, so there is nothing to hold while the request is answered.</summary>
    private static bool IsAcquired<T>(PartitionedRateLimiter<T> limiter, T resource)
    {
        using var lease = limiter.AttemptAcquire(resource);
        return lease.IsAcquired;
    }

    private static int PerSecond(ApiKey key, LimitOptions limits) => Math.Min(key.RequestsPerSecond ?? int.MaxValue, limits.KeyRequestsPerSecond);

    private static TokenBucketRateLimiterOptions ASecond(int requests) =>
        new() { TokenLimit = requests, TokensPerPeriod = requests, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 };

    /// <summary>Of IPv6, the network: a household has as many addresses as it likes.</summary>
    private static IPAddress Of(HttpContext context)
    {
        var address = Remote.Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Remote.NetworkOf(address, bytesKept: 8) : address;
    }

    /// <param name="wait">Until there is room again; a second unless given.</param>
    private static Task RefuseAsync(HttpContext context, FormattableString detail, TimeSpan? wait = null)
    {
        context.Response.Headers.RetryAfter = ((long)Math.Ceiling(wait?.TotalSeconds ?? 1)).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem($"{detail.ToString(CultureInfo.InvariantCulture)} Send again after Retry-After.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}
