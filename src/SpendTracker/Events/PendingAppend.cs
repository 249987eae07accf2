using SpendTracker.Contracts;

namespace SpendTracker.Events;

/// <summary>An event that waits for its writer.</summary>
internal sealed class PendingAppend(EventToAppend toAppend)
{
    // The writer must not run its callers' code on its own loop.
    private readonly TaskCompletionSource<AppendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EventToAppend Event { get; } = toAppend;

    public Task<AppendResult> Result => _result.Task;

    /// <summary>Set while the transaction is under way; told to the caller once it is committed.</summary>
    public AppendResult? Outcome { get; set; }

    public void Acknowledge() => _result.TrySetResult(Outcome ?? AppendResult.Appended);

    public void Fail(Exception fault) => _result.TrySetException(fault);

    /// <summary>Compares this event with the content stored under the same id.</summary>
    public AppendResult AgainstStored(string storedType, byte[] stored) =>
        storedType != Event.Type.Name
            ? new AppendResult(AppendStatus.Conflict, [new FieldReason("type", $"Stored as '{storedType}', sent as '{Event.Type.Name}'.")])
            : EventDifference.Between(Event.Type, stored, Event.Data) is { Count: > 0 } difference
                ? new AppendResult(AppendStatus.Conflict, difference)
                : AppendResult.Duplicate;
}
