using System.Security.Cryptography;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A session that holds.</summary>
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

/// <summary>
/// Sessions of signed-in persons. A session ends by signing out, when its person is removed, and after twelve hours, used or
/// not. Whether it holds is read from the log each time, so that its end and a changed role are known to every host at once.
/// </summary>
public sealed class Sessions(EventStore store, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const string Streams = "access/session-";

    public async Task<Session> StartAsync(SignedIn signedIn, string? from, CancellationToken cancellationToken)
    {
        var session = new Session(RandomNumberGenerator.GetHexString(32, lowercase: true), signedIn.Person, signedIn.Role, clock.GetUtcNow() + Lifetime) { Teams = signedIn.Teams };
        await store.Streams.AppendAsync(
            Streams + session.Id, 0, [new SessionStarted(session.Id, session.Person, session.Role, session.ExpiresAt)], new Recorder($"person:{session.Person}") { From = from }, cancellationToken);
        return session;
    }

    /// <summary>Ends a session; one that has ended stays as it is.</summary>
    public Task EndAsync(string id, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<SessionState, bool>(
        Streams + id, state => state is { IsEnded: false } ? new(true, new SessionEnded(id, recorder.By)) : new(false), recorder, cancellationToken);

    /// <summary>Those of the sessions that hold, by id.</summary>
    /// <param name="sessions">Each with the person that its cookie names.</param>
    public async Task<IReadOnlyDictionary<string, Session>> FindAsync(IReadOnlyCollection<(string Id, string Person)> sessions, CancellationToken cancellationToken)
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
        !state.IsEnded && now < state.Started.ExpiresAt && (person?.RemovedAt ?? 0) < state.StartedAt && (person is null ? state.Started.Role : person.Role) is { } role
            ? new Session(state.Started.SessionId, state.Started.Person, role, state.Started.ExpiresAt) { Teams = person?.Teams ?? [] }
            : null;
}
