using System.Security.Cryptography;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A key as the log knows it: everything but the secret.</summary>
/// <param name="AnySource">Whether it may number events under any source; otherwise under its name only.</param>
public sealed record ApiKey(
    string Id, string Name, IReadOnlyList<Scope> Scopes, IReadOnlyList<string> Workloads, bool AnySource, DateTimeOffset IssuedAt, bool Revoked)
{
    /// <summary>Whether the key may record usage of a workload.</summary>
    public bool Covers(string workload) => Workloads.Count == 0 || Workloads.Contains(workload);
}

/// <summary>A key, and what a presented one is compared with.</summary>
public sealed record ApiKeyState(ApiKey Key, ApiKeyIssued Issued) : IStreamState<ApiKeyState>
{
    public static ApiKeyState Apply(ApiKeyState? state, StoredEvent stored) => stored.Data switch
    {
        ApiKeyIssued issued => new(
            new ApiKey(issued.KeyId, issued.Name, issued.Scopes, issued.Workloads, issued.AnySource ?? issued.Workloads.Count == 0, stored.RecordedAt, Revoked: false), issued),
        ApiKeyRevoked => state! with { Key = state.Key with { Revoked = true } },
        _ => state!,
    };
}

/// <summary>
/// Issues, checks and revokes API keys. A key reads <c>spend_{id}_{secret}</c>: the prefix lets scanners find a leaked one,
/// the id finds its stream, and the secret is shown once and kept nowhere.
/// </summary>
public sealed class ApiKeys(EventStore store)
{
    private const string Prefix = "spend";
    private const string Streams = "access/key-";

    /// <returns>The key's text. There is no way to see it again.</returns>
    public async Task<string> IssueAsync(
        string name, IReadOnlyList<Scope> scopes, IReadOnlyList<string> workloads, bool anySource, Recorder recorder, CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(12, lowercase: true);
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var salt = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var issued = new ApiKeyIssued(id, name, salt, Hash(salt, secret), scopes, workloads, recorder.By, anySource);
        if (!await store.Streams.AppendAsync(Streams + id, 0, [issued], recorder, cancellationToken))
        {
            throw new InvalidOperationException("The key's id was taken, by a chance of one in 2^48. Try again.");
        }

        return $"{Prefix}_{id}_{secret}";
    }

    public static IReadOnlyList<FieldReason> Check(string name, IReadOnlyList<Scope> scopes, IReadOnlyList<string> workloads)
    {
        var check = new FieldCheck();
        check.Name("name", name, TextLength.Source);
        check.That("scope", scopes.Count > 0, "Give at least one scope.");
        foreach (var workload in workloads)
        {
            check.Key("workload", workload);
        }

        return check.Reasons;
    }

    /// <summary>The key that a caller presented; null where it is malformed, unknown, wrong or revoked: a caller learns not which.</summary>
    public async Task<ApiKey?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        var parts = presented.Split('_');
        if (parts is not [Prefix, { Length: 12 } id, { Length: 64 } secret] || !id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        var state = EventStreams.Fold<ApiKeyState>(await store.ReadStreamAsync(Streams + id, cancellationToken));
        return state is { Key: { Revoked: false } key } && Matches(state.Issued, secret) ? key : null;
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        List<ApiKey> keys = [];
        foreach (var stream in await store.StreamsAsync(Streams, cancellationToken))
        {
            keys.Add(EventStreams.Fold<ApiKeyState>(await store.ReadStreamAsync(stream, cancellationToken))!.Key);
        }

        return keys;
    }

    /// <returns>False where there is no such key, or it is revoked already.</returns>
    public Task<bool> RevokeAsync(string id, string reason, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<ApiKeyState, bool>(
        Streams + id, state => state is { Key.Revoked: false } ? new(true, new ApiKeyRevoked(id, reason, recorder.By)) : new(false), recorder, cancellationToken);

    private static bool Matches(ApiKeyIssued issued, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(issued.SecretHash), Encoding.ASCII.GetBytes(Hash(issued.Salt, secret)));

    private static string Hash(string salt, string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(salt + secret)));
}
