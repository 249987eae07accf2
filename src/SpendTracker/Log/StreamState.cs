using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Aggregation;
using SpendTracker.Events;
using MartenEvent = JasperFx.Events.IEvent;

namespace SpendTracker.Log;

/// <summary>What a stream of few events has come to: an aggregate, folded by Marten from the stream, oldest event first.</summary>
public interface IStreamState<TSelf> where TSelf : class, IStreamState<TSelf>
{
    /// <summary>The state after one more event. Pure: the same events always give the same state.</summary>
    /// <param name="state">Null before the first event.</param>
    static abstract TSelf Apply(TSelf? state, StoredEvent stored);
}

/// <summary>Has Marten fold streams into a state.</summary>
public static class StreamStates
{
    /// <summary>Makes a state known to a store, to be folded when it is asked for: it has no table.</summary>
    public static StoreOptions AddState<TState>(this StoreOptions options) where TState : class, IStreamState<TState>
    {
        options.Projections.Add(new Folding<TState>(), ProjectionLifecycle.Live);
        return options;
    }

    /// <summary>A state as Marten holds it. Marten looks for conventions in a type that it folds, down to its constructors; here are none.</summary>
    internal sealed class Folded<TState> where TState : class
    {
        /// <summary>The stream.</summary>
        public string Id { get; set; } = "";

        public TState? State { get; init; }
    }

    private sealed class Folding<TState> : SingleStreamProjection<Folded<TState>, string> where TState : class, IStreamState<TState>
    {
        public override Folded<TState>? Evolve(Folded<TState>? snapshot, string id, MartenEvent e) =>
            e.Data is Contracts.IEvent data
                ? new() { Id = id, State = TState.Apply(snapshot?.State, Stored(e, data)) }
                : snapshot; // Else of Marten's own: a tombstone, or an archived stream's last.

        private static StoredEvent Stored(MartenEvent e, Contracts.IEvent data) =>
            e.GetHeader("schemaVersion")?.ToString() is not (null or "1")
                ? throw new NotSupportedException($"Event {e.Sequence} is of a version that is not known.")
                : new StoredEvent(
                    e.Sequence, e.Id, e.TenantId, e.StreamKey!, e.Version, e.EventTypeName, e.Timestamp, data,
                    e.GetHeader("traceparent")?.ToString(), e.GetHeader("recordedBy")?.ToString() ?? "");
    }
}
