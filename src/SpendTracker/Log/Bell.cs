namespace SpendTracker.Log;

/// <summary>
/// A bell that any number wait for: each ring wakes all who were waiting. Who looks for work takes <see cref="Next"/> first,
/// looks, and then waits for it: so a ring while it looked is not missed.
/// </summary>
public sealed class Bell
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes with the next ring.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Ring() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Waits for a ring, and no longer than so.</summary>
    /// <exception cref="OperationCanceledException">Cancelled meanwhile.</exception>
    public static async Task WaitAsync(Task ring, TimeSpan patience, CancellationToken cancellationToken)
    {
        await ring.WaitAsync(patience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
