using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Marten;
using IEvent = SpendTracker.Contracts.IEvent;

namespace SpendTracker.Log;

/// <summary>What was decided on a stream's state.</summary>
/// <param name="Answer">For the caller.</param>
/// <param name="Events">What is to be appended; none where nothing is to be changed.</param>
public readonly record struct Decision<T>(T Answer, params IReadOnlyList<IEvent> Events);

/// <summary>Streams of few events, whose next event depends on what they hold. They go through Marten's sessions; usage does not.</summary>
/// <param name="read">A stream's events as our own reader sees them: it tells what is wrong with one.</param>
/// <param name="appended">Called after each commit.</param>
public sealed class EventStreams(IDocumentStore marten, Func<string, CancellationToken, Task<IReadOnlyList<StoredEvent>>> read, Action appended)
{
    /// <summary>Each lost race means that somebody else's event is in. From the second attempt on, the stream's head is locked meanwhile.</summary>
    private const int MostAttempts = 10;

    /// <summary>Decides on a stream's state, and appends what follows. Where somebody else appends at the same time, it is decided anew.</summary>
    /// <param name="decide">A pure function: it may be asked several times.</param>
    /// <returns>The answer to the decision that holds.</returns>
    /// <exception cref="UnreadableEventException">An event of the stream cannot be read here, so that nothing can be decided.</exception>
    /// <exception cref="StreamBusyException">Too many others appended to the stream meanwhile. Nothing was stored.</exception>
    public Task<T> DecideAsync<TState, T>(string stream, Func<TState?, Decision<T>> decide, Recorder recorder, CancellationToken cancellationToken)
        where TState : class, IStreamState<TState> =>
        DecideAsync<TState, T>(stream, (state, _) => Task.FromResult(decide(state)), recorder, cancellationToken);

    /// <summary>The same, for a decision that has to look elsewhere, too.</summary>
    public Task<T> DecideAsync<TState, T>(
        string stream, Func<TState?, CancellationToken, Task<Decision<T>>> decide, Recorder recorder, CancellationToken cancellationToken)
        where TState : class, IStreamState<TState> =>
        DecideAsync(stream, decide, _ => recorder, cancellationToken);

    /// <summary>The same, where who records it is known by the state only.</summary>
    public Task<T> DecideAsync<TState, T>(string stream, Func<TState?, Decision<T>> decide, Func<TState?, Recorder> recorder, CancellationToken cancellationToken)
        where TState : class, IStreamState<TState> =>
        DecideAsync<TState, T>(stream, (state, _) => Task.FromResult(decide(state)), recorder, cancellationToken);

    private async Task<T> DecideAsync<TState, T>(
        string stream, Func<TState?, CancellationToken, Task<Decision<T>>> decide, Func<TState?, Recorder> recorder, CancellationToken cancellationToken)
        where TState : class, IStreamState<TState>
    {
        try
        {
            return await SaveAsync(stream, async (session, attempt) =>
            {
                var fetched = attempt == 1
                    ? await session.Events.FetchForWriting<StreamStates.Folded<TState>>(stream, cancellationToken)
                    : await session.Events.FetchForExclusiveWriting<StreamStates.Folded<TState>>(stream, cancellationToken);
                if (fetched is { Aggregate: null, CurrentVersion: > 0 })
                {
                    throw new InvalidOperationException($"A service has archived the stream '{stream}'. Nothing can be decided on what is not shown, nor be appended to it.");
                }

                var state = fetched.Aggregate?.State;
                var decision = await decide(state, cancellationToken);
                fetched.AppendMany(decision.Events.Select(data => (object)session.Wrap(new EventToAppend(stream, Guid.CreateVersion7(), data, recorder(state)))));
                return (decision.Answer, decision.Events.Count);
            }, cancellationToken);
        }
        catch (Exception fault) when (fault is not (NpgsqlException or OperationCanceledException or StreamBusyException))
        {
            await read(stream, cancellationToken); // Where an event cannot be read, this says which, and why.
            throw;
        }
    }

    /// <summary>The one loop of all that may lose a race: what is prepared is saved, or prepared anew.</summary>
    /// <param name="stream">For the message to who never won.</param>
    /// <param name="prepare">Adds events to the session, by the number of the attempt from 1; gives the answer, and how many events it added.</param>
    private async Task<T> SaveAsync<T>(string stream, Func<IDocumentSession, int, Task<(T Answer, int Events)>> prepare, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var session = marten.LightweightSession();
            try
            {
                var (answer, events) = await prepare(session, attempt);
                if (events > 0)
                {
                    await session.SaveChangesAsync(cancellationToken);
                    appended();
                }

                return answer;
            }
            catch (Exception fault) when (IsLostRace(fault))
            {
                if (attempt == MostAttempts)
                {
                    throw new StreamBusyException(stream, fault);
                }
            }
            catch (Exception fault) when (IsOfDatabase(fault, out var inner))
            {
                throw Unwrapped(inner);
            }
        }
    }

    /// <summary>What events of one stream, oldest first, have come to; null where there is none.</summary>
    public static TState? Fold<TState>(IEnumerable<StoredEvent> history) where TState : class, IStreamState<TState> =>
        history.Aggregate((TState?)null, TState.Apply);

    /// <summary>Appends to a stream whatever it holds: what is recorded depends on nothing that is there.</summary>
    /// <exception cref="StreamBusyException">As above.</exception>
    /// <returns>The events' ids.</returns>
    public Task<IReadOnlyList<Guid>> RecordAsync(string stream, IReadOnlyList<IEvent> events, Recorder recorder, CancellationToken cancellationToken) =>
        SaveAsync<IReadOnlyList<Guid>>(stream, async (session, _) =>
        {
            var named = Named(stream, events, recorder);
            session.Append(stream, await VersionAsync(session, stream, cancellationToken), named);
            return ([.. named.Select(e => e.Id)], events.Count);
        }, cancellationToken);

    private static async Task<long> VersionAsync(IDocumentSession session, string stream, CancellationToken cancellationToken) =>
        (await session.Events.FetchStreamStateAsync(stream, cancellationToken))?.Version ?? 0;

    private static EventToAppend[] Named(string stream, IReadOnlyList<IEvent> events, Recorder recorder) =>
        [.. events.Select(data => new EventToAppend(stream, Guid.CreateVersion7(), data, recorder))];

    /// <summary>Appends events whose ids say what they are, each where it is not stored yet: recorded again, they change nothing.</summary>
    /// <exception cref="StreamBusyException">As above.</exception>
    public Task RecordOnceAsync(IReadOnlyList<EventToAppend> events, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. events.Select(e => e.Id)];
        var streams = events.GroupBy(e => e.Stream, StringComparer.Ordinal).OrderBy(stream => stream.Key, StringComparer.Ordinal).ToArray();
        return SaveAsync(events[0].Stream, async (session, _) =>
        {
            Dictionary<string, long> versions = [];
            foreach (var stream in streams)
            {
                versions[stream.Key] = await VersionAsync(session, stream.Key, cancellationToken);
            }

            // After the versions: what comes in between makes us look again. And ids alone, since an earlier event may be unreadable here.
            var stored = (await session.AdvancedSql.QueryAsync<Guid>($"select id from {LogTables.Events} where id = any(?)", cancellationToken, ids)).ToHashSet();
            foreach (var stream in streams)
            {
                if (stream.Where(e => !stored.Contains(e.Id)).ToArray() is { Length: > 0 } fresh)
                {
                    session.Append(stream.Key, versions[stream.Key], fresh);
                }
            }

            return (true, ids.Count(id => !stored.Contains(id)));
        }, cancellationToken);
    }

    /// <summary>Appends to a stream that must still be at the version that the decision was made on.</summary>
    /// <returns>False, with nothing stored, when somebody else has appended to the stream: look again and decide again.</returns>
    public Task<bool> AppendAsync(string stream, long expectedVersion, IReadOnlyList<IEvent> events, Recorder recorder, CancellationToken cancellationToken) =>
        AppendAsync(stream, expectedVersion, Named(stream, events, recorder), cancellationToken);

    /// <summary>The same, for events whose ids say what they are.</summary>
    /// <param name="toAppend">All of that stream; at least one.</param>
    /// <returns>As above.</returns>
    public async Task<bool> AppendAsync(string stream, long expectedVersion, IReadOnlyList<EventToAppend> toAppend, CancellationToken cancellationToken)
    {
        await using var session = marten.LightweightSession();
        session.Append(stream, expectedVersion, toAppend);
        return await SaveAsync(session, cancellationToken);
    }

    /// <returns>False, with nothing stored, when a stream is not at the version that it was expected at.</returns>
    private async Task<bool> SaveAsync(IDocumentSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception fault) when (IsLostRace(fault))
        {
            return false;
        }
        catch (Exception fault) when (IsOfDatabase(fault, out var inner))
        {
            throw Unwrapped(inner);
        }

        appended();
        return true;
    }

    /// <summary>Begins streams that nobody has yet, all of them or none.</summary>
    /// <param name="streams">The events of each, by its name.</param>
    /// <returns>False, with nothing stored, when one of the streams is there already.</returns>
    public async Task<bool> StartAsync(IEnumerable<IGrouping<string, IEvent>> streams, Recorder recorder, CancellationToken cancellationToken)
    {
        await using var session = marten.LightweightSession();
        foreach (var stream in streams.OrderBy(stream => stream.Key, StringComparer.Ordinal))
        {
            session.Append(stream.Key, 0, Named(stream.Key, [.. stream], recorder));
        }

        return await SaveAsync(session, cancellationToken);
    }

    /// <summary>Whether it is a fault of the database in another's wrapping. A caller who gave up has met none, though PostgreSQL says that it stopped.</summary>
    private static bool IsOfDatabase(Exception fault, [NotNullWhen(true)] out NpgsqlException? inner)
    {
        inner = fault is OperationCanceledException ? null : fault.InnerException as NpgsqlException;
        return inner is not null;
    }

    /// <summary>A fault of the database is one to all who call, whichever library it came through.</summary>
    private static NpgsqlException Unwrapped(NpgsqlException fault)
    {
        ExceptionDispatchInfo.Throw(fault);
        return fault;
    }

    /// <summary>Somebody else's event took the place of ours.</summary>
    private static bool IsLostRace(Exception fault) => fault
        is ConcurrencyException or EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException or StreamLockedException
        or global::Marten.Exceptions.ExistingStreamIdCollisionException;
}

/// <summary>Others appended to a stream again and again, while something was decided on it. Nothing was stored.</summary>
public sealed class StreamBusyException(string stream, Exception? fault)
    : Exception($"Others keep appending to the stream '{stream}'. Nothing was stored; try again in a second.", fault);
