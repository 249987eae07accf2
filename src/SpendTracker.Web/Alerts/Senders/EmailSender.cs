using System.Globalization;
using System.Text;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// Sends e-mail over SMTP. Not by the framework's client: that resolves the server's name itself, and so connects to an
/// address that nobody checked; it cannot begin encrypted, and has no time limit when it does not block.
/// </summary>
internal sealed class EmailSender(OutgoingConnection connection) : IChannelSender
{
    /// <summary>The port where encryption begins at once. Source: RFC 8314.</summary>
    private const int EncryptedPort = 465;

    public ChannelKind Kind => ChannelKind.Email;

    /// <summary>For each step: connecting, encrypting, a command and its reply.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the whole attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public async Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken)
    {
        if (ChannelAddressRules.Check(address) is [var broken, ..])
        {
            return new($"The channel's {broken.Field} cannot be used. {broken.Reason}");
        }

        var email = (EmailAddress)address;
        var place = string.Create(CultureInfo.InvariantCulture, $"{email.Server}:{email.Port}");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        try
        {
            return await SendAsync(email, notice, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendFault.TooSlow(place, patience.IsCancellationRequested ? Timeout : StepTimeout);
        }
        catch (SmtpException refused)
        {
            return new($"{place}: {ShownText.Answer(refused.Message, Secrets(email))}");
        }
        catch (Exception fault) when (SendFault.Is(fault))
        {
            return SendFault.Of(fault, place);
        }
    }

    private async Task<SendOutcome> SendAsync(EmailAddress email, AlertNotice notice, CancellationToken cancellationToken)
    {
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        connecting.CancelAfter(StepTimeout);
        await using var session = new SmtpSession(await connection.OpenAsync(email.Server, email.Port, connecting.Token), StepTimeout, cancellationToken);
        await BeginAsync(session, email);
        await session.CommandAsync($"MAIL FROM:<{email.From}>", 250, $"the sender {email.From}");
        var refused = new List<string>();
        foreach (var receiver in email.To)
        {
            var reply = await session.AskAsync($"RCPT TO:<{receiver}>");
            if (!reply.IsTaken)
            {
                refused.Add($"{receiver} ({reply.Code} {ShownText.Answer(string.Join(' ', reply.Lines), Secrets(email))})");
            }
        }

        // An alert goes to whom it can, and says whom it did not reach; a test is there to find that out.
        if (refused.Count == email.To.Count || (refused.Count > 0 && notice.Kind == NoticeKind.Test))
        {
            return new($"The server refuses {ShownText.Line(string.Join(", ", refused), 500)}");
        }

        await session.CommandAsync("DATA", 354, "DATA");
        await session.SendAsync(EmailMessage.Bytes(email, notice, refused));
        await session.CommandAsync(".", 250, "the message");
        try
        {
            await session.AskAsync("QUIT");
        }
        catch (Exception fault) when (SendFault.Is(fault) || fault is SmtpException or OperationCanceledException)
        {
            // The message was taken; how the conversation ends does not change that.
        }

        return SendOutcome.Sent;
    }

    /// <summary>Up to where mail may be sent: encrypted and signed in, as the channel wants it.</summary>
    private async Task BeginAsync(SmtpSession session, EmailAddress email)
    {
        if (email is { Tls: true, Port: EncryptedPort })
        {
            await session.EncryptAsync(connection.Tls(email.Server));
        }

        await session.GreetAsync();
        if (email.Tls && email.Port != EncryptedPort)
        {
            if (!session.Has("STARTTLS"))
            {
                throw new SmtpException("The server offers no encryption (STARTTLS), which this channel asks for.");
            }

            await session.CommandAsync("STARTTLS", 220, "STARTTLS");
            await session.EncryptAsync(connection.Tls(email.Server));
            await session.HelloAsync();
        }

        if (email is { Tls: true, User: { } user, Password: { } password })
        {
            await SignInAsync(session, user, password);
        }
    }

    private static async Task SignInAsync(SmtpSession session, string user, string password)
    {
        var ways = session.Extensions.FirstOrDefault(line => line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.ToUpperInvariant().Split(' ') ?? [];
        if (ways.Contains("PLAIN"))
        {
            await session.CommandAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", 235, "user and password");
        }
        else if (ways.Contains("LOGIN"))
        {
            await session.CommandAsync("AUTH LOGIN", 334, "AUTH LOGIN");
            await session.CommandAsync(Base64(user), 334, "the user");
            await session.CommandAsync(Base64(password), 235, "user and password");
        }
        else
        {
            throw new SmtpException("The server takes no user and password (AUTH PLAIN or LOGIN).");
        }
    }

    private static string[] Secrets(EmailAddress email) => email.Password is null ? [] : [email.Password, Base64(email.Password), Base64($"\0{email.User}\0{email.Password}")];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
