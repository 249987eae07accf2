namespace SpendTracker.Contracts;

/// <summary>A fact in the log. Its stored name is in <c>EventTypes</c>, written by hand and never changed.</summary>
public interface IEvent;

/// <summary>Something a service recorded about one workload: a quantity, an amount or a score, never a cost.</summary>
public interface IUsageEvent : IEvent
{
    /// <summary>The workload's id, e.g. <c>support-chat</c>. It need not be registered first.</summary>
    string Workload { get; }

    /// <summary>The approach that this usage served.</summary>
    Approach Approach { get; }

    /// <summary>When it happened. It decides the billing period and the stream. Not in the JSON, which has it under its own name.</summary>
    DateTimeOffset OccurredAt { get; }
}
