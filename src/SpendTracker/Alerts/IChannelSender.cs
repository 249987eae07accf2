using SpendTracker.Contracts;

namespace SpendTracker.Alerts;

/// <summary>Tells over one kind of channel.</summary>
public interface IChannelSender
{
    ChannelKind Kind { get; }

    /// <summary>Tries once. What goes wrong on the other side, or on the way, is an outcome and no exception.</summary>
    Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken);
}

/// <summary>What an attempt met.</summary>
/// <param name="Reason">Null where the other side took it. Otherwise what a person can act on; without secrets.</param>
/// <param name="RetryAfter">What the other side asks for.</param>
public sealed record SendOutcome(string? Reason = null, TimeSpan? RetryAfter = null)
{
    public static SendOutcome Sent { get; } = new();

    public bool IsSent => Reason is null;
}
