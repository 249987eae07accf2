using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>Who signed in.</summary>
/// <param name="Person">The person's id.</param>
public sealed record SignedIn(string Person, Role Role)
{
    /// <summary>Of a member.</summary>
    public IReadOnlyList<string> Teams { get; init; } = [];
}

/// <summary>A link, and whether somebody has used it.</summary>
public sealed record SignInLinkState(SignInLinkIssued Issued, bool IsUsed) : IStreamState<SignInLinkState>
{
    public static SignInLinkState Apply(SignInLinkState? state, StoredEvent stored) => stored.Data switch
    {
        SignInLinkIssued issued => new(issued, IsUsed: false),
        SignInLinkUsed => state! with { IsUsed = true },
        _ => state!,
    };
}

/// <summary>
/// Links that sign a person in once. The token is <c>{id}.{secret}</c>; a link carries it behind the <c>#</c>, which browsers
/// send to nobody, so that it lands in no log, trace or preview. Using one is decided on its stream, so of
/// two who use it at once one is refused.
/// </summary>
public sealed class SignInLinks(EventStore store, People people, TimeProvider clock)
{
    /// <summary>Long enough to walk to another desk, short enough that an old log is worth nothing.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const string Streams = "access/link-";

    /// <summary>The same; a member keeps the teams of now.</summary>
    public Task<string> IssueAsync(string person, Role role, Recorder recorder, CancellationToken cancellationToken) => IssueAsync(person, role, null, recorder, cancellationToken);

    /// <summary>Gives the person the role, and issues a link that signs the person in.</summary>
    /// <param name="teams">Of a member. Null: a member keeps the teams of now.</param>
    /// <returns>The token.</returns>
    public async Task<string> IssueAsync(string person, Role role, IReadOnlyList<string>? teams, Recorder recorder, CancellationToken cancellationToken)
    {
        var personId = await people.GiveAsync(person, role, teams, leavesToGroups: true, recorder, cancellationToken);
        var id = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        await store.Streams.AppendAsync(Streams + id, 0, [new SignInLinkIssued(id, Hash(secret), personId, role, clock.GetUtcNow() + Lifetime)], recorder, cancellationToken);
        return $"{id}.{secret}";
    }

    /// <summary>Uses a token up. The role is the person's of now: it may have been changed after the link was issued.</summary>
    /// <returns>Null where it is unknown, expired or used, or its person is removed: a caller learns not which.</returns>
    public async Task<SignedIn?> UseAsync(string token, string? from, CancellationToken cancellationToken)
    {
        if (token.Split('.') is not [{ Length: 12 } id, { Length: 64 } secret] || !id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var signedIn = await store.Streams.DecideAsync<SignInLinkState, SignedIn?>(
            Streams + id,
            state => IsGood(state, secret) ? new(new SignedIn(state.Issued.Person, state.Issued.Role), new SignInLinkUsed(id)) : new(null),
            state => new Recorder($"person:{state?.Issued.Person}") { From = from }, cancellationToken);
        return signedIn is null || await people.FindAsync(signedIn.Person, cancellationToken) is not { } person ? signedIn
            : person.Role is { } role ? signedIn with { Role = role, Teams = person.Teams } : null;
    }

    private bool IsGood([NotNullWhen(true)] SignInLinkState? state, string secret) =>
        state is { IsUsed: false, Issued: { } issued } && issued.ExpiresAt >= clock.GetUtcNow() &&
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(issued.TokenHash), Encoding.ASCII.GetBytes(Hash(secret)));

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}
