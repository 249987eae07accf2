using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace SpendTracker.Web.Hosting;

/// <summary>
/// The proxies whose word is taken for who calls, and by which scheme (<c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>).
/// Anybody can send these headers, so without the setting nobody is believed. The host name is not among them: proxies
/// pass <c>Host</c> on as it came.
/// </summary>
internal static class TrustedProxies
{
    public const string Setting = "SpendTracker:Proxies";

    /// <param name="proxies">Addresses and networks, separated by commas: <c>10.1.2.3, 10.0.0.0/8, fd00::/8</c>.</param>
    public static void UseTrustedProxies(this WebApplication app, string? proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // As many as there are, and back to the first that is not ours.
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Entries(proxies).Select(Parse).OfType<System.Net.IPNetwork>())
        {
            options.KnownIPNetworks.Add(network);
        }

        if (options.KnownIPNetworks.Count > 0)
        {
            app.UseForwardedHeaders(options);
        }
    }

    /// <summary>An entry that is neither an address nor a network; null if there is none.</summary>
    public static string? Malformed(string? proxies) => Entries(proxies).FirstOrDefault(entry => Parse(entry) is null);

    private static string[] Entries(string? proxies) => (proxies ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static System.Net.IPNetwork? Parse(string entry) =>
        System.Net.IPNetwork.TryParse(entry, out var network) ? network
        : IPAddress.TryParse(entry, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
