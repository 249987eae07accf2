using System.Text.Json.Serialization;
using SpendTracker.Contracts;

namespace SpendTracker.Access;

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

    /// <summary>Set and remove budgets, acknowledge alerts.</summary>
    [JsonStringEnumMemberName("budget")] Budget,

    /// <summary>Set, test and remove the channels that alerts go over: they have secrets, and lead out of the house.</summary>
    [JsonStringEnumMemberName("channel")] Channel,
}

/// <summary>What a person may do. Each role includes the ones before it.</summary>
[JsonConverter(typeof(NamedEnumConverter<Role>))]
public enum Role
{
    [JsonStringEnumMemberName("viewer")] Viewer,
    [JsonStringEnumMemberName("member")] Member,
    [JsonStringEnumMemberName("admin")] Admin,
}

/// <summary>
/// A service got a key. The log holds only a salted hash of the secret. A fast hash will do: the secret is 256 random
/// bits, so there is nothing to guess that a slow hash would slow down.
/// </summary>
/// <param name="SecretHash">SHA-256 of salt and secret, hexadecimal.</param>
/// <param name="Workloads">The workloads that it is bound to; empty for any.</param>
public sealed record ApiKeyIssued(
    string KeyId, string Name, string Salt, string SecretHash, IReadOnlyList<Scope> Scopes, IReadOnlyList<string> Workloads,
    string IssuedBy) : IEvent;

public sealed record ApiKeyRevoked(string KeyId, string Reason, string RevokedBy) : IEvent;

/// <summary>A link was made that signs a person in once.</summary>
/// <param name="TokenHash">SHA-256 of the token, hexadecimal; the token itself is 256 random bits and only in the link.</param>
public sealed record SignInLinkIssued(string LinkId, string TokenHash, string Person, Role Role, DateTimeOffset ExpiresAt) : IEvent;

/// <summary>The link signed somebody in; it never will again.</summary>
public sealed record SignInLinkUsed(string LinkId) : IEvent;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(ApiKeyIssued))]
[JsonSerializable(typeof(ApiKeyRevoked))]
[JsonSerializable(typeof(SignInLinkIssued))]
[JsonSerializable(typeof(SignInLinkUsed))]
internal sealed partial class AccessJson : JsonSerializerContext;
