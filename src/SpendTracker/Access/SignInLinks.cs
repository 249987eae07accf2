using System.Security.Cryptography;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>Who a link signed in.</summary>
public sealed record SignedIn(string Person, Role Role);

/// <summary>
/// Links that sign a person in once. The token is <c>{id}.{secret}</c>; a link carries it behind the <c>#</c>, which browsers
/// send to nobody, so that it lands in no log, trace or preview. Using one appends to its stream at an expected version, so
/// of two who use it at once one is refused.
/// </summary>
public sealed class SignInLinks(EventStore store, TimeProvider clock)
{
    /// <summary>Long enough to walk to another desk, short enough that an old log is worth nothing.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const string Streams = "access/link-";

    /// <returns>The token.</returns>
    public async Task<string> IssueAsync(string person, Role role, Recorder recorder, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        await store.AppendAsync(Streams + id, 0, [new SignInLinkIssued(id, Hash(secret), person, role, clock.GetUtcNow() + Lifetime)], recorder, cancellationToken);
        return $"{id}.{secret}";
    }

    /// <summary>Uses a token up.</summary>
    /// <returns>Null where it is unknown, expired or used: a caller learns not which.</returns>
    public async Task<SignedIn?> UseAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Split('.') is not [{ Length: 12 } id, { Length: 64 } secret] || !id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var history = await store.ReadStreamAsync(Streams + id, cancellationToken);
        if (history is not [{ Data: SignInLinkIssued issued }] || issued.ExpiresAt < clock.GetUtcNow() ||
            !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(issued.TokenHash), Encoding.ASCII.GetBytes(Hash(secret))))
        {
            return null;
        }

        var used = await store.AppendAsync(Streams + id, 1, [new SignInLinkUsed(id)], new Recorder($"person:{issued.Person}"), cancellationToken);
        return used ? new SignedIn(issued.Person, issued.Role) : null;
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)));
}
