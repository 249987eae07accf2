using System.Net;
using System.Net.Sockets;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// Which addresses are no place on the public internet. Whoever sets a channel chooses where this host connects to, so these
/// would lead into the network behind it. Source: IANA's registries of special-purpose IPv4 and IPv6 addresses.
/// </summary>
internal static class AddressRanges
{
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly (IPNetwork Range, string What)[] Closed =
    [
        .. new[]
        {
            ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared by carriers"), ("127.0.0.0/8", "loopback"),
            ("168.63.129.16/32", "a cloud's platform"), ("169.254.169.254/32", "a cloud's metadata"), ("169.254.0.0/16", "link-local"),
            ("172.16.0.0/12", "private"), ("192.0.0.0/24", "reserved for protocols"), ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "6to4"),
            ("192.168.0.0/16", "private"), ("198.18.0.0/15", "benchmarks"), ("198.51.100.0/24", "documentation"), ("203.0.113.0/24", "documentation"),
            ("224.0.0.0/4", "multicast"), ("255.255.255.255/32", "broadcast"), ("240.0.0.0/4", "reserved"),
            ("::/128", "unspecified"), ("::1/128", "loopback"), ("::/96", "IPv4-compatible"), ("64:ff9b:1::/48", "private NAT64"),
            ("100::/64", "discarded"), ("2001::/32", "Teredo"), ("2001::/23", "reserved for protocols"), ("2001:db8::/32", "documentation"),
            ("2002::/16", "6to4"), ("3fff::/20", "documentation"), ("5f00::/16", "segment routing"), ("fd00:ec2::254/128", "a cloud's metadata"),
            ("fc00::/7", "unique local"), ("fe80::/10", "link-local"), ("fec0::/10", "site-local"), ("ff00::/8", "multicast"),
        }.Select(range => (IPNetwork.Parse(range.Item1), range.Item2)),
    ];

    /// <returns>The range that closes it, e.g. <c>private (10.0.0.0/8)</c>; null where it is public.</returns>
    public static string? ThatClose(IPAddress address)
    {
        // An IPv6 address that a gateway or the system itself turns into an IPv4 one is judged as that.
        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address))
        {
            address = new IPAddress(address.GetAddressBytes().AsSpan(12));
        }

        foreach (var (range, what) in Closed)
        {
            if (range.Contains(address))
            {
                return $"{what} ({range})";
            }
        }

        return address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address) ? null : $"not assigned (outside of {GlobalUnicast})";
    }
}
