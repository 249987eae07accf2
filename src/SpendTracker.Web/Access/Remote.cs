using System.Net;
using System.Net.Sockets;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>Where a request comes from, as the trusted proxies say, and as much of it as may be recorded.</summary>
internal static class Remote
{
    /// <returns>An address or a network, IPv4 as such; null if there is none, or none may be recorded.</returns>
    public static string? Of(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? Of(address, context.RequestServices.GetRequiredService<ActivityOptions>().Addresses) : null;

    /// <summary>The same. Pure.</summary>
    public static string? Of(IPAddress address, RecordedAddresses recorded)
    {
        address = Plain(address);
        return recorded switch
        {
            RecordedAddresses.None => null,
            RecordedAddresses.Network when (address.AddressFamily == AddressFamily.InterNetworkV6 ? 6 : 3) is var kept => $"{NetworkOf(address, kept)}/{kept * 8}",
            _ => address.ToString(),
        };
    }

    /// <summary>An IPv4 address as such, also where it came in the form of IPv6.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The address with all bytes 0 but the first ones.</summary>
    public static IPAddress NetworkOf(IPAddress address, int bytesKept)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bytesKept).Clear();
        return new IPAddress(bytes);
    }
}
