namespace SpendTracker.Web.Alerts.Senders;

/// <summary>The hosts inside the network that the operator opened by name, in <c>SpendTracker:Alerts:AllowedHosts</c>: <c>host</c> or <c>host:port</c>.</summary>
internal sealed class AllowedHosts
{
    public const string Setting = "SpendTracker:Alerts:AllowedHosts";

    /// <summary>With port −1 where every port is open.</summary>
    private readonly HashSet<(string Host, int Port)> _hosts;

    /// <exception cref="ArgumentException">An entry is neither.</exception>
    public AllowedHosts(IEnumerable<string> entries) => _hosts = [.. entries.Select(entry => Parse(entry) ?? throw new ArgumentException(Fault(entry)))];

    /// <summary>Why an entry is none; null where it is one.</summary>
    public static string? Fault(string entry) => Parse(entry) is null ? $"{Setting}: '{entry}' is neither host nor host:port." : null;

    public bool Has(string host, int port) => _hosts.Contains((Plain(host), port)) || _hosts.Contains((Plain(host), -1));

    private static (string Host, int Port)? Parse(string entry) =>
        Uri.TryCreate($"tcp://{entry}", UriKind.Absolute, out var uri) && uri is { IdnHost.Length: > 0, UserInfo: "", PathAndQuery: "" or "/", Fragment: "", Port: not 0 }
            ? (Plain(uri.IdnHost), uri.Port)
            : null;

    private static string Plain(string host) => host.TrimEnd('.').ToLowerInvariant();
}
