using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Access;

/// <summary>
/// Who may do what, by <see cref="Permissions"/>. Nothing is open unless it says so: the fallback asks for a signed-in person. A
/// policy is named after its permission.
/// </summary>
internal static class Policies
{
    public const string Record = "record";
    public const string Read = "read";
    public const string Workload = "workload";
    public const string Plan = "plan";
    public const string Estimate = "estimate";
    public const string Budget = "budget";
    public const string Acknowledge = "acknowledge";
    public const string Price = "price";
    public const string Retry = "retry";
    public const string Close = "close";
    public const string Activity = "activity";
    public const string Channel = "channel";
    public const string Key = "key";
    public const string People = "people";
    public const string View = "view";
    public const string Share = "share";
    public const string Report = "report";

    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<KnownKeys>();
        services.AddSingleton<KeyUse>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyUse>());
        services.AddHostedService<NameService>();
        services.AddSingleton<UnknownKeys>();
        services.AddSingleton<RefusedRequests>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<KnownSessions>();
        services.AddSingleton<SignedInPages>();
        services.AddHostedService(provider => provider.GetRequiredService<SignedInPages>());
        services.AddSingleton<Owners>();
        services.AddScoped<PagePerson>();
        services.AddScoped<AuthenticationStateProvider>(provider => provider.GetRequiredService<PagePerson>());
        services.AddScoped<CircuitHandler, PageGuard>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, options => options.ForwardDefaultSelector = SchemeOf)
            .AddCookie(CookieAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.Cookie.Name = SessionCookies.Name;
                options.CookieManager = new SessionCookies();
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax; // An alert's link must open the page without signing in again.
                options.SlidingExpiration = false;
                options.LoginPath = "/sign-in";
                options.Events.OnRedirectToAccessDenied = context => ForbidAsync(context.HttpContext);
                var toSignIn = options.Events.OnRedirectToLogin;
                options.Events.OnValidatePrincipal = KnownSessions.ValidateAsync;
                options.Events.OnRedirectToLogin = context => SendsKey(context.Request) ? RefuseKeyAsync(context.HttpContext) : toSignIn(context);
            });
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<SessionLimits>((options, limits) => options.ExpireTimeSpan = limits.Lifetime);
        var policies = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var line in Permissions.Table)
        {
            policies.AddPolicy(EnumName.Of(line.Permission), policy => policy.RequireAuthenticatedUser().RequireAssertion(context => Allows(context, line)));
        }
    }

    private static bool Allows(AuthorizationHandlerContext context, PermissionLine line) =>
        (line.Scope is { } scope && context.User.Identity is KeyIdentity { Key: var key } && key.Scopes.Contains(scope))
        || (EnumName.TryParse<Role>(context.User.FindFirst(SignIn.RoleClaim)?.Value, out var role)
            && Permissions.Allows(role, [.. context.User.FindAll(SignIn.TeamClaim).Select(team => team.Value)], line.Permission, context.Resource as OwnedBy));

    /// <summary>Why a person may not change something, for the person; null if the person may. Asked once more when a change is made: a role may have changed since the page was drawn.</summary>
    /// <param name="policy">The name of the permission.</param>
    /// <param name="owned">What it is about; null if teams do not matter.</param>
    public static async Task<string?> RefusalAsync(this IAuthorizationService authorization, ClaimsPrincipal person, string policy, OwnedBy? owned) =>
        (await authorization.AuthorizeAsync(person, owned, policy)).Succeeded ? null
        : owned is null || !(await authorization.AuthorizeAsync(person, null, policy)).Succeeded ? "Your role does not allow this."
        : owned.Teams.Contains(null) ? "This belongs to no team of yours, but to the whole organisation or to a workload without a team. Ask finance or an administrator."
        : $"This belongs to {string.Join(", ", owned.Teams.Distinct().Order(StringComparer.Ordinal))}, and not all of that is a team of yours. Ask them, finance or an administrator.";

    /// <summary>The scope that a key needs for a permission, by its name; null if no key may.</summary>
    public static string? ScopeOf(string? policy) =>
        EnumName.TryParse<Permission>(policy, out var permission) && Permissions.Of(permission).Scope is { } scope ? EnumName.Of(scope) : null;

    public static bool TakesKey(HttpRequest request) => request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/openapi") || request.Path.StartsWithSegments("/metrics") || request.Path.StartsWithSegments("/mcp");

    /// <summary>A program; browsers send no such header, though with <c>Basic</c> a password for a proxy before the host.</summary>
    private static bool SendsKey(HttpRequest request) => ApiKeyAuthentication.IsPresented(request, out _);

    /// <summary>Signing in again would not help a person whose role lacks the scope.</summary>
    private static Task ForbidAsync(HttpContext context) =>
        TypedResults.Problem("Your role does not allow this.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);

    private static Task RefuseKeyAsync(HttpContext context)
    {
        var problem = context.GetEndpoint() is null
            ? TypedResults.Problem("There is nothing at this address. The API begins with /api/v1.", statusCode: StatusCodes.Status404NotFound)
            : TypedResults.Problem("This address takes no API key. The API begins with /api/v1.", statusCode: StatusCodes.Status401Unauthorized);
        return problem.ExecuteAsync(context);
    }

    /// <summary>
    /// The API, <c>/metrics</c> and <c>/mcp</c> take keys; of them, what only reads also takes a signed-in person's cookie, for downloads. What
    /// writes does not, so that no other site can make a browser write.
    /// </summary>
    private static string SchemeOf(HttpContext context)
    {
        if (AssistantTokens.IsPresented(context))
        {
            return AssistantTokens.Scheme;
        }

        var withKey = context.Request.Headers.ContainsKey("Authorization") || !HttpMethods.IsGet(context.Request.Method) || !SessionCookies.IsThere(context.Request);
        return TakesKey(context.Request) && withKey ? ApiKeyAuthentication.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme;
    }
}
