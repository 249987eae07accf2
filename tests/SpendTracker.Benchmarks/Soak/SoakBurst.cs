namespace SpendTracker.Benchmarks.Soak;

/// <summary>Calls of several callers at once, and what disturbs them meanwhile.</summary>
/// <param name="calls">By caller; each caller's come one after the other.</param>
/// <param name="mayFail">Whether connections are cut in this burst or were just before: then a call may leave its caller in doubt. One over HTTP always may:
/// a host keeps idle connections, and answers 503 where it comes upon one that was cut long ago.</param>
internal sealed class SoakBurst(SoakModel model, IReadOnlyList<SoakCall[]> calls, Gate database, bool mayFail)
{
    private const int Tries = 20;

    private readonly List<(int After, TaskCompletionSource Reached)> _waiting = [];
    private int _done;

    public int Calls { get; } = calls.Sum(list => list.Length);

    /// <summary>Ends when so many calls have been answered or given up, so that what follows comes in their middle.</summary>
    public Task AfterAsync(int count)
    {
        lock (_waiting)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((Math.Min(count, Calls), reached));
            Pass();
            return reached.Task;
        }
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(calls.Select(list => Task.Run(() => RunAsync(list, cancellationToken), cancellationToken)));

    private async Task RunAsync(SoakCall[] list, CancellationToken cancellationToken)
    {
        var left = list.Length;
        try
        {
            foreach (var call in list)
            {
                await MakeAsync(call, cancellationToken);
                left--;
                Done(1);
            }
        }
        finally
        {
            Done(left); // After a fault nobody may wait for calls that are not made.
        }
    }

    private void Done(int count)
    {
        lock (_waiting)
        {
            _done += count;
            Pass();
        }
    }

    private void Pass()
    {
        foreach (var (_, reached) in _waiting.Where(waiting => waiting.After <= _done))
        {
            reached.TrySetResult();
        }
    }

    private async Task MakeAsync(SoakCall call, CancellationToken cancellationToken)
    {
        model.Sending(call);
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            try
            {
                if (call.Correction is { } correction)
                {
                    model.Answered(correction, await call.Host.CorrectAsync(correction, cancellationToken));
                    return;
                }

                var statuses = await call.Host.AppendAsync(call.Events, cancellationToken);
                for (var i = 0; i < statuses.Length; i++)
                {
                    model.Answered(call.Events[i].Key, call.Events[i].Usage, statuses[i], attempt == 1 ? new(call.Caller, call.Number, i) : null);
                }

                return;
            }
            catch (Exception fault) when ((mayFail || call.Host is ProcessHost) && SoakHost.LeavesInDoubt(fault))
            {
                if (call.GivesUp)
                {
                    return;
                }
            }

            await database.WaitAsync(cancellationToken);
            await call.Host.Up.WaitAsync(cancellationToken);
        }
    }
}
