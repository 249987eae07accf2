using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using SpendTracker.Activities;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Web.Alerts;

/// <summary>Tries once to tell something over a channel. The only place where an address is decrypted.</summary>
internal sealed class ChannelSending(
    IEnumerable<IChannelSender> senders, Channels channels, ChannelAddresses addresses, AlertNotices notices, AlertLedger ledger, ActivityLog log, AlertOptions options, ILogger<ChannelSending> logger)
{
    private readonly FrozenDictionary<ChannelKind, IChannelSender> _senders = senders.ToFrozenDictionary(sender => sender.Kind);

    /// <summary>Sends a made-up alert now. If it goes through, a paused channel is resumed.</summary>
    /// <param name="id">Not a channel: one from the list does not have its address.</param>
    /// <returns>Null if there is no such channel.</returns>
    public async Task<SendOutcome?> TestAsync(string id, Recorder recorder, CancellationToken cancellationToken)
    {
        if (await channels.FindAsync(id, cancellationToken) is not { } channel)
        {
            return null;
        }

        var outcome = await TryAsync(channel, notices.Test(channel.Id), null, cancellationToken);
        await log.ChannelTestedAsync(id, outcome.IsSent, outcome.Reason, recorder, cancellationToken);
        if (outcome.IsSent)
        {
            await ledger.TestedAsync(channel, cancellationToken);
        }

        return outcome;
    }

    /// <summary>The same over an address that is not saved yet. It changes no channel; the activity has it.</summary>
    /// <param name="id">What the channel is to be called.</param>
    public async Task<SendOutcome> TestAsync(string id, ChannelAddress address, Recorder recorder, CancellationToken cancellationToken)
    {
        var outcome = _senders.TryGetValue(address.Kind, out var sender)
            ? await SendAsync(sender, id, address, notices.Test(id), cancellationToken)
            : new SendOutcome($"This host cannot send over {EnumName.Of(address.Kind)}.");
        await log.ChannelTestedAsync(id, outcome.IsSent, outcome.Reason, recorder, cancellationToken);
        return outcome;
    }

    /// <param name="traceParent">Of the crossing: the span goes on from it.</param>
    /// <returns>Throws only if the database fails or the caller stops: anything else that goes wrong is an outcome.</returns>
    public async Task<SendOutcome> TryAsync(Channel channel, AlertNotice notice, string? traceParent, CancellationToken cancellationToken)
    {
        if (!_senders.TryGetValue(channel.Kind, out var sender))
        {
            return new SendOutcome($"This host cannot send over {EnumName.Of(channel.Kind)}.");
        }

        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        using var activity = EventMetrics.Activities.StartActivity($"send {EnumName.Of(channel.Kind)}", ActivityKind.Producer, parent);
        activity?.SetTag("spendtracker.channel", channel.Id).SetTag("spendtracker.message", notice.Id).SetTag("spendtracker.notice", EnumName.Of(notice.Kind));
        var outcome = await SendAsync(sender, channel, notice, cancellationToken);
        activity?.SetStatus(outcome.IsSent ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome.Reason);
        return outcome;
    }

    private async Task<SendOutcome> SendAsync(IChannelSender sender, Channel channel, AlertNotice notice, CancellationToken cancellationToken)
    {
        var (address, trouble) = await AddressAsync(channel, cancellationToken);
        return address is null ? new SendOutcome(trouble) : await SendAsync(sender, channel.Id, address, notice, cancellationToken);
    }

    private async Task<SendOutcome> SendAsync(IChannelSender sender, string channel, ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.SendTimeout);
        try
        {
            return await sender.SendAsync(address, notice, patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new SendOutcome($"No answer within {options.SendTimeout.TotalSeconds:0.###} s.");
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // A sender's bug must not keep this message, and those behind it, from ever being settled. Its text may have a secret in it.
            logger.LogError("Sending over channel {Channel} failed with {Fault}", channel, fault.GetType().Name);
            return new SendOutcome($"The sender failed with {fault.GetType().Name}.");
        }
    }

    /// <returns>The address; or null, and why there is none that can be used.</returns>
    private async Task<(ChannelAddress? Address, string? Trouble)> AddressAsync(Channel channel, CancellationToken cancellationToken)
    {
        try
        {
            var address = await addresses.OpenAsync(channel, cancellationToken);
            return (address, address is null ? "The channel's address was replaced meanwhile." : null);
        }
        catch (CryptographicException)
        {
            return (null, "The channel's address cannot be decrypted here. Set it again.");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            // Another version of this program stored it. The fault's text may have a secret in it.
            logger.LogError("The address of channel {Channel} cannot be read: {Fault}", channel.Id, fault.GetType().Name);
            return (null, "The channel's stored address cannot be read here. Set it again.");
        }
    }
}
