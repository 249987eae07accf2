using System.IO.Pipelines;
using SpendTracker.Log;

namespace SpendTracker.Web.Requests;

/// <summary>
/// Bounds the bytes of request bodies that are being read or wait to be stored, all callers together: when the database is
/// slower than they are, what waits would otherwise be the number of callers times the largest request. Only bytes that have
/// arrived count, since an announcement costs its caller nothing. If there is no room, the asking caller is turned away, and the
/// largest body that has been coming for two seconds gives way: a slow caller must not keep the others out.
/// </summary>
internal sealed class BodyBudget(EventStoreOptions options, TimeProvider clock)
{
    private static readonly TimeSpan MostWhileOthersWait = TimeSpan.FromSeconds(2);

    /// <summary>Bodies that wait for their callers; those that arrive at once are never here.</summary>
    private readonly HashSet<HeldBody> _coming = [];
    private long _held;

    public async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        var body = new HeldBody(this, clock);
        try
        {
            context.Features.Set(body);
            await next(context);
        }
        finally
        {
            body.EndOfRequest();
        }
    }

    /// <param name="bytes">To take.</param>
    /// <param name="alone">What the caller holds with it; with nobody beside, it may be more than there is.</param>
    public void Take(long bytes, long alone)
    {
        var held = Interlocked.Add(ref _held, bytes);
        if (held > options.RequestBytes && held > alone)
        {
            Release(bytes);
            EndSlowest();
            throw new BodyBudgetException(options.RequestBytes);
        }
    }

    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);

    public void Await(HeldBody body)
    {
        lock (_coming)
        {
            _coming.Add(body);
        }
    }

    public void Arrived(HeldBody body)
    {
        lock (_coming)
        {
            _coming.Remove(body);
        }
    }

    private void EndSlowest()
    {
        lock (_coming)
        {
            if (_coming.Where(body => clock.GetElapsedTime(body.ComingSince) > MostWhileOthersWait).MaxBy(body => body.Bytes) is { } slowest)
            {
                _coming.Remove(slowest);
                slowest.GiveWay();
            }
        }
    }
}

/// <summary>What one request holds of the budget: until it is answered, and until its events have left the store's queue.</summary>
internal sealed class HeldBody(BodyBudget budget, TimeProvider clock)
{
    private PipeReader? _reader;
    private Task _storing = Task.CompletedTask;

    public long Bytes { get; private set; }

    public long ComingSince { get; private set; }

    /// <summary>The body is not there yet.</summary>
    public void WaitFor(PipeReader reader)
    {
        if (_reader is null)
        {
            _reader = reader;
            ComingSince = clock.GetTimestamp();
            budget.Await(this);
        }
    }

    /// <summary>Makes it so many bytes, which have arrived.</summary>
    /// <param name="givesWay">Whether it came slowly, and others need its room.</param>
    /// <exception cref="BodyBudgetException">It gives way, or there is no room.</exception>
    public void Cover(long bytes, bool givesWay)
    {
        if (givesWay)
        {
            throw new BodyBudgetException();
        }

        if (bytes > Bytes)
        {
            budget.Take(bytes - Bytes, alone: bytes);
            Bytes = bytes;
        }
    }

    /// <summary>Ends the wait for the rest of the body.</summary>
    public void GiveWay() => _reader!.CancelPendingRead();

    public void EndOfBody()
    {
        if (_reader is not null)
        {
            budget.Arrived(this);
        }
    }

    /// <summary>A caller who hangs up, or is told to come back, leaves events in the queue.</summary>
    public void HoldUntil(Task storing) => _storing = storing;

    public void EndOfRequest()
    {
        if (_storing.IsCompleted)
        {
            budget.Release(Bytes);
        }
        else
        {
            _storing.ContinueWith(_ => budget.Release(Bytes), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}

/// <summary>No room for one more body now.</summary>
internal sealed class BodyBudgetException : Exception
{
    public BodyBudgetException(long limit)
        : base($"Requests of more than {limit / 1024 / 1024} MiB together are being read or stored. Send the same ids again in a second.")
    {
    }

    public BodyBudgetException()
        : base("The body came slowly, and others needed its room. Send the same ids again in a second, or fewer of them.")
    {
    }
}

/// <summary>How a request waits for what it asked to be stored.</summary>
internal static class Storing
{
    /// <summary>
    /// Longer than a writer needs to learn that its connection is dead or the database too slow. Whoever waits behind such a
    /// batch is told to come back; the ids settle what became of the events.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">The events wait still, and may be stored later.</exception>
    public static Task<T> ForAsync<T>(this Task<T> storing, HttpRequest request, CancellationToken cancellationToken)
    {
        request.HttpContext.Features.Get<HeldBody>()?.HoldUntil(storing);
        return storing.WaitAsync(Patience, cancellationToken);
    }
}
