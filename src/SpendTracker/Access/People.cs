using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A person as their stream says.</summary>
/// <param name="Role">The role given last; null once the person is removed.</param>
/// <param name="Teams">Of a member; none for other roles.</param>
/// <param name="ChangedAt">When the role was given, or taken.</param>
/// <param name="RemovedAt">Where in the log the person was removed last; 0 if never. Sessions that began before have ended.</param>
public sealed record PersonState(string Name, Role? Role, IReadOnlyList<string> Teams, DateTimeOffset ChangedAt, long RemovedAt) : IStreamState<PersonState>
{
    public static PersonState Apply(PersonState? state, StoredEvent stored) => stored.Data is PersonRoleChanged changed
        ? new(changed.Person, changed.Role, changed.Teams ?? [], stored.RecordedAt, changed.Role is null ? stored.SeqId : state?.RemovedAt ?? 0)
        : state!;
}

/// <summary>
/// Who may sign in, and as what. A person is a name; the role given last holds in all of the person's sessions. It is given by a
/// sign-in link when the link is issued, or by itself.
/// </summary>
public sealed class People(EventStore store)
{
    private const string Streams = "access/person-";

    internal static string StreamOf(string person) => Streams + person;

    /// <summary>Most teams of a person.</summary>
    public const int MostTeams = 100;

    public static IReadOnlyList<FieldReason> Check(string person)
    {
        var check = new FieldCheck();
        check.Text("person", person, TextLength.Key);
        return check.Reasons;
    }

    /// <param name="teams">Null: they stay as they are.</param>
    public static IReadOnlyList<FieldReason> Check(Role role, IReadOnlyList<string>? teams)
    {
        var check = new FieldCheck();
        check.That("team", teams is not { Count: > 0 } || role == Role.Member, "Only members have teams: viewers change nothing, finance and administrators everything that they may.");
        check.That("team", teams is not { Count: > MostTeams }, $"At most {MostTeams}.");
        foreach (var team in (teams ?? []).Take(MostTeams))
        {
            check.Name("team", team, TextLength.Name);
        }

        return check.Reasons;
    }

    /// <summary>Null for a person whom nobody has given a role.</summary>
    public async Task<PersonState?> FindAsync(string person, CancellationToken cancellationToken) =>
        EventStreams.Fold<PersonState>(await store.ReadStreamAsync(StreamOf(person), cancellationToken));

    /// <summary>Gives a person a role. A member keeps the teams of now.</summary>
    public Task GiveAsync(string person, Role role, Recorder recorder, CancellationToken cancellationToken) => GiveAsync(person, role, null, recorder, cancellationToken);

    /// <summary>Gives a person a role. The same role and teams again change nothing.</summary>
    /// <param name="teams">Of a member. Null: a member keeps the teams of now.</param>
    public Task GiveAsync(string person, Role role, IReadOnlyList<string>? teams, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<PersonState, bool>(
        StreamOf(person), state => Decide(state, person, role, teams, recorder.By), recorder, cancellationToken);

    private static Decision<bool> Decide(PersonState? state, string person, Role role, IReadOnlyList<string>? teams, string by)
    {
        IReadOnlyList<string> wanted = role == Role.Member ? [.. (teams ?? state?.Teams ?? []).Distinct().Order(StringComparer.Ordinal)] : [];
        return state?.Role == role && state.Teams.SequenceEqual(wanted) ? new(false) : new(true, new PersonRoleChanged(person, by, role, wanted.Count > 0 ? wanted : null));
    }

    /// <summary>Takes a person's role away, and ends their sessions.</summary>
    /// <returns>False where the person has no role.</returns>
    public Task<bool> RemoveAsync(string person, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<PersonState, bool>(
        StreamOf(person), state => state?.Role is null ? new(false) : new(true, new PersonRoleChanged(person, recorder.By)), recorder, cancellationToken);

    /// <summary>All who ever had a role, by name.</summary>
    public async Task<IReadOnlyList<PersonState>> ListAsync(CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync(await store.StreamsAsync(Streams, cancellationToken), cancellationToken);
        return [.. streams.Values.Select(EventStreams.Fold<PersonState>).OfType<PersonState>().OrderBy(person => person.Name, StringComparer.Ordinal)];
    }
}
