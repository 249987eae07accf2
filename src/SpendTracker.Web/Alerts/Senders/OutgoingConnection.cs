using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// Connects to public addresses, and to hosts that the operator opened by name. A name is resolved once, and the connection
/// goes to an address that was checked: what the name resolves to a moment later does not matter.
/// </summary>
/// <param name="allowed">The hosts that may be inside the network.</param>
/// <param name="resolve">Addresses of a name.</param>
/// <param name="authorities">Whose certificates are trusted; the system's where null.</param>
internal sealed class OutgoingConnection(
    AllowedHosts allowed, Func<string, CancellationToken, Task<IPAddress[]>> resolve, X509Certificate2Collection? authorities = null)
{
    /// <returns>A connected socket, which the caller disposes of.</returns>
    /// <exception cref="AddressRefusedException">It has no address that may be connected to.</exception>
    public async Task<Socket> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.NoData);
        }

        if (!allowed.Has(host, port))
        {
            var closed = addresses.Select(AddressRanges.ThatClose).ToArray();
            addresses = [.. addresses.Where((_, at) => closed[at] is null)];
            if (addresses.Length == 0)
            {
                throw new AddressRefusedException(host, port, closed[0]!);
            }
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Encryption with a host that proves its name, not its address.</summary>
    public SslClientAuthenticationOptions Tls(string? host = null)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }
}

/// <summary>A host has only addresses that must not be connected to. The address is not told: it would map the network for whoever asks.</summary>
internal sealed class AddressRefusedException(string host, int port, string range)
    : Exception($"The address of {host} is {range}, where this host does not connect to. If that is wanted, add {host}:{port} to {AllowedHosts.Setting}.");
