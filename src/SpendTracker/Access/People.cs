using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A person as their stream says.</summary>
/// <param name="Role">The role given last; null once the person is removed.</param>
/// <param name="ChangedAt">When the role was given, or taken.</param>
/// <param name="RemovedAt">Where in the log the person was removed last; 0 if never. Sessions that began before have ended.</param>
public sealed record PersonState(string Name, Role? Role, DateTimeOffset ChangedAt, long RemovedAt) : IStreamState<PersonState>
{
    public static PersonState Apply(PersonState? state, StoredEvent stored) => stored.Data is PersonRoleChanged changed
        ? new(changed.Person, changed.Role, stored.RecordedAt, changed.Role is null ? stored.SeqId : state?.RemovedAt ?? 0)
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

    public static IReadOnlyList<FieldReason> Check(string person)
    {
        var check = new FieldCheck();
        check.Text("person", person, TextLength.Key);
        return check.Reasons;
    }

    /// <summary>Null for a person whom nobody has given a role.</summary>
    public async Task<PersonState?> FindAsync(string person, CancellationToken cancellationToken) =>
        EventStreams.Fold<PersonState>(await store.ReadStreamAsync(StreamOf(person), cancellationToken));

    /// <summary>Gives a person a role. The same role again changes nothing.</summary>
    public Task GiveAsync(string person, Role role, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<PersonState, bool>(
        StreamOf(person), state => state?.Role == role ? new(false) : new(true, new PersonRoleChanged(person, recorder.By, role)), recorder, cancellationToken);

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
