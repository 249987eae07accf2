namespace SpendTracker.Web.Requests;

/// <summary>What browsers are told of https.</summary>
internal sealed record TransportOptions
{
    /// <summary>Whether browsers shall go by https to all names below the host's, too (HSTS with <c>includeSubDomains</c>). These may belong to others, so it is off unless asked for.</summary>
    public bool Subdomains { get; init; }
}
