using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>An event that waits for its writer.</summary>
/// <param name="index">Its place in the call.</param>
internal sealed class PendingAppend(EventToAppend toAppend, AppendCall call, int index)
{
    public EventToAppend Event { get; } = toAppend;

    /// <summary>Whether it is stored only with all others of its call.</summary>
    public bool Together => call.Together;

    /// <summary>Set while the transaction is under way; told to the caller once it is committed.</summary>
    public AppendResult? Outcome { get; set; }

    public void Acknowledge() => call.Settle(index, Outcome ?? AppendResult.Appended);

    public void Fail(Exception fault) => call.Fail(fault);
}
