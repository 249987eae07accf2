using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>What an API key may do.</summary>
[JsonConverter(typeof(NamedEnumConverter<Scope>))]
public enum Scope
{
    /// <summary>Record usage.</summary>
    [JsonStringEnumMemberName("record")] Record,

    /// <summary>Read costs, rates, estimates and workloads.</summary>
    [JsonStringEnumMemberName("read")] Read,

    /// <summary>Register workloads, publish rates, submit estimates: what changes everybody's numbers.</summary>
    [JsonStringEnumMemberName("publish")] Publish,

    /// <summary>Close and reopen billing periods: what finance signs, which who publishes prices must not be able to.</summary>
    [JsonStringEnumMemberName("close")] Close,

    /// <summary>Set and remove budgets and schedules of the month report, acknowledge alerts.</summary>
    [JsonStringEnumMemberName("budget")] Budget,

    /// <summary>Set, test and remove the channels that alerts go over: they have secrets, and lead out of the house.</summary>
    [JsonStringEnumMemberName("channel")] Channel,

    /// <summary>Read who did what: for a system that collects audit trails. It has names of people, and addresses.</summary>
    [JsonStringEnumMemberName("audit")] Audit,
}

/// <summary>What a person may do, in the order of how much. Which role may do what is one table: Permissions, in SpendTracker.Access.</summary>
[JsonConverter(typeof(NamedEnumConverter<Role>))]
public enum Role
{
    /// <summary>Reads everything.</summary>
    [JsonStringEnumMemberName("viewer")] Viewer,

    /// <summary>Of teams: also plans, estimates, budgets and alerts of their workloads. Without a team as a viewer.</summary>
    [JsonStringEnumMemberName("member")] Member,

    /// <summary>Also prices, closing, and budgets and estimates of all.</summary>
    [JsonStringEnumMemberName("finance")] Finance,

    /// <summary>Also the channels of alerts, keys, and people.</summary>
    [JsonStringEnumMemberName("admin")] Admin,
}

/// <summary>
/// A service got a key. The log holds only a salted hash of the secret. A fast hash will do: the secret is 256 random
/// bits, so there is nothing to guess that a slow hash would slow down.
/// </summary>
/// <param name="KeyId">The part of the key that is no secret; it finds the key's stream.</param>
/// <param name="Name">What people call the key.</param>
/// <param name="Salt">Of the hash, hexadecimal.</param>
/// <param name="SecretHash">SHA-256 of salt and secret, hexadecimal.</param>
/// <param name="Scopes">What the key may do.</param>
/// <param name="Workloads">The workloads that it is bound to, for recording and for reading; empty for any.</param>
/// <param name="IssuedBy">Who issued the key.</param>
/// <param name="AnySource">Whether the key may number events under any source, as a gateway does; otherwise only under its name.
/// Null for keys from before this was asked: then any, unless the key is bound to workloads.</param>
/// <param name="ExpiresAt">From this instant on the key is refused; null for never.</param>
/// <param name="Owner">The team to ask about the key; null if nobody was named.</param>
/// <param name="RequestsPerSecond">More requests in a second are refused by a host, 1 to 1,000,000; null for the host's own limit.</param>
/// <param name="RequestsPerDay">More requests in a day of the reporting time zone are refused, 1 to 1,000,000,000; null for no quota.</param>
public sealed record ApiKeyIssued(
    string KeyId, string Name, string Salt, string SecretHash, IReadOnlyList<Scope> Scopes, IReadOnlyList<string> Workloads,
    string IssuedBy, bool? AnySource = null, DateTimeOffset? ExpiresAt = null, string? Owner = null, int? RequestsPerSecond = null,
    int? RequestsPerDay = null) : IEvent;

/// <summary>A key got a new secret under the same id. The secrets before are accepted for a while, so that nobody is cut off.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Salt">Of the new secret's hash, hexadecimal.</param>
/// <param name="SecretHash">SHA-256 of salt and new secret, hexadecimal.</param>
/// <param name="PreviousUntil">From this instant on the earlier secrets are refused.</param>
/// <param name="RotatedBy">Who rotated the key.</param>
/// <param name="ExpiresAt">From this instant on the key is refused, whatever held before; null for never.</param>
public sealed record ApiKeyRotated(
    string KeyId, string Salt, string SecretHash, DateTimeOffset PreviousUntil, string RotatedBy, DateTimeOffset? ExpiresAt = null) : IEvent;

/// <summary>A key is no longer accepted.</summary>
/// <param name="KeyId">The key's id.</param>
/// <param name="Reason">Why it was revoked.</param>
/// <param name="RevokedBy">Who revoked it.</param>
public sealed record ApiKeyRevoked(string KeyId, string Reason, string RevokedBy) : IEvent;

/// <summary>A link was made that signs a person in once.</summary>
/// <param name="LinkId">Finds the link's stream.</param>
/// <param name="TokenHash">SHA-256 of the token, hexadecimal; the token itself is 256 random bits and only in the link.</param>
/// <param name="Person">The id of the person whom the link signs in.</param>
/// <param name="Role">What the person may do.</param>
/// <param name="ExpiresAt">From this instant on the link is refused.</param>
public sealed record SignInLinkIssued(string LinkId, string TokenHash, string Person, Role Role, DateTimeOffset ExpiresAt) : IEvent;

/// <summary>The link signed somebody in; it never will again.</summary>
/// <param name="LinkId">The link's id.</param>
public sealed record SignInLinkUsed(string LinkId) : IEvent;

/// <summary>A person has another role. The role given last holds, in all sessions of the person.</summary>
/// <param name="Person">The person's id. Names and addresses are not in the log; in events of earlier versions, the id is the name.</param>
/// <param name="ChangedBy">Who changed the role.</param>
/// <param name="Role">Null: the person is removed. Their sessions have ended, and their links work no longer.</param>
/// <param name="Teams">The teams of a member, as workloads name them. Null for none.</param>
/// <param name="FromGroups">True: the groups that the identity provider named decided, and decide again at the next sign-in. Else somebody did, and groups change nothing.</param>
public sealed record PersonRoleChanged(string Person, string ChangedBy, Role? Role = null, IReadOnlyList<string>? Teams = null, bool? FromGroups = null) : IEvent;

/// <summary>All sessions of a person ended that had begun before.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="EndedBy">Who ended them.</param>
public sealed record PersonSessionsEnded(string Person, string EndedBy) : IEvent;

/// <summary>A person's name and address were deleted. What the person did stays in the log, under the id.</summary>
/// <param name="Person">The person's id.</param>
/// <param name="ErasedBy">Who erased them.</param>
public sealed record PersonErased(string Person, string ErasedBy) : IEvent;

/// <summary>A person signed in.</summary>
/// <param name="SessionId">Finds the session's stream. The cookie has it, too; by itself it opens nothing.</param>
/// <param name="Person">The id of the person who signed in.</param>
/// <param name="Role">The person's role at that time.</param>
/// <param name="ExpiresAt">The session ends at this instant at the latest.</param>
public sealed record SessionStarted(string SessionId, string Person, Role Role, DateTimeOffset ExpiresAt) : IEvent;

/// <summary>A session ended before its time.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="EndedBy">Who ended it, e.g. by signing out.</param>
public sealed record SessionEnded(string SessionId, string EndedBy) : IEvent;
