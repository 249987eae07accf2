namespace SpendTracker.Benchmarks.Soak;

/// <summary>What can be waited for: a server or a host that is up.</summary>
internal sealed class Gate
{
    private volatile TaskCompletionSource _open = Opened();

    public Task WaitAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    public void Close() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _open.TrySetResult();

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
