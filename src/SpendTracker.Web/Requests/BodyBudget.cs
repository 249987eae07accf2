using SpendTracker.Log;

namespace SpendTracker.Web.Requests;

/// <summary>
/// Bounds the bytes of request bodies that are being read or wait to be stored, all callers together: when the database is
/// slower than they are, what waits would otherwise be the number of callers times the largest request. Who does not fit is
/// turned away before the body is read.
/// </summary>
internal sealed class BodyBudget(EventStoreOptions options)
{
    private long _held;

    public async Task HoldAsync(HttpContext context, RequestDelegate next)
    {
        var body = new HeldBody(this);
        try
        {
            body.Cover(context.Request.ContentLength ?? 0); // A chunked body is counted as it arrives.
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
            throw new BodyBudgetException(options.RequestBytes);
        }
    }

    public void Release(long bytes) => Interlocked.Add(ref _held, -bytes);
}

/// <summary>What one request holds of the budget: until it is answered, and until its events have left the store's queue.</summary>
internal sealed class HeldBody(BodyBudget budget)
{
    private long _bytes;
    private Task _storing = Task.CompletedTask;

    /// <summary>Makes it at least so many bytes.</summary>
    /// <exception cref="BodyBudgetException">There is no room.</exception>
    public void Cover(long bytes)
    {
        if (bytes > _bytes)
        {
            budget.Take(bytes - _bytes, alone: bytes);
            _bytes = bytes;
        }
    }

    /// <summary>A caller who hangs up, or is told to come back, leaves events in the queue.</summary>
    public void HoldUntil(Task storing) => _storing = storing;

    public void EndOfRequest()
    {
        if (_storing.IsCompleted)
        {
            budget.Release(_bytes);
        }
        else
        {
            _storing.ContinueWith(_ => budget.Release(_bytes), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}

/// <summary>No room for one more body now.</summary>
internal sealed class BodyBudgetException(long limit)
    : Exception($"Requests of more than {limit / 1024 / 1024} MiB together are being read or stored. Send the same ids again in a second.");

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
