using System.Security.Cryptography;
using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>Issues, rotates, checks and revokes API keys. A secret is shown once and kept nowhere.</summary>
public sealed class ApiKeys(EventStore store, TimeProvider clock)
{
    /// <summary>How long the secret before a new one is accepted, unless something else is asked for.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    /// <summary>Longer, and nobody remembers that the old secret still works.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    private const string Streams = "access/key-";
    private const int MostPerSecond = 1_000_000;
    private const int MostPerDay = 1_000_000_000;

    /// <returns>The key's text. There is no way to see it again.</returns>
    public Task<string> IssueAsync(
        string name, IReadOnlyList<Scope> scopes, IReadOnlyList<string> workloads, bool anySource, Recorder recorder, CancellationToken cancellationToken) =>
        IssueAsync(new ApiKeyTerms(name, scopes, workloads, anySource), recorder, cancellationToken);

    /// <param name="terms">Checked.</param>
    /// <returns>As above.</returns>
    public async Task<string> IssueAsync(ApiKeyTerms terms, Recorder recorder, CancellationToken cancellationToken)
    {
        var key = ApiKeyText.New();
        var salt = NewSalt();
        var issued = new ApiKeyIssued(
            key.Id, terms.Name, salt, Hash(salt, key.Secret), terms.Scopes, terms.Workloads, recorder.By, terms.AnySource, terms.ExpiresAt, terms.Owner, terms.RequestsPerSecond,
            terms.RequestsPerDay);
        if (!await store.Streams.AppendAsync(Streams + key.Id, 0, [issued], recorder, cancellationToken))
        {
            throw new InvalidOperationException("The key's id was taken, by a chance of one in 2^48. Try again.");
        }

        return key.ToString();
    }

    public IReadOnlyList<FieldReason> Check(ApiKeyTerms terms)
    {
        var check = new FieldCheck();
        check.Name("name", terms.Name, TextLength.Source);
        check.That("scope", terms.Scopes.Count > 0, "Give at least one scope.");
        foreach (var workload in terms.Workloads)
        {
            check.Key("workload", workload);
        }

        check.OptionalName("owner", terms.Owner, TextLength.Name);
        CheckExpiry(check, terms.ExpiresAt);
        check.Range("requestsPerSecond", terms.RequestsPerSecond ?? 1, 1, MostPerSecond);
        check.Range("requestsPerDay", terms.RequestsPerDay ?? 1, 1, MostPerDay);
        return check.Reasons;
    }

    /// <param name="expiresAt">For a new expiry; null to leave it.</param>
    public IReadOnlyList<FieldReason> CheckRotation(TimeSpan overlap, DateTimeOffset? expiresAt)
    {
        var check = new FieldCheck();
        check.That("overlap", overlap >= TimeSpan.Zero && overlap <= LongestOverlap, $"Must be from 0 to {LongestOverlap.TotalHours} hours.");
        CheckExpiry(check, expiresAt);
        return check.Reasons;
    }

    private void CheckExpiry(FieldCheck check, DateTimeOffset? expiresAt)
    {
        check.That("expires", expiresAt is null || expiresAt > clock.GetUtcNow(), "Must be in the future.");
        check.That("expires", expiresAt is null || BillingPeriod.Covers(expiresAt.Value), "Must be before 2200.");
    }

    /// <summary>Gives a key a new secret. Those before are accepted until the overlap is over; without one they end at once.</summary>
    /// <param name="expiresAt">From when on the key is refused; null to leave it as it is.</param>
    /// <returns>The key's text, which is not shown again; null if there is no such key, or it is revoked or expired.</returns>
    public async Task<string?> RotateAsync(string id, TimeSpan overlap, DateTimeOffset? expiresAt, Recorder recorder, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (key, salt) = (ApiKeyText.Again(id), NewSalt());
        var rotated = await store.Streams.DecideAsync<ApiKeyState, bool>(
            Streams + id,
            state => IsInForce(state, now)
                ? new(true, new ApiKeyRotated(id, salt, Hash(salt, key.Secret), now + overlap, recorder.By, expiresAt ?? state!.Key.ExpiresAt))
                : new(false),
            recorder, cancellationToken);
        return rotated ? key.ToString() : null;
    }

    /// <summary>The key that a caller presented; null if it is malformed, unknown, wrong, expired or revoked: a caller learns not which.</summary>
    /// <returns>With it, from when on the key or the very secret that was presented is refused; null for never.</returns>
    public async Task<(ApiKey Key, DateTimeOffset? Until)?> FindAsync(string presented, CancellationToken cancellationToken)
    {
        if (ApiKeyText.Read(presented) is not { } key)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var state = EventStreams.Fold<ApiKeyState>(await store.ReadStreamAsync(Streams + key.Id, cancellationToken));
        return IsInForce(state, now) && state!.Secrets.FirstOrDefault(secret => (secret.Until is null || secret.Until > now) && Matches(secret, key.Secret)) is { } matching
            ? (state.Key, state.Key.ExpiresAt < matching.Until ? state.Key.ExpiresAt : matching.Until ?? state.Key.ExpiresAt)
            : null;
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        var streams = await store.ReadStreamsAsync(await store.StreamsAsync(Streams, cancellationToken), cancellationToken);
        return [.. streams.OrderBy(stream => stream.Key, StringComparer.Ordinal).Select(stream => EventStreams.Fold<ApiKeyState>(stream.Value)!.Key)];
    }

    /// <returns>False where there is no such key, or it is revoked already.</returns>
    public Task<bool> RevokeAsync(string id, string reason, Recorder recorder, CancellationToken cancellationToken) => store.Streams.DecideAsync<ApiKeyState, bool>(
        Streams + id, state => state is { Key.Revoked: false } ? new(true, new ApiKeyRevoked(id, reason, recorder.By)) : new(false), recorder, cancellationToken);

    private static bool IsInForce(ApiKeyState? state, DateTimeOffset now) => state is { Key.Revoked: false } && !state.Key.IsExpired(now);

    private static string NewSalt() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static bool Matches(ApiKeySecret kept, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(kept.Hash), Encoding.ASCII.GetBytes(Hash(kept.Salt, secret)));

    private static string Hash(string salt, string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(salt + secret)));
}
