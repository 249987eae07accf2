using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>Where a channel leads, with its secrets. Stored encrypted, and never shown again.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(WebhookAddress), "webhook")]
[JsonDerivedType(typeof(SlackAddress), "slack")]
[JsonDerivedType(typeof(TeamsAddress), "teams")]
[JsonDerivedType(typeof(EmailAddress), "email")]
[JsonDerivedType(typeof(AlertmanagerAddress), "alertmanager")]
public abstract record ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public abstract ChannelKind Kind { get; }

    /// <summary>What may be shown of it: a host, or e-mail addresses.</summary>
    [JsonIgnore]
    public abstract string Target { get; }

    /// <summary>No part of an address may end up in a log by way of its text.</summary>
    public sealed override string ToString() => $"{Kind} {Target}";
}

/// <summary>A program of your own, told by Standard Webhooks.</summary>
/// <param name="Url">Where messages are posted; http or https.</param>
/// <param name="Secret"><c>whsec_</c> and the Base64 of 24 to 64 bytes that messages are signed with. Source: Standard Webhooks.</param>
public sealed record WebhookAddress(Uri Url, string Secret) : ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ChannelKind Kind => ChannelKind.Webhook;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Target => Url.Authority;
}

/// <summary>A channel of Slack.</summary>
/// <param name="Url">Slack's incoming webhook, a secret in itself.</param>
public sealed record SlackAddress(Uri Url) : ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ChannelKind Kind => ChannelKind.Slack;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Target => Url.Authority;
}

/// <summary>A channel of Microsoft Teams.</summary>
/// <param name="Url">The workflow's or connector's webhook, a secret in itself.</param>
public sealed record TeamsAddress(Uri Url) : ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ChannelKind Kind => ChannelKind.Teams;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Target => Url.Authority;
}

/// <summary>E-mail by an SMTP server.</summary>
/// <param name="Server">Host name of the SMTP server.</param>
/// <param name="Port">1 to 65,535; 587 with STARTTLS is usual.</param>
/// <param name="Tls">Whether the connection must be encrypted. Without, no password is sent.</param>
/// <param name="From">The sender's address.</param>
/// <param name="To">The receivers' addresses; at most 20.</param>
/// <param name="User">Null if the server asks for none.</param>
/// <param name="Password">Goes with the user.</param>
public sealed record EmailAddress(string Server, int Port, bool Tls, string From, IReadOnlyList<string> To, string? User = null, string? Password = null) : ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ChannelKind Kind => ChannelKind.Email;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Target => string.Join(", ", To);
}

/// <summary>An Alertmanager of Prometheus.</summary>
/// <param name="Url">Of the Alertmanager, without <c>/api/v2/alerts</c>.</param>
/// <param name="User">For basic authentication; null where it asks for none.</param>
/// <param name="Password">Goes with the user.</param>
public sealed record AlertmanagerAddress(Uri Url, string? User = null, string? Password = null) : ChannelAddress
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ChannelKind Kind => ChannelKind.Alertmanager;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Target => Url.Authority;
}
