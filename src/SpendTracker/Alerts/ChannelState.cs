using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Alerts;

/// <summary>A channel as its stream tells it.</summary>
/// <param name="Channel">Null where it was removed.</param>
/// <param name="Addresses">All that it ever had; but for the present one, they are deleted.</param>
/// <param name="Version">How many events its stream has.</param>
public sealed record ChannelState(Channel? Channel, IReadOnlyList<Guid> Addresses, int Version = 0) : IStreamState<ChannelState>
{
    public static ChannelState Apply(ChannelState? state, StoredEvent stored) => Changed(state, stored) with { Version = (int)stored.Version };

    private static ChannelState Changed(ChannelState? state, StoredEvent stored)
    {
        var now = state?.Channel;
        return stored.Data switch
        {
            ChannelSet set => new(
                new Channel(set.Channel, set.Name, set.Kind, set.Target, set.Schedule, stored.RecordedAt, stored.RecordedBy, now?.PausedAt, now?.PausedBecause, now?.Failures ?? 0)
                {
                    Address = set.Address,
                },
                [.. state?.Addresses ?? [], set.Address]),
            ChannelRemoved => (state ?? new(null, [])) with { Channel = null },
            ChannelPaused paused when now is not null => state! with { Channel = now with { PausedAt = stored.RecordedAt, PausedBecause = paused.Reason, Failures = paused.Failures } },
            ChannelResumed when now is not null => state! with { Channel = now with { PausedAt = null, PausedBecause = null, Failures = 0 } },
            _ => state ?? new(null, []),
        };
    }
}
