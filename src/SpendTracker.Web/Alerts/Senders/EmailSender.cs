using System.Globalization;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>Sends e-mail over SMTP.</summary>
internal sealed class EmailSender(OutgoingConnection connection) : IChannelSender
{
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
        using var client = new MailClient(connection, email, notice);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        try
        {
            using var connecting = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
            connecting.CancelAfter(StepTimeout);
            var socket = await connection.OpenAsync(email.Server, email.Port, connecting.Token);
            await client.SendAsync(socket, StepTimeout, patience.Token);
            return SendOutcome.Sent;
        }
        catch (Exception fault) when (MailFault.Is(fault))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return MailFault.Of(fault, client, place, patience.IsCancellationRequested ? Timeout : StepTimeout);
        }
    }
}
