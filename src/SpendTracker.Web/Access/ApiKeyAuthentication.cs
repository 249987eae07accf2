using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Web.Access;

/// <summary>What an authenticated caller carries.</summary>
internal static class ApiClaims
{
    public const string Scope = "spendtracker/scope";
    public const string Workload = "spendtracker/workload";
    public const string AnySource = "spendtracker/any-source";

    /// <summary>Who goes into the log as the recorder, e.g. <c>key:4f…</c>.</summary>
    public const string RecordedBy = "spendtracker/recorded-by";

    /// <summary>Who a caller, or a signed-in person, is in the log.</summary>
    public static Recorder RecorderOf(ClaimsPrincipal caller) => new(caller.FindFirstValue(RecordedBy)!);

    public static ClaimsPrincipal For(ApiKey key, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, key.Name),
            new Claim(RecordedBy, $"key:{key.Id}"),
            .. key.Scopes.Select(scope => new Claim(Scope, EnumName.Of(scope))),
            .. key.Workloads.Select(workload => new Claim(Workload, workload)),
            .. key.AnySource ? [new Claim(AnySource, "true")] : (Claim[])[],
        ],
        scheme));

    /// <summary>Whose numbering the caller's ids are of, unless a request says otherwise.</summary>
    public static string SourceOf(ClaimsPrincipal caller) => caller.Identity?.Name ?? caller.FindFirstValue(RecordedBy)!;

    /// <summary>Whether the caller may take ids of a source: its own, or any if its key was issued for that.</summary>
    /// <param name="source">Null if it is not known.</param>
    public static bool MayNumber(ClaimsPrincipal caller, string? source) => source == SourceOf(caller) || caller.HasClaim(claim => claim.Type == AnySource);

    /// <summary>
    /// Whether a conflict may tell the caller what is stored: an event of a workload that the key covers, and under the key's own
    /// source or of one that it could read anyway.
    /// </summary>
    /// <param name="workload">Of the stored event; null if it has none.</param>
    public static bool MaySee(ClaimsPrincipal caller, string source, string? workload) =>
        (IsUnbound(caller) || (workload is not null && Covers(caller, workload)))
        && (source == SourceOf(caller) || caller.HasClaim(Scope, EnumName.Of(Contracts.Scope.Read)));

    /// <summary>Whether the caller may record for every workload.</summary>
    public static bool IsUnbound(ClaimsPrincipal caller) => caller.FindFirst(Workload) is null;

    /// <summary>Whether the caller may record for a workload: bound to it, or to none.</summary>
    public static bool Covers(ClaimsPrincipal caller, string workload) => IsUnbound(caller) || caller.HasClaim(Workload, workload);
}

/// <summary><c>Authorization: Bearer spend_…</c>.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KnownKeys known, UnknownKeys unknown,
    IProblemDetailsService problems) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>The key of a request, valid or not; null for none.</summary>
    public static string? PresentedBy(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (PresentedBy(Request) is not { } presented)
        {
            return AuthenticateResult.NoResult();
        }

        if (await known.FindAsync(presented, Context.RequestAborted) is not { } caller)
        {
            unknown.Note(presented, Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail("No such key.");
        }

        return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(StatusCodes.Status401Unauthorized, "Send 'Authorization: Bearer KEY' with a valid API key.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var policy = Context.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAuthorizeData>()?.Policy;
        return WriteAsync(StatusCodes.Status403Forbidden, Policies.ScopeOf(policy) is { } scope ? $"This API key lacks the scope '{scope}'." : "No API key may do this; a person may, on a page.");
    }

    private async Task WriteAsync(int status, string detail)
    {
        Response.StatusCode = status;
        await problems.WriteAsync(new() { HttpContext = Context, ProblemDetails = { Status = status, Detail = detail } });
    }
}
