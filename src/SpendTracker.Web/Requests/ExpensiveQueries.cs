using System.Diagnostics;
using System.Threading.RateLimiting;
using SpendTracker.Log;

namespace SpendTracker.Web.Requests;

/// <summary>
/// Queries that read much more than today's read models: the events behind a number, an explanation, a preview of prices, and whatever
/// is asked as known on a day. Each takes a core of PostgreSQL for seconds, which ingestion needs, too. So a caller and a host run few at a time, and
/// none for long; and while ingestion is busy, a turn rests after each query.
/// </summary>
internal sealed class ExpensiveQueries(LimitOptions limits, EventStore store) : IAsyncDisposable
{
    /// <summary>The share of the time that writers append, from which on ingestion is busy. At full load it is nearly all.</summary>
    private const double Busy = 0.5;

    /// <summary>How much longer than its query a turn rests. Four turns then run less than one query at a time.</summary>
    private const int Rest = 4;

    /// <summary>Waiting costs a caller's patience and no memory to speak of.</summary>
    private const int MostWaiting = 100;

    private readonly PartitionedRateLimiter<string> _callers = PartitionedRateLimiter.Create<string, string>(
        caller => RateLimitPartition.GetConcurrencyLimiter(caller, _ => AtATime(limits.QueriesPerCaller)));

    private readonly ConcurrencyLimiter _host = new(AtATime(limits.QueriesPerHost));

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs a query when it has its turn.</summary>
    /// <param name="caller">Who asks, as in the log: <c>key:4f…</c> or <c>person:Ada</c>.</param>
    /// <param name="query">Its token is cancelled when its time is up.</param>
    /// <exception cref="TooManyQueriesException">Others took all turns for longer than a query waits.</exception>
    /// <exception cref="QueryTimeException">The query took too long.</exception>
    public async Task RunAsync(string caller, Func<CancellationToken, Task> query, CancellationToken cancellationToken)
    {
        using var own = await WaitAsync(token => _callers.AcquireAsync(caller, 1, token), cancellationToken);
        var turn = await WaitAsync(token => _host.AcquireAsync(1, token), cancellationToken);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limits.QueryTime);
        var (started, worked) = (Stopwatch.GetTimestamp(), store.Worked);
        try
        {
            await query(time.Token);
        }
        catch (OperationCanceledException fault) when (time.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new QueryTimeException(limits.QueryTime, fault);
        }
        finally
        {
            _ = GiveBackAsync(turn, RestAfter(Stopwatch.GetElapsedTime(started), store.Worked - worked));
        }
    }

    /// <summary>The same of a query that gives something.</summary>
    public async Task<T> RunAsync<T>(string caller, Func<CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        T answer = default!;
        await RunAsync(caller, async token => { answer = await query(token); }, cancellationToken);
        return answer;
    }

    /// <summary>How long a turn rests after a query. Pure.</summary>
    /// <param name="took">The time of the query.</param>
    /// <param name="appended">How long a writer appended meanwhile, on average.</param>
    public static TimeSpan RestAfter(TimeSpan took, TimeSpan appended) => appended >= took * Busy ? took * Rest : TimeSpan.Zero;

    private async Task GiveBackAsync(RateLimitLease turn, TimeSpan rest)
    {
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        turn.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _stopping.Dispose();
        await _callers.DisposeAsync();
        await _host.DisposeAsync();
    }

    private static ConcurrencyLimiterOptions AtATime(int queries) =>
        new() { PermitLimit = queries, QueueLimit = MostWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    private async Task<RateLimitLease> WaitAsync(Func<CancellationToken, ValueTask<RateLimitLease>> acquire, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limits.QueryWait);
        try
        {
            var lease = await acquire(patience.Token);
            return lease.IsAcquired ? lease : throw new TooManyQueriesException(limits);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TooManyQueriesException(limits);
        }
    }
}

/// <summary>Metadata of an endpoint whose query is expensive.</summary>
/// <param name="Is">Whether it is, as it is asked.</param>
internal sealed record ExpensiveQuery(Func<IQueryCollection, bool> Is)
{
    public static ExpensiveQuery Always { get; } = new(_ => true);
}

/// <summary>Too many expensive queries run already.</summary>
internal sealed class TooManyQueriesException(LimitOptions limits)
    : Exception($"Questions about past days, about events and about what prices would change run {limits.QueriesPerCaller} at a time for one caller, and {limits.QueriesPerHost} in all. Ask again in a few seconds.");

/// <summary>An expensive query was cancelled after its time.</summary>
internal sealed class QueryTimeException(TimeSpan time, Exception fault)
    : Exception($"The answer would take longer than {time.TotalSeconds:0.#} s. Ask for fewer months, or for one workload.", fault);
