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

    /// <exception cref="ProxySettingException">The setting has something else than addresses and networks.</exception>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null, // As many as there are, and back to the first that is not ours.
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Parse(app.Configuration[Setting]))
        {
            options.KnownIPNetworks.Add(network);
        }

        if (options.KnownIPNetworks.Count > 0)
        {
            app.UseForwardedHeaders(options);
        }
    }

    /// <param name="setting">Addresses and networks, separated by commas: <c>10.1.2.3, 10.0.0.0/8, fd00::/8</c>.</param>
    internal static IEnumerable<System.Net.IPNetwork> Parse(string? setting) =>
        (setting ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry =>
            System.Net.IPNetwork.TryParse(entry, out var network) ? network
            : IPAddress.TryParse(entry, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
            : throw new ProxySettingException(entry));
}

/// <summary>A proxy is neither an address nor a network.</summary>
internal sealed class ProxySettingException(string entry) : Exception(
    $"{TrustedProxies.Setting} has '{entry}', which is no address and no network. Write e.g. 10.1.2.3 or 10.0.0.0/8, separated by commas.");
