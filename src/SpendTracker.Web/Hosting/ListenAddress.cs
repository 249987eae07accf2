using Microsoft.AspNetCore.Http;

namespace SpendTracker.Web.Hosting;

/// <summary>Where a host listens unless told, and where that is to be called from this machine.</summary>
internal static class ListenAddress
{
    /// <summary><c>ASPNETCORE_URLS</c>; else the ports that an orchestrator names, else those of .NET's container images; else loopback.</summary>
    public static string Default => Variable("ASPNETCORE_URLS")
        ?? AllInterfaces(Variable("HTTP_PORTS") ?? Variable("ASPNETCORE_HTTP_PORTS"))
        ?? SpendTrackerHost.DefaultUrl;

    /// <summary>The first address as seen from this machine: a host may listen on all, which is none that one can call.</summary>
    public static Uri LoopbackOf(IEnumerable<string> urls)
    {
        var address = BindingAddress.Parse(urls.FirstOrDefault(url => url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) ?? urls.First());
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return new UriBuilder(address.Scheme, host, address.Port).Uri;
    }

    private static string? AllInterfaces(string? ports) =>
        ports is null ? null : string.Join(';', ports.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}"));

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
