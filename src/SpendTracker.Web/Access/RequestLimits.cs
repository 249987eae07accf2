using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>
/// How many requests a key and an address may send in a second. An address is charged for requests without a valid key, before
/// anything is looked up for them; so guessing keys ends here and costs the database little.
/// </summary>
internal sealed class RequestLimits(LimitOptions limits, KnownKeys keys) : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _addresses = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(address, _ => ASecond(limits.AddressRequestsPerSecond)));

    private readonly PartitionedRateLimiter<string> _keys = PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetTokenBucketLimiter(key, _ => ASecond(limits.KeyRequestsPerSecond)));

    /// <summary>Before authentication. A key is charged to its address once, before it is known to be good. Health checks go without.</summary>
    public async Task OfAddressAsync(HttpContext context, RequestDelegate next)
    {
        var isCharged = Policies.TakesKey(context.Request) && ApiKeyAuthentication.PresentedBy(context.Request) is { } presented && keys.WasGood(presented);
        if (isCharged || context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        using var lease = _addresses.AttemptAcquire(Of(context));
        await (lease.IsAcquired ? next(context) : RefuseAsync(context, $"More than {limits.AddressRequestsPerSecond:#,0} requests a second without a valid API key came from your address."));
    }

    /// <summary>After authentication.</summary>
    public async Task OfKeyAsync(HttpContext context, RequestDelegate next)
    {
        var key = context.User.Identity?.AuthenticationType == ApiKeyAuthentication.SchemeName ? context.User.FindFirstValue(ApiClaims.RecordedBy) : null;
        if (key is null)
        {
            await next(context);
            return;
        }

        using var lease = _keys.AttemptAcquire(key);
        await (lease.IsAcquired ? next(context) : RefuseAsync(context, $"This API key sent more than {limits.KeyRequestsPerSecond:#,0} requests within a second."));
    }

    public async ValueTask DisposeAsync()
    {
        await _addresses.DisposeAsync();
        await _keys.DisposeAsync();
    }

    private static TokenBucketRateLimiterOptions ASecond(int requests) =>
        new() { TokenLimit = requests, TokensPerPeriod = requests, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0 };

    /// <summary>Of IPv6, the network: a household has as many addresses as it likes.</summary>
    private static IPAddress Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]) : address;
    }

    private static Task RefuseAsync(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture); // Seconds: by then there is room again.
        return TypedResults.Problem($"{detail} Send again after Retry-After.", statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }
}
