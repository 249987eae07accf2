using System.ComponentModel.DataAnnotations;
using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Access;

/// <summary>An identity provider that signs people in, by OpenID Connect. Nothing is set: there is none.</summary>
internal sealed record OpenIdConnectSettings : IValidatableObject
{
    private const string Section = "SpendTracker:OpenIdConnect";

    /// <summary>The issuer, as its discovery document names it, e.g. <c>https://login.example.com/realms/main</c>.</summary>
    public string? Authority { get; init; }

    public string? ClientId { get; init; }

    public string? ClientSecret { get; init; }

    /// <summary>Separated by blanks.</summary>
    public string Scopes { get; init; } = "openid profile email";

    /// <summary>The claim of the ID token with the person's groups.</summary>
    public string GroupClaim { get; init; } = "groups";

    /// <summary>Which group has which role, like <c>spend-admins=admin; spend-finance=finance</c>. Null: groups do not decide.</summary>
    public string? Roles { get; init; }

    /// <summary>Which group is which team, for members, like <c>search-dev=Search; support-dev=Support</c>.</summary>
    public string? Teams { get; init; }

    /// <summary>Whom to ask if a sign-in fails: a name, an address.</summary>
    public string Contact { get; init; } = "an administrator of SpendTracker";

    /// <summary>The audience of the access tokens that assistants bring to <c>/mcp</c>, as the provider writes it. Null: assistants come with keys alone.</summary>
    public string? AssistantAudience { get; init; }

    public bool IsSet => Given(Authority);

    /// <summary>Whether assistants may come with tokens of the provider.</summary>
    public bool TakesTokens => IsSet && Given(AssistantAudience);

    /// <summary>What a person's groups come to: of several roles the highest one, and all teams. Null if groups do not decide.</summary>
    public (Role? Role, IReadOnlyList<string> Teams)? Decide(IReadOnlyCollection<string> groups)
    {
        if (!Given(Roles))
        {
            return null;
        }

        Role[] roles = [.. Entries(Roles).Where(entry => groups.Contains(entry.Group)).Select(entry => EnumName.Parse<Role>(entry.Value))];
        return (roles.Length == 0 ? null : roles.Max(), [.. Entries(Teams).Where(entry => groups.Contains(entry.Group)).Select(entry => entry.Value)]);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in ((string, string?)[])[(nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret), (nameof(Roles), Roles), (nameof(Teams), Teams), (nameof(AssistantAudience), AssistantAudience)])
        {
            if (!IsSet && Given(value))
            {
                yield return Fault(nameof(Authority), $"is missing, and {Section}:{name} is set. Give the address of the identity provider, or none of these.");
                yield break;
            }
        }

        if (!IsSet)
        {
            yield break;
        }

        if (!IsAddress(Authority))
        {
            yield return Fault(nameof(Authority), $"is '{Authority}'. It must be an address like https://login.example.com/realms/main, without ? and #; http only on this machine.");
        }

        foreach (var (name, value) in ((string, string?)[])[(nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret)])
        {
            if (!Given(value))
            {
                yield return Fault(name, "is missing. The identity provider gives it when SpendTracker is registered there.");
            }
        }

        if (Given(AssistantAudience) && AssistantAudience == ClientId)
        {
            yield return Fault(nameof(AssistantAudience), "is the ClientId. ID tokens are for that audience, and whoever sees one could come as its person: let the provider write another one into access tokens.");
        }

        if (!Scopes.Split(' ').Contains("openid"))
        {
            yield return Fault(nameof(Scopes), $"is '{Scopes}'. It must have openid.");
        }

        foreach (var fault in GroupFaults())
        {
            yield return fault;
        }
    }

    private IEnumerable<ValidationResult> GroupFaults()
    {
        var roles = Entries(Roles).ToArray();
        foreach (var (name, entries) in ((string, (string Group, string Value)[])[])[(nameof(Roles), roles), (nameof(Teams), [.. Entries(Teams)])])
        {
            if (entries.FirstOrDefault(entry => entry.Group.Length == 0 || entry.Value.Length == 0) is { Group: not null } malformed)
            {
                yield return Fault(name, $"has '{malformed.Group}{malformed.Value}'. Write group={(name == nameof(Roles) ? "role" : "team")}, separated by semicolons.");
            }
        }

        if (roles.Select(entry => entry.Value).FirstOrDefault(value => value.Length > 0 && !EnumName.TryParse<Role>(value, out _)) is { } unknown)
        {
            yield return Fault(nameof(Roles), $"has the role '{unknown}'. Roles are {string.Join(", ", EnumName.All<Role>())}.");
        }

        if (roles.GroupBy(entry => entry.Group).FirstOrDefault(group => group.Select(entry => entry.Value).Distinct().Count() > 1) is { } twice)
        {
            yield return Fault(nameof(Roles), $"gives the group '{twice.Key}' two roles.");
        }

        if (Given(Roles) && !Given(GroupClaim))
        {
            yield return Fault(nameof(GroupClaim), $"is empty, and {Section}:{nameof(Roles)} is set: groups could not be read.");
        }

        if (Given(Teams) && !roles.Any(entry => entry.Value == EnumName.Of(Role.Member)))
        {
            yield return Fault(nameof(Teams), $"is set, and {Section}:{nameof(Roles)} makes nobody a member. Only members have teams.");
        }

        if (People.Check(Role.Member, [.. Entries(Teams).Select(entry => entry.Value).Where(value => value.Length > 0).Distinct()]) is [var wrong, ..])
        {
            yield return Fault(nameof(Teams), $"has a team that cannot be one. {wrong.Reason}");
        }
    }

    /// <summary>Groups may have any sign but a semicolon; a role or team has no equals sign.</summary>
    private static IEnumerable<(string Group, string Value)> Entries(string? text) =>
        from entry in (text ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let split = entry.LastIndexOf('=')
        select split < 0 ? (entry, "") : (entry[..split].Trim(), entry[(split + 1)..].Trim());

    private static bool IsAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Query.Length == 0 && address.Fragment.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static bool Given(string? text) => !string.IsNullOrWhiteSpace(text);

    private static ValidationResult Fault(string name, string text) => new($"{Section}:{name} {text}");
}
