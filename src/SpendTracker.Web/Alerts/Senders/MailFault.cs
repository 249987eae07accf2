using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>What went wrong with a mail, so that a person can act on it; without the password.</summary>
internal static class MailFault
{
    /// <summary>Whether the network or the mail server is at fault, and not this program.</summary>
    public static bool Is(Exception fault) =>
        fault is CommandException or ProtocolException or AuthenticationException or SslHandshakeException or ServiceNotAuthenticatedException
            or NotSupportedException or TimeoutException or OperationCanceledException || SendFault.Is(fault);

    /// <param name="place">Host and port.</param>
    /// <param name="limit">How long was waited, if that was too long.</param>
    public static SendOutcome Of(Exception fault, MailClient client, string place, TimeSpan limit)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is OperationCanceledException or TimeoutException)
            {
                return SendFault.TooSlow(place, limit);
            }
        }

        string Said(string text) => ShownText.Answer(text, client.Secrets);
        return fault switch
        {
            SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } =>
                new($"The server refuses {ShownText.Line(string.Join(", ", client.Refused), 500)}"),
            SmtpCommandException refusal => new($"{place}: The server answered {Asked(refusal, client)} with {(int)refusal.StatusCode}: {Said(refusal.Message)}"),
            AuthenticationException refusal => new($"{place}: The server answered user and password with {Said(refusal.Message)}"),
            ServiceNotAuthenticatedException refusal => new($"{place}: The server asks for a user and password: {Said(refusal.Message)}"),
            NotSupportedException when client.WasReady => new($"{place}: The server takes no user and password (AUTH SCRAM, CRAM-MD5, PLAIN or LOGIN)."),
            NotSupportedException => new($"{place}: The server offers no encryption (STARTTLS), which this channel asks for."),
            ProtocolException broken => new($"{place} does not answer as a mail server: {Said(broken.Message)}"),
            SslHandshakeException when client.Distrust is { } distrust => new($"No encrypted connection with {place}: its certificate is not trusted ({distrust})."),
            _ => SendFault.Of(fault, place),
        };
    }

    /// <summary>What the server did not take.</summary>
    private static string Asked(SmtpCommandException refusal, MailClient client) => refusal.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => $"the sender {refusal.Mailbox?.GetAddress(idnEncode: true)}",
        _ => client.WasReady ? "the message" : "the connection",
    };
}
