using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
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

    /// <summary>The address that a caller, or a signed-in person, called from.</summary>
    public const string From = "spendtracker/from";

    /// <summary>Who a caller, or a signed-in person, is in the log, and from where.</summary>
    public static Recorder RecorderOf(ClaimsPrincipal caller) => new(caller.FindFirstValue(RecordedBy)!) { From = caller.FindFirstValue(From) };

    public static ClaimsPrincipal For(ApiKey key, string scheme) => new(new KeyIdentity(key, scheme));

    /// <summary>The caller with where it calls from. The one that is known of a key is many requests', so it is not changed.</summary>
    public static ClaimsPrincipal CallingFrom(ClaimsPrincipal caller, HttpContext context) =>
        Remote.Of(context) is { } from ? new ClaimsPrincipal([.. caller.Identities, new ClaimsIdentity([new Claim(From, from)])]) : caller;

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

    /// <summary>Whether the caller may record and read for every workload.</summary>
    public static bool IsUnbound(ClaimsPrincipal caller) => caller.FindFirst(Workload) is null;

    /// <summary>Whether the caller may record and read for a workload: bound to it, or to none.</summary>
    public static bool Covers(ClaimsPrincipal caller, string workload) => IsUnbound(caller) || caller.HasClaim(Workload, workload);

    /// <summary>Whether the caller may read what a scope covers: one that is bound may if the scope names its workloads and no other.</summary>
    /// <param name="scope">Dimension → values, of a budget.</param>
    public static bool Covers(ClaimsPrincipal caller, IReadOnlyDictionary<string, IReadOnlyList<string>> scope) =>
        IsUnbound(caller) || (scope.TryGetValue("workload", out var workloads) && workloads.Count > 0 && workloads.All(workload => caller.HasClaim(Workload, workload)));

    /// <summary>Refuses what is of another workload than the caller is bound to.</summary>
    public static ProblemHttpResult NotOfThisKey => TypedResults.Problem("This API key is bound to other workloads.", statusCode: StatusCodes.Status403Forbidden);
}

/// <summary>A caller with an API key.</summary>
internal sealed class KeyIdentity(ApiKey key, string scheme) : ClaimsIdentity(
    [
        new Claim(ClaimTypes.Name, key.Name),
        new Claim(ApiClaims.RecordedBy, $"key:{key.Id}"),
        .. key.Scopes.Select(scope => new Claim(ApiClaims.Scope, EnumName.Of(scope))),
        .. key.Workloads.Select(workload => new Claim(ApiClaims.Workload, workload)),
        .. key.AnySource ? [new Claim(ApiClaims.AnySource, "true")] : (Claim[])[],
    ],
    scheme)
{
    public ApiKey Key => key;
}

/// <summary><c>Authorization: Bearer spend_…</c>.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KnownKeys known, UnknownKeys unknown,
    IProblemDetailsService problems) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>The name of the endpoint that is called thousands of times a second.</summary>
    public const string UsageEndpoint = "RecordUsage";

    private const string Bearer = "Bearer ";

    /// <summary>Whether a request has a key, valid or not.</summary>
    public static bool IsPresented(HttpRequest request, out ReadOnlySpan<char> key)
    {
        var header = request.Headers.Authorization.ToString().AsSpan();
        var isBearer = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);
        key = isBearer ? header[Bearer.Length..].Trim() : default;
        return isBearer;
    }

    /// <summary>
    /// Before authentication: who records usage with a key that is remembered is known at once. Any other request goes the framework's
    /// way, which asks <see cref="HandleAuthenticateAsync"/>.
    /// </summary>
    /// <returns>Whether the caller is known.</returns>
    public static bool Recognize(HttpContext context, KnownKeys known)
    {
        if (!IsUsage(context) || !IsPresented(context.Request, out var presented) || known.Find(presented) is not { } caller)
        {
            return false;
        }

        context.User = caller;
        return true;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        IsPresented(Request, out var presented) ? AuthenticateAsync(presented.ToString()) : Task.FromResult(AuthenticateResult.NoResult());

    private async Task<AuthenticateResult> AuthenticateAsync(string presented)
    {
        if (await known.FindAsync(presented, Context.RequestAborted) is not { } caller)
        {
            unknown.Note(presented, Context.Connection.RemoteIpAddress);
            return AuthenticateResult.Fail("No such key.");
        }

        // Usage is many, and its events do not say from where.
        return AuthenticateResult.Success(new AuthenticationTicket(IsUsage(Context) ? caller : ApiClaims.CallingFrom(caller, Context), SchemeName));
    }

    private static bool IsUsage(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == UsageEndpoint;

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = AssistantTokens.Challenge(Context);
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
