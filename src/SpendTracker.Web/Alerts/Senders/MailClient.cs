using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// One mail over a connection to an address that was checked. MailKit does not connect by itself: it would resolve the
/// server's name again.
/// </summary>
internal sealed class MailClient : SmtpClient
{
    /// <summary>The port where encryption begins at once. Source: RFC 8314.</summary>
    private const int EncryptedPort = 465;

    /// <summary>Each needs a name and a password only. NTLM is left out: its hash of the password is easily broken.</summary>
    private static readonly string[] Mechanisms = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];

    private readonly OutgoingConnection _connection;
    private readonly EmailAddress _email;
    private readonly AlertNotice _notice;
    private readonly List<string> _refused = [];
    private int _answered;

    public MailClient(OutgoingConnection connection, EmailAddress email, AlertNotice notice)
    {
        (_connection, _email, _notice) = (connection, email, notice);
        ServerCertificateValidationCallback = IsTrusted;
    }

    /// <summary>The receivers that the server refused, each with its answer.</summary>
    public IReadOnlyList<string> Refused => _refused;

    /// <summary>Whether the server was ready for a mail. It stays so when the connection is closed.</summary>
    public bool WasReady { get; private set; }

    /// <summary>Why the server's certificate is not trusted; null if it is, or if there was none yet.</summary>
    public string? Distrust { get; private set; }

    /// <summary>What must not be repeated in a reason.</summary>
    public IEnumerable<string> Secrets => _email is { User: { } user, Password: { Length: > 0 } password }
        ? [password, SaslText(password), SaslText($"\0{user}\0{password}")]
        : [];

    /// <summary>Connects, encrypts and signs in as the channel asks for, and sends.</summary>
    public async Task SendAsync(Socket socket, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var stream = new MailStream(socket, patience);

        // Says hello by address: the name of this host is not for others.
        LocalDomain = new IPAddress(((IPEndPoint)socket.LocalEndPoint!).Address.GetAddressBytes()).ToString();
        var security = (_email.Tls, _email.Port) switch
        {
            (false, _) => SecureSocketOptions.None,
            (true, EncryptedPort) => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.StartTls,
        };
        await ConnectAsync(stream, _email.Server, _email.Port, security, cancellationToken);
        WasReady = true;
        await SignInAsync(cancellationToken);
        Capabilities &= ~SmtpCapabilities.UTF8; // Otherwise a domain that is encoded as ASCII goes out decoded.
        using var message = EmailMessage.Of(_email, _notice);
        await SendAsync(message, cancellationToken);
        await LeaveAsync(cancellationToken);
    }

    /// <summary>As for every connection of this host, so that revocation lists are not fetched from addresses that a server names.</summary>
    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        var options = _connection.Tls(_email.Server);
        options.RemoteCertificateValidationCallback = remoteCertificateValidationCallback;
        return options;
    }

    protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Answered(message, mailbox, response);

    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        _refused.Add($"{mailbox.GetAddress(idnEncode: true)} ({(int)response.StatusCode} {ShownText.Answer(response.Response, Secrets)})");
        Answered(message, mailbox, response);
    }

    private static string SaslText(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.None)
        {
            Distrust = string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status.ToString()).Prepend(errors.ToString()));
        }

        return errors == SslPolicyErrors.None;
    }

    private async Task SignInAsync(CancellationToken cancellationToken)
    {
        if (_email is not { Tls: true, User: { Length: > 0 } user, Password: { Length: > 0 } password })
        {
            return;
        }

        string[] offered = [.. AuthenticationMechanisms.Select(mechanism => mechanism.ToUpperInvariant())]; // MailKit knows capitals only.
        AuthenticationMechanisms.Clear();
        AuthenticationMechanisms.UnionWith(Mechanisms.Intersect(offered));
        if (AuthenticationMechanisms.Contains("PLAIN"))
        {
            AuthenticationMechanisms.Remove("LOGIN"); // It says the same, and a wrong password would count twice.
        }

        await AuthenticateAsync(user, password, cancellationToken);
    }

    /// <summary>
    /// After the last receiver's answer. An alert goes to whom it can, and says whom it did not reach; a test is there to find
    /// that out.
    /// </summary>
    private void Answered(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        if (++_answered < _email.To.Count || _refused.Count == 0)
        {
            return;
        }

        if (_refused.Count == _answered || _notice.Kind == NoticeKind.Test)
        {
            throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, response.StatusCode, mailbox, response.Response);
        }

        message.Body = EmailMessage.Body(_notice, _refused);
    }

    /// <summary>The message was taken; how the conversation ends does not change that.</summary>
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException || SendFault.Is(fault))
        {
        }
    }
}
