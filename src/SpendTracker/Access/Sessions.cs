using System.Collections.Concurrent;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A session that holds.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="Role">What the person may do now, whatever it was when the session began.</param>
public sealed record Session(string Id, string Person, Role Role, DateTimeOffset ExpiresAt)
{
    /// <summary>The teams of a member, now.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];
}

/// <summary>A session as its stream says.</summary>
/// <param name="StartedAt">Where in the log it began.</param>
public sealed record SessionState(SessionStarted Started, long StartedAt, bool IsEnded) : IStreamState<SessionState>
{
    public static SessionState Apply(SessionState? state, StoredEvent stored) => stored.Data switch
    {
        SessionStarted started => new(started, stored.SeqId, IsEnded: false),
        SessionEnded => state! with { IsEnded = true },
        _ => state!,
    };
}

/// <summary>A session in a list.</summary>
/// <param name="UsedAt">When it was used last, about to the minute.</param>
public sealed record ListedSession(Session Session, DateTimeOffset StartedAt, DateTimeOffset UsedAt);

/// <summary>
/// Sessions of signed-in persons. A session ends by signing out, when somebody ends it, when its person is removed, after a time
/// without use, and after its lifetime. Whether it holds is read from the log each time, so that its end and a changed role are
/// known to every host at once. When it was used last, a host keeps in memory, and writes down about once a minute for the others.
/// </summary>
public sealed class Sessions(NpgsqlDataSource dataSource, EventStore store, People people, SessionLimits limits, TimeProvider clock)
{
    private const string Streams = "access/session-";

    private static readonly TimeSpan MostUnwritten = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (DateTimeOffset UsedAt, DateTimeOffset WrittenAt)> _uses = [];

    public async Task<Session> StartAsync(SignedIn signedIn, string? from, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var session = new Session(RandomNumberGenerator.GetHexString(32, lowercase: true), signedIn.Person, signedIn.Role, now + limits.Lifetime) { Teams = signedIn.Teams };
        await people.NoteSignInAsync(session.Person, now, cancellationToken);
        await WriteUseAsync(session, now, cancellationToken);
        await store.Streams.AppendAsync(
            Streams + session.Id, 0, [new SessionStarted(session.Id, session.Person, session.Role, session.ExpiresAt)], new Recorder($"person:{session.Person}") { From = from }, cancellationToken);
        return session;
    }

    /// <summary>Ends a session; one that has ended stays as it is.</summary>
    public Task EndAsync(string id, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<SessionState, bool>(
        Streams + id, state => state is { IsEnded: false } ? new(true, new SessionEnded(id, recorder.By)) : new(false), recorder, cancellationToken);

    /// <summary>Those of the sessions that hold, by id.</summary>
    /// <param name="sessions">Each with the person that its cookie names.</param>
    /// <param name="isUse">Whether they are used now: a request or a click, and no look at open pages.</param>
    public async Task<IReadOnlyDictionary<string, Session>> FindAsync(IReadOnlyCollection<(string Id, string Person)> sessions, bool isUse, CancellationToken cancellationToken)
    {
        var holding = await HoldingAsync(sessions, cancellationToken);
        var now = clock.GetUtcNow();
        await ReadUsesAsync([.. holding.Keys.Where(id => IsIdle(id, now))], cancellationToken);
        foreach (var session in holding.Values.Where(session => _uses.ContainsKey(session.Id) && IsIdle(session.Id, now)).ToArray())
        {
            holding.Remove(session.Id);
        }

        foreach (var session in holding.Values.Where(_ => isUse))
        {
            var written = _uses.TryGetValue(session.Id, out var use) ? use.WrittenAt : DateTimeOffset.MinValue;
            _uses[session.Id] = (now, written);
            if (now - written >= MostUnwritten)
            {
                await WriteUseAsync(session, now, cancellationToken);
            }
        }

        return holding;
    }

    /// <summary>The sessions that hold, of one person or all; those used last first.</summary>
    /// <param name="person">The id; null for all.</param>
    public async Task<IReadOnlyList<ListedSession>> ListAsync(string? person, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "select session, person, started_at, used_at from spend.session_use where expires_at > $1 and ($2::text is null or person = $2) order by used_at desc, session");
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = (object?)person ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(string Id, string Person, DateTimeOffset StartedAt, DateTimeOffset UsedAt)> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add((reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3)));
        }

        var holding = await FindAsync([.. rows.Select(row => (row.Id, row.Person))], isUse: false, cancellationToken);
        return [.. rows.Where(row => holding.ContainsKey(row.Id)).Select(row => new ListedSession(holding[row.Id], row.StartedAt, row.UsedAt))];
    }

    /// <summary>Ends a session of a person.</summary>
    /// <returns>False if the person has no such session.</returns>
    public async Task<bool> EndAsync(string id, string person, Recorder recorder, CancellationToken cancellationToken)
    {
        if (!(await FindAsync([(id, person)], isUse: false, cancellationToken)).TryGetValue(id, out var session) || session.Person != person)
        {
            return false;
        }

        await EndAsync(id, recorder, cancellationToken);
        return true;
    }

    private bool IsIdle(string id, DateTimeOffset now) => !_uses.TryGetValue(id, out var use) || now - use.UsedAt >= limits.Idle;

    /// <summary>What other hosts wrote down. A session of an earlier version has no row, and counts as used.</summary>
    private async Task ReadUsesAsync(string[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return;
        }

        await using var command = dataSource.CreateCommand("select session, used_at from spend.session_use where session = any($1)");
        command.Parameters.Add(new() { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var used = reader.GetFieldValue<DateTimeOffset>(1);
            _uses.AddOrUpdate(reader.GetString(0), (used, used), (_, known) => known.UsedAt >= used ? known : (used, used));
        }
    }

    private async Task WriteUseAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with over as (delete from spend.session_use where expires_at < $3 - interval '1 day')
            insert into spend.session_use as u (session, person, started_at, used_at, expires_at) values ($1, $2, $3, $3, $4)
            on conflict (session) do update set used_at = greatest(u.used_at, excluded.used_at)
            """);
        command.Parameters.Add(new() { Value = session.Id });
        command.Parameters.Add(new() { Value = session.Person });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = session.ExpiresAt });
        await command.ExecuteNonQueryAsync(cancellationToken);
        _uses[session.Id] = (now, now);
        foreach (var over in _uses.Where(use => now - use.Value.UsedAt > limits.Lifetime + limits.Idle).ToArray())
        {
            _uses.TryRemove(over);
        }
    }

    private async Task<Dictionary<string, Session>> HoldingAsync(IReadOnlyCollection<(string Id, string Person)> sessions, CancellationToken cancellationToken)
    {
        string[] streams = [.. sessions.Select(session => Streams + session.Id), .. sessions.Select(session => People.StreamOf(session.Person)).Distinct(StringComparer.Ordinal)];
        var read = await store.ReadStreamsAsync(streams, cancellationToken);
        var now = clock.GetUtcNow();
        return sessions.Select(session => session.Id).Distinct(StringComparer.Ordinal)
            .Select(id => EventStreams.Fold<SessionState>(read.GetValueOrDefault(Streams + id, []))).OfType<SessionState>()
            .Select(state => Holding(state, EventStreams.Fold<PersonState>(read.GetValueOrDefault(People.StreamOf(state.Started.Person), [])), now)).OfType<Session>()
            .ToDictionary(session => session.Id);
    }

    /// <summary>The session with its person's role of now; null where it has ended. Pure.</summary>
    /// <param name="person">Null where nobody has given a role but the link itself, which an earlier version issued.</param>
    public static Session? Holding(SessionState state, PersonState? person, DateTimeOffset now) =>
        !state.IsEnded && now < state.Started.ExpiresAt && (person?.SessionsEndedAt ?? 0) < state.StartedAt && (person is null ? state.Started.Role : person.Role) is { } role
            ? new Session(state.Started.SessionId, state.Started.Person, role, state.Started.ExpiresAt) { Teams = person?.Teams ?? [] }
            : null;
}
