using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A person as their stream says.</summary>
/// <param name="Id">The person's id.</param>
/// <param name="Role">The role given last; null once the person is removed.</param>
/// <param name="Teams">Of a member; none for other roles.</param>
/// <param name="ChangedAt">When the role was given, or taken.</param>
/// <param name="SessionsEndedAt">Where in the log the person was removed last, or all sessions were ended; 0 if never. Sessions that began before have ended.</param>
/// <param name="IsFromGroups">Whether groups of the identity provider decide on the role.</param>
public sealed record PersonState(string Id, Role? Role, IReadOnlyList<string> Teams, DateTimeOffset ChangedAt, long SessionsEndedAt, bool IsFromGroups = false) : IStreamState<PersonState>
{
    public static PersonState Apply(PersonState? state, StoredEvent stored) => stored.Data switch
    {
        PersonRoleChanged changed => new(
            changed.Person, changed.Role, changed.Teams ?? [], stored.RecordedAt, changed.Role is null ? stored.SeqId : state?.SessionsEndedAt ?? 0, changed.FromGroups == true),
        PersonSessionsEnded ended => state is null ? new(ended.Person, null, [], stored.RecordedAt, stored.SeqId) : state with { SessionsEndedAt = stored.SeqId },
        _ => state!,
    };
}

/// <summary>What is known of a person.</summary>
/// <param name="State">Null for a person whom nobody has given a role.</param>
/// <param name="IsOfProvider">Whether the identity provider signs the person in.</param>
/// <param name="AskedAt">When a person without a role tried to sign in last.</param>
public sealed record Person(
    string Id, string Name, string? Email, PersonState? State, bool IsOfProvider, DateTimeOffset? SignedInAt, DateTimeOffset? AskedAt, DateTimeOffset? ErasedAt);

/// <summary>Whom an identity provider signed in.</summary>
/// <param name="Issuer">With the subject, who it is. An e-mail address is not: it can change hands.</param>
public sealed record ProviderIdentity(string Issuer, string Subject, string Name, string? Email);

/// <summary>
/// Who may sign in, and as what. A person is an id; name and address are in a table beside the log. The role given last holds in
/// all of the person's sessions. Here a person is named by the id, or, if no identity provider knows the person, by the name: at a
/// provider, people may choose their names.
/// </summary>
public sealed class People(NpgsqlDataSource dataSource, EventStore store, PersonNames names)
{
    /// <summary>Most teams of a person.</summary>
    public const int MostTeams = 100;

    private const string Streams = "access/person-";
    private const int IdLength = 12;

    /// <summary>Most persons without a role who have tried to sign in, and are shown for that.</summary>
    private const int MostWaiting = 500;

    internal static string StreamOf(string id) => Streams + id;

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
        await IdOfAsync(person, cancellationToken) is { } id ? EventStreams.Fold<PersonState>(await store.ReadStreamAsync(StreamOf(id), cancellationToken)) : null;

    /// <summary>Gives a person a role. A member keeps the teams of now.</summary>
    public Task<string> GiveAsync(string person, Role role, Recorder recorder, CancellationToken cancellationToken) => GiveAsync(person, role, null, recorder, cancellationToken);

    /// <summary>Gives a person a role. The same role and teams again change nothing. Groups of an identity provider do not change it any more.</summary>
    /// <param name="person">By id or name; a name that is new begins a person.</param>
    /// <param name="teams">Of a member. Null: a member keeps the teams of now.</param>
    /// <returns>The person's id.</returns>
    public Task<string> GiveAsync(string person, Role role, IReadOnlyList<string>? teams, Recorder recorder, CancellationToken cancellationToken) =>
        GiveAsync(person, role, teams, leavesToGroups: false, recorder, cancellationToken);

    /// <param name="leavesToGroups">Whether groups go on deciding if they gave the same role and teams.</param>
    internal async Task<string> GiveAsync(
        string person, Role role, IReadOnlyList<string>? teams, bool leavesToGroups, Recorder recorder, CancellationToken cancellationToken)
    {
        var id = await IdOfAsync(person, cancellationToken) ?? RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        await ExecuteAsync("insert into spend.person (id, name) values ($1, $2) on conflict (id) do update set asked_at = null", cancellationToken, id, person);
        await names.ReadAsync(cancellationToken);
        await store.Streams.DecideAsync<PersonState, bool>(StreamOf(id), state => Decide(state, id, role, teams, leavesToGroups, recorder.By), recorder, cancellationToken);
        return id;
    }

    private static Decision<bool> Decide(PersonState? state, string id, Role role, IReadOnlyList<string>? teams, bool leavesToGroups, string by)
    {
        IReadOnlyList<string> wanted = role == Role.Member ? [.. (teams ?? state?.Teams ?? []).Distinct().Order(StringComparer.Ordinal)] : [];
        return state?.Role == role && state.Teams.SequenceEqual(wanted) && (leavesToGroups || !state.IsFromGroups) ? new(false) : new(true, new PersonRoleChanged(id, by, role, wanted.Count > 0 ? wanted : null));
    }

    /// <summary>Takes a person's role away, and ends their sessions. Groups do not give it back.</summary>
    /// <returns>False where the person has no role.</returns>
    public Task<bool> RemoveAsync(string person, Recorder recorder, CancellationToken cancellationToken) => ChangeAsync(
        person, state => state.Role is null && !state.IsFromGroups ? null : new PersonRoleChanged(state.Id, recorder.By), recorder, cancellationToken);

    /// <summary>Has the groups of the identity provider decide again, from the next sign-in on.</summary>
    /// <returns>False where they do already, or nobody gave a role.</returns>
    public Task<bool> FollowGroupsAsync(string person, Recorder recorder, CancellationToken cancellationToken) => ChangeAsync(
        person, state => state.IsFromGroups ? null : new PersonRoleChanged(state.Id, recorder.By, state.Role, state.Teams.Count > 0 ? state.Teams : null, FromGroups: true),
        recorder, cancellationToken);

    /// <summary>The id of whom the identity provider signed in; null for nobody.</summary>
    public async Task<string?> IdAtProviderAsync(string issuer, string subject, CancellationToken cancellationToken) =>
        (string?)await ScalarAsync("select id from spend.person where issuer = $1 and subject = $2", cancellationToken, issuer, subject);

    /// <summary>Ends all sessions that a person has.</summary>
    /// <returns>False where there is no such person.</returns>
    public Task<bool> EndSessionsAsync(string person, Recorder recorder, CancellationToken cancellationToken) =>
        ChangeAsync(person, state => new PersonSessionsEnded(state.Id, recorder.By), recorder, cancellationToken);

    /// <summary>Deletes a person's name and address, and takes the role away. Events keep the id. It cannot be undone.</summary>
    /// <returns>False where there is no such person.</returns>
    public async Task<bool> EraseAsync(string person, Recorder recorder, CancellationToken cancellationToken)
    {
        if (await IdOfAsync(person, cancellationToken) is not { } id)
        {
            return false;
        }

        await RemoveAsync(id, recorder, cancellationToken);
        await store.Streams.RecordAsync(StreamOf(id), [new PersonErased(id, recorder.By)], recorder, cancellationToken);
        var stays = IsId(id) ? id : PersonNames.ErasedIdOf(id);
        await ExecuteAsync(
            """
            with gone as (delete from spend.person where id = $1 and id <> $2)
            insert into spend.person (id, name, erased_at) values ($2, $3, now())
            on conflict (id) do update set name = excluded.name, email = null, issuer = null, subject = null, signed_in_at = null, asked_at = null, erased_at = now()
            """,
            cancellationToken, id, stays, $"removed person {stays[(stays.IndexOf(':', StringComparison.Ordinal) + 1)..][..6]}");
        await names.ReadAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes over what the identity provider says of a person: name, address, and, unless somebody has given the person a role, role and teams.</summary>
    /// <param name="groups">What the person's groups come to: a role, null if none has one; null altogether if groups do not decide.</param>
    /// <returns>The person's state; null for a person without a role.</returns>
    public async Task<(string Id, PersonState? State)> MeetAsync(ProviderIdentity who, (Role? Role, IReadOnlyList<string> Teams)? groups, Recorder recorder, CancellationToken cancellationToken)
    {
        var id = (string)(await ScalarAsync(
            """
            insert into spend.person (id, name, email, issuer, subject) values ($1, $2, $3, $4, $5)
            on conflict (issuer, subject) do update set name = excluded.name, email = excluded.email returning id
            """,
            cancellationToken, RandomNumberGenerator.GetHexString(IdLength, lowercase: true), who.Name, who.Email, who.Issuer, who.Subject))!;
        await names.ReadAsync(cancellationToken);
        if (groups is { } given)
        {
            await store.Streams.DecideAsync<PersonState, bool>(StreamOf(id), state => DecideGroups(state, id, given.Role, given.Teams, recorder.By), recorder, cancellationToken);
        }

        var state = EventStreams.Fold<PersonState>(await store.ReadStreamAsync(StreamOf(id), cancellationToken));
        if (state?.Role is null)
        {
            await NoteWaitingAsync(id, cancellationToken);
        }

        return (id, state);
    }

    /// <summary>What has to be recorded when groups say something. What somebody gave, or took away, goes before.</summary>
    internal static Decision<bool> DecideGroups(PersonState? state, string id, Role? role, IReadOnlyList<string> teams, string by)
    {
        IReadOnlyList<string> wanted = role == Role.Member ? [.. teams.Distinct().Order(StringComparer.Ordinal)] : [];
        return state is { IsFromGroups: false } || (state is null && role is null) || (state?.Role == role && state!.Teams.SequenceEqual(wanted))
            ? new(false)
            : new(true, new PersonRoleChanged(id, by, role, wanted.Count > 0 ? wanted : null, FromGroups: true));
    }

    /// <summary>Notes who waits for a role, so that an administrator finds the person. Of those that wait, the latest stay, for 30 days.</summary>
    private Task NoteWaitingAsync(string id, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        with asked as (update spend.person set asked_at = now() where id = $1)
        delete from spend.person where asked_at is not null and id <> $1 and (asked_at < now() - interval '30 days'
            or id in (select id from spend.person where asked_at is not null and id <> $1 order by asked_at desc offset {MostWaiting - 1}))
        """,
        cancellationToken, id);

    /// <summary>Notes that a person has signed in.</summary>
    internal Task NoteSignInAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => ExecuteAsync(
        "insert into spend.person (id, name, signed_in_at) values ($1, $1, $2) on conflict (id) do update set signed_in_at = $2, asked_at = null", cancellationToken, id, at);

    /// <summary>All who ever had a role or wait for one, by name.</summary>
    public async Task<IReadOnlyList<Person>> ListAsync(CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync(await store.StreamsAsync(Streams, cancellationToken), cancellationToken);
        var states = streams.Values.Select(EventStreams.Fold<PersonState>).OfType<PersonState>().ToDictionary(state => state.Id);
        await using var command = dataSource.CreateCommand("select id, name, email, subject is not null, signed_in_at, asked_at, erased_at from spend.person");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, Person> people = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetString(0);
            people[id] = new Person(
                id, reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), states.GetValueOrDefault(id), reader.GetBoolean(3), At(reader, 4), At(reader, 5), At(reader, 6));
        }

        var unnamed = states.Values.Where(state => !people.ContainsKey(state.Id) && !people.ContainsKey(PersonNames.ErasedIdOf(state.Id)));
        return [.. people.Values.Concat(unnamed.Select(state => new Person(state.Id, state.Id, null, state, false, null, null, null))).OrderBy(person => person.Name, StringComparer.Ordinal)];
    }

    /// <summary>The id of a person who is named by it, or by the name; null if there is none.</summary>
    public async Task<string?> IdOfAsync(string person, CancellationToken cancellationToken)
    {
        var known = await ScalarAsync(
            "select id from spend.person where erased_at is null and (id = $1 or (name = $1 and subject is null)) order by id = $1 desc limit 1", cancellationToken, person);
        return known as string ?? (await IsOfEarlierVersionAsync(person, cancellationToken) ? person : null);
    }

    /// <summary>Whether a name is the id, as it was before names were kept beside the log.</summary>
    private async Task<bool> IsOfEarlierVersionAsync(string person, CancellationToken cancellationToken) =>
        !IsId(person) && await ScalarAsync("select 1 from spend.person where id = $1", cancellationToken, PersonNames.ErasedIdOf(person)) is null
        && (await store.ReadStreamAsync(StreamOf(person), cancellationToken)).Count > 0;

    /// <summary>Whether a text is an id: then it is no name.</summary>
    public static bool IsId(string person) => person.Length == IdLength && person.All(char.IsAsciiHexDigitLower);

    private static DateTimeOffset? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private async Task<bool> ChangeAsync(string person, Func<PersonState, IEvent?> change, Recorder recorder, CancellationToken cancellationToken) =>
        await IdOfAsync(person, cancellationToken) is { } id && await store.Streams.DecideAsync<PersonState, bool>(
            StreamOf(id), state => state is not null && change(state) is { } changed ? new(true, changed) : new(false), recorder, cancellationToken);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<object?> ScalarAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value is null ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : new() { Value = value });
        }

        return command;
    }
}
