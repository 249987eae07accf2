using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Access;

/// <summary>A key as the log knows it: everything but the secret.</summary>
/// <param name="AnySource">Whether it may number events under any source; otherwise under its name only.</param>
public sealed record ApiKey(
    string Id, string Name, IReadOnlyList<Scope> Scopes, IReadOnlyList<string> Workloads, bool AnySource, DateTimeOffset IssuedAt, bool Revoked)
{
    /// <summary>Who issued it, as the log has it.</summary>
    public string IssuedBy { get; init; } = "";

    /// <summary>The team to ask about it; null if nobody was named.</summary>
    public string? Owner { get; init; }

    /// <summary>From this instant on it is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests a second on one host; null for the host's own limit.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>Requests a day of the reporting time zone; null for no quota.</summary>
    public int? RequestsPerDay { get; init; }

    /// <summary>When it got its secret of now; null if that is its first.</summary>
    public DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the secret before the one of now is accepted; null if it is the first.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>Whether it records, corrects and reads for some workloads only.</summary>
    public bool IsBound => Workloads.Count > 0;

    /// <summary>Whether the key may record and read usage of a workload.</summary>
    public bool Covers(string workload) => !IsBound || Workloads.Contains(workload);

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>What a key is issued with.</summary>
/// <param name="Name">What people call it, and the source of what it records.</param>
/// <param name="Workloads">Those that it is bound to; empty for any.</param>
/// <param name="AnySource">Whether it may number events under any source.</param>
public sealed record ApiKeyTerms(string Name, IReadOnlyList<Scope> Scopes, IReadOnlyList<string> Workloads, bool AnySource)
{
    public DateTimeOffset? ExpiresAt { get; init; }

    public string? Owner { get; init; }

    public int? RequestsPerSecond { get; init; }

    public int? RequestsPerDay { get; init; }
}

/// <summary>What a presented secret is compared with.</summary>
/// <param name="Until">From this instant on it is refused; null for the secret of now.</param>
public sealed record ApiKeySecret(string Salt, string Hash, DateTimeOffset? Until);

/// <summary>A key, and its secrets, the newest first.</summary>
public sealed record ApiKeyState(ApiKey Key, IReadOnlyList<ApiKeySecret> Secrets) : IStreamState<ApiKeyState>
{
    public static ApiKeyState Apply(ApiKeyState? state, StoredEvent stored) => stored.Data switch
    {
        ApiKeyIssued issued => new(KeyOf(issued, stored.RecordedAt), [new(issued.Salt, issued.SecretHash, null)]),
        ApiKeyRotated rotated => state! with
        {
            Key = state.Key with { RotatedAt = stored.RecordedAt, PreviousUntil = rotated.PreviousUntil, ExpiresAt = rotated.ExpiresAt },
            Secrets = [new(rotated.Salt, rotated.SecretHash, null), .. state.Secrets.Select(secret => secret with { Until = Earlier(secret.Until, rotated.PreviousUntil) })],
        },
        ApiKeyRevoked => state! with { Key = state.Key with { Revoked = true } },
        _ => state!,
    };

    private static ApiKey KeyOf(ApiKeyIssued issued, DateTimeOffset at) => new(
        issued.KeyId, issued.Name, issued.Scopes, issued.Workloads, issued.AnySource ?? issued.Workloads.Count == 0, at, Revoked: false)
    {
        IssuedBy = issued.IssuedBy, Owner = issued.Owner, ExpiresAt = issued.ExpiresAt, RequestsPerSecond = issued.RequestsPerSecond, RequestsPerDay = issued.RequestsPerDay,
    };

    /// <summary>A rotation without overlap ends all secrets before it, also those of a rotation that had one.</summary>
    private static DateTimeOffset Earlier(DateTimeOffset? until, DateTimeOffset other) => until < other ? until.Value : other;
}
