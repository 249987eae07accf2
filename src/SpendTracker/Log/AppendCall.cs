using SpendTracker.Events;

namespace SpendTracker.Log;

/// <summary>One call of <see cref="EventStore.AppendAsync"/>: its events may go to several writers, and it is answered once, when all of them have settled.</summary>
/// <param name="together">Whether its events are stored all or none. They are one writer's then, in a transaction of their own.</param>
internal sealed class AppendCall(int events, bool together = false)
{
    // The writer must not run its callers' code on its own thread.
    private readonly TaskCompletionSource<AppendResult[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AppendResult[] _results = new AppendResult[events];
    private Exception? _fault;
    private int _unsettled = events;

    public bool Together { get; } = together;

    public Task<AppendResult[]> Completion => _completion.Task;

    public void Settle(int index, AppendResult result)
    {
        _results[index] = result;
        SettleOne();
    }

    public void Fail(Exception fault)
    {
        _fault = fault;
        SettleOne();
    }

    private void SettleOne()
    {
        if (Interlocked.Decrement(ref _unsettled) > 0)
        {
            return;
        }

        if (_fault is { } fault)
        {
            _completion.SetException(fault);
        }
        else
        {
            _completion.SetResult(_results);
        }
    }
}
