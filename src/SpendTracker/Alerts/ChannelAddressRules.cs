using System.Buffers.Text;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>
/// What an address must fulfil to be a channel's. A refusal names the field and the limit. Whether the host may be connected
/// to is decided when it is: a name may lead elsewhere by then.
/// </summary>
public static partial class ChannelAddressRules
{
    public const int UrlLength = 2_000;
    public const int MostReceivers = 20;

    private const string SecretPrefix = "whsec_";
    private const int CredentialLength = 500;

    /// <summary>What is wrong; empty where nothing is.</summary>
    public static IReadOnlyList<FieldReason> Check(ChannelAddress address)
    {
        var check = new FieldCheck();
        switch (address)
        {
            case WebhookAddress webhook:
                Url(check, webhook.Url);
                check.That("secret", SecretOf(webhook.Secret) is not null, "Must be whsec_ and the Base64 of 24 to 64 bytes.");
                break;
            case SlackAddress slack: Url(check, slack.Url); break;
            case TeamsAddress teams: Url(check, teams.Url); break;
            case EmailAddress email: Email(check, email); break;
            case AlertmanagerAddress alertmanager: Alertmanager(check, alertmanager); break;
            default: throw new ArgumentException($"{address.GetType().Name} is no channel's address.", nameof(address));
        }

        return check.Reasons;
    }

    /// <summary>The bytes that messages are signed with; null where the text is no such secret.</summary>
    public static byte[]? SecretOf(string? text)
    {
        var bytes = new byte[64];
        return text?.StartsWith(SecretPrefix, StringComparison.Ordinal) == true && Base64.IsValid(text.AsSpan(SecretPrefix.Length), out var length) &&
            length is >= 24 and <= 64 && Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out _)
            ? bytes[..length]
            : null;
    }

    private static void Url(FieldCheck check, Uri? url)
    {
        if (url is not { IsAbsoluteUri: true } || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.IdnHost.Length is 0 or > 253)
        {
            check.That("url", false, "Must be an absolute URL with http or https.");
            return;
        }

        check.That("url", url.OriginalString.Length <= UrlLength && url.AbsoluteUri.Length <= UrlLength, "At most 2,000 characters.");
        check.That("url", url.UserInfo.Length == 0, "Must not contain a user name or password.");
        check.That("url", url.Fragment.Length == 0, "Must not contain a fragment.");
        check.That("url", url.Port > 0, "The port must be from 1 to 65,535.");
    }

    private static void Email(FieldCheck check, EmailAddress email)
    {
        check.Text("server", email.Server, 253);
        check.That("server", Uri.CheckHostName(email.Server ?? "") != UriHostNameType.Unknown, "Must be a host name or an address.");
        check.Range("port", email.Port, 1, 65_535);
        Credentials(check, email.User, email.Password, email.Tls, "A password is sent only encrypted: set tls, or leave user and password out.");
        Mailbox(check, "from", email.From);
        var receivers = email.To ?? [];
        check.That("to", receivers.Count is > 0 and <= MostReceivers, $"Must be 1 to {MostReceivers} e-mail addresses.");
        check.That("to", receivers.Distinct(StringComparer.OrdinalIgnoreCase).Count() == receivers.Count, "Must have each address once.");
        for (var i = 0; i < receivers.Count; i++)
        {
            Mailbox(check, $"to[{i}]", receivers[i]);
        }
    }

    private static void Alertmanager(FieldCheck check, AlertmanagerAddress alertmanager)
    {
        Url(check, alertmanager.Url);
        var url = alertmanager.Url is { IsAbsoluteUri: true } ? alertmanager.Url : null;
        check.That("url", url?.Query is null or "", "Must not contain a query.");
        check.That("url", url?.AbsolutePath.Contains("/api/v2", StringComparison.OrdinalIgnoreCase) != true, "Must be without /api/v2/alerts, which is added.");
        Credentials(
            check, alertmanager.User, alertmanager.Password, url?.Scheme == Uri.UriSchemeHttps,
            "A password is sent only encrypted: use https, or leave user and password out.");
        check.That("user", alertmanager.User?.Contains(':', StringComparison.Ordinal) != true, "Must not contain a colon.");
    }

    /// <summary>Empty texts are the same as none.</summary>
    private static void Credentials(FieldCheck check, string? user, string? password, bool encrypted, string reason)
    {
        var (hasUser, hasPassword) = (!string.IsNullOrEmpty(user), !string.IsNullOrEmpty(password));
        check.OptionalText("user", user, CredentialLength);
        check.OptionalText("password", password, CredentialLength);
        check.That("password", hasUser == hasPassword, "User and password go together.");
        check.That("password", encrypted || !(hasUser || hasPassword), reason);
    }

    private static void Mailbox(FieldCheck check, string field, string? address) =>
        check.That(field, address is { Length: <= 254 } && IsMailbox().IsMatch(address), "Must be an e-mail address in ASCII like name@example.com, without a display name.");

    /// <summary>Source: the HTML standard's definition of a valid e-mail address, a subset of RFC 5322 without comments and quoting.</summary>
    [GeneratedRegex(@"\A[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\z")]
    private static partial Regex IsMailbox();
}
