using Npgsql;

namespace SpendTracker.Log;

/// <summary>
/// The next page, read and folded over a connection of its own while the one before is written. It is a guess: if the
/// projection is elsewhere when its turn comes, or reading failed, it is forgotten and read again.
/// </summary>
/// <param name="like">The connection that pages are written over; the other one is a copy.</param>
internal sealed class PageAhead(NpgsqlConnection like, Projection projection, RecentEvents? recent) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private Task<EventPage>? _reading;
    private long _after;

    /// <summary>Begins to read. The projection must be empty, and its page not flushed before this one is taken or dropped.</summary>
    public void Start(long after, long last, int most, CancellationToken cancellationToken)
    {
        _after = after;
        // By another thread from its first step: what is in memory or has arrived waits for nothing, and would be folded before the page is written.
        _reading = Task.Run(() => ReadAsync(after, last, most, cancellationToken), CancellationToken.None);
    }

    /// <summary>Waits until it is read, or has failed: before a transaction begins, which would be idle meanwhile.</summary>
    public async Task ReadyAsync()
    {
        if (_reading is not null)
        {
            await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>The page after a number, folded; null where there is none, and the projection is empty.</returns>
    public async Task<EventPage?> TakeAsync(long after)
    {
        await ReadyAsync();
        if (_reading is not { } reading)
        {
            return null;
        }

        _reading = null;
        if (reading.IsCompletedSuccessfully && _after == after)
        {
            return await reading;
        }

        projection.Discard();
        return null;
    }

    public Task DropAsync() => TakeAsync(-1);

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<EventPage> ReadAsync(long after, long last, int most, CancellationToken cancellationToken)
    {
        if (_connection is null)
        {
            _connection = (NpgsqlConnection)((ICloneable)like).Clone();
            await _connection.OpenAsync(cancellationToken);
        }

        var page = new EventPage(projection, recent);
        await page.ReadAsync(_connection, after, last, most, cancellationToken);
        return page;
    }
}
