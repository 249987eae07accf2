namespace SpendTracker.Web.Alerts.Senders;

/// <summary>The hosts inside the network that the operator opened by name, in <c>Alerts:AllowedHosts</c>: <c>host</c> or <c>host:port</c>.</summary>
internal sealed class AllowedHosts
{
    public const string Setting = "Alerts:AllowedHosts";

    /// <summary>With port −1 where every port is open.</summary>
    private readonly HashSet<(string Host, int Port)> _hosts;

    /// <exception cref="ArgumentException">An entry is neither.</exception>
    public AllowedHosts(IEnumerable<string> entries) => _hosts = [.. entries.Select(Parse)];

    /// <summary>A list, or one text with commas, as an environment variable has it.</summary>
    public static AllowedHosts Of(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        return new([.. section.GetChildren().Select(entry => entry.Value).Append(section.Value).SelectMany(
            entries => entries?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])]);
    }

    public bool Has(string host, int port) => _hosts.Contains((Plain(host), port)) || _hosts.Contains((Plain(host), -1));

    private static (string Host, int Port) Parse(string entry) =>
        Uri.TryCreate($"tcp://{entry}", UriKind.Absolute, out var uri) && uri is { IdnHost.Length: > 0, UserInfo: "", PathAndQuery: "" or "/", Fragment: "", Port: not 0 }
            ? (Plain(uri.IdnHost), uri.Port)
            : throw new ArgumentException($"{Setting}: '{entry}' is neither host nor host:port.");

    private static string Plain(string host) => host.TrimEnd('.').ToLowerInvariant();
}
