using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Access;

/// <summary>
/// Who may do what. Nothing is open unless it says so: the fallback asks for a signed-in person. A policy is named after the
/// scope that an API key needs for it.
/// </summary>
internal static class Policies
{
    public const string Record = "record";
    public const string Read = "read";
    public const string Publish = "publish";
    public const string Close = "close";
    public const string Budget = "budget";
    public const string Channel = "channel";

    public static void AddAccess(this IServiceCollection services)
    {
        services.AddMemoryCache(options => options.SizeLimit = 10_000);
        services.AddSingleton<KnownKeys>();
        services.AddSingleton<UnknownKeys>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<KnownSessions>();
        services.AddSingleton<SignedInPages>();
        services.AddHostedService(provider => provider.GetRequiredService<SignedInPages>());
        services.AddScoped<PagePerson>();
        services.AddScoped<AuthenticationStateProvider>(provider => provider.GetRequiredService<PagePerson>());
        services.AddScoped<CircuitHandler, PageGuard>();
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, options => options.ForwardDefaultSelector = SchemeOf)
            .AddCookie(CookieAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.Cookie.Name = "spendtracker";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax; // An alert's link must open the page without signing in again.
                options.ExpireTimeSpan = Sessions.Lifetime;
                options.SlidingExpiration = false;
                options.LoginPath = "/sign-in";
                options.Events.OnRedirectToAccessDenied = context => ForbidAsync(context.HttpContext);
                var toSignIn = options.Events.OnRedirectToLogin;
                options.Events.OnValidatePrincipal = KnownSessions.ValidateAsync;
                options.Events.OnRedirectToLogin = context => SendsKey(context.Request) ? RefuseKeyAsync(context.HttpContext) : toSignIn(context);
            });
        var policies = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var scope in EnumName.All<Scope>())
        {
            policies.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
                context.User.HasClaim(ApiClaims.Scope, scope) || (context.User.FindFirst(SignIn.RoleClaim) is { } role && IsFor(role.Value, scope))));
        }
    }

    /// <summary>Everybody who is signed in may read; what changes numbers is for members and administrators; what makes them final or leads out of the house, for administrators.</summary>
    private static bool IsFor(string role, string scope) => scope switch
    {
        Read => true,
        Publish or Budget => role == EnumName.Of(Role.Member) || role == EnumName.Of(Role.Admin),
        Close or Channel => role == EnumName.Of(Role.Admin),
        _ => false,
    };

    public static bool TakesKey(HttpRequest request) => request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/openapi") || request.Path.StartsWithSegments("/metrics");

    /// <summary>A program; browsers send no such header, though with <c>Basic</c> a password for a proxy before the host.</summary>
    private static bool SendsKey(HttpRequest request) => ApiKeyAuthentication.PresentedBy(request) is not null;

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
    /// The API and <c>/metrics</c> take keys; of them, what only reads also takes a signed-in person's cookie, for downloads. What
    /// writes does not, so that no other site can make a browser write.
    /// </summary>
    private static string SchemeOf(HttpContext context)
    {
        var withKey = context.Request.Headers.ContainsKey("Authorization") || !HttpMethods.IsGet(context.Request.Method) || !context.Request.Cookies.ContainsKey("spendtracker");
        return TakesKey(context.Request) && withKey ? ApiKeyAuthentication.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme;
    }
}
