using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SpendTracker.Access;
using SpendTracker.Contracts;
using OpenIdConnectDefaults = Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectDefaults;
using OpenIdConnectOptions = Microsoft.AspNetCore.Authentication.OpenIdConnect.OpenIdConnectOptions;

namespace SpendTracker.Web.Access;

/// <summary>
/// Access tokens of the identity provider at <c>/mcp</c>, as the Model Context Protocol has OAuth: an assistant that comes without is told where tokens are
/// had (RFC 9728), and what it brings is a JWT for this audience. A token stands for a person who has signed in on a page before, with the role of now.
/// It opens nothing but the tools, which only read: the API takes keys.
/// </summary>
internal static class AssistantTokens
{
    public const string Scheme = "AssistantToken";

    private const string Resource = "/mcp";
    private const string MetadataPath = "/.well-known/oauth-protected-resource";

    /// <summary>How far the provider's clock may be off.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(2);

    public static void AddAssistantTokens(this IServiceCollection services, OpenIdConnectSettings settings)
    {
        if (!settings.TakesTokens)
        {
            return;
        }

        services.AddAuthentication().AddJwtBearer(Scheme, options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters.ValidAudience = settings.AssistantAudience;
            options.TokenValidationParameters.ClockSkew = MostSkew;
            options.TokenValidationParameters.ValidTypes = ["at+jwt", "application/at+jwt", "JWT"]; // Many providers write JWT. An ID token is for another audience.
            options.Events = new JwtBearerEvents { OnTokenValidated = context => MeetAsync(context, settings), OnAuthenticationFailed = Away, OnChallenge = ChallengeAsync, OnForbidden = ForbidAsync };
        });
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<IOptionsMonitor<OpenIdConnectOptions>>((options, provider) =>
            options.ConfigurationManager = new GuardedConfiguration((ProviderConfiguration)provider.Get(OpenIdConnectDefaults.AuthenticationScheme).ConfigurationManager!));
    }

    public static void MapAssistantTokens(this IEndpointRouteBuilder routes, OpenIdConnectSettings settings)
    {
        if (settings.TakesTokens)
        {
            routes.MapGet(MetadataPath + Resource, (HttpContext context) => MetadataOf(context, settings)).AllowAnonymous();
        }
    }

    /// <summary>Whether a request has a token that is no key of ours, and is for the tools.</summary>
    public static bool IsPresented(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Resource) && ApiKeyAuthentication.IsPresented(context.Request, out var token) && !token.StartsWith("spend_")
        && context.RequestServices.GetRequiredService<OpenIdConnectSettings>().TakesTokens;

    /// <summary>What a caller without a valid key or token is told to bring.</summary>
    public static string Challenge(HttpContext context) =>
        context.Request.Path.StartsWithSegments(Resource) && context.RequestServices.GetRequiredService<OpenIdConnectSettings>().TakesTokens
            ? $"Bearer resource_metadata=\"{HostOf(context)}{MetadataPath}{Resource}\""
            : "Bearer";

    private static JsonHttpResult<Dictionary<string, object>> MetadataOf(HttpContext context, OpenIdConnectSettings settings) => TypedResults.Json(new Dictionary<string, object>
    {
        ["resource"] = HostOf(context) + Resource,
        ["resource_name"] = "SpendTracker",
        ["authorization_servers"] = (string[])[settings.Authority!],
        ["bearer_methods_supported"] = (string[])["header"],
    });

    private static string HostOf(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    /// <summary>Whose token it is. Groups in it decide anew if they decide at all; without, what they said at the last sign-in.</summary>
    private static async Task MeetAsync(TokenValidatedContext context, OpenIdConnectSettings settings)
    {
        var (services, cancellation) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        var token = (JsonWebToken)context.SecurityToken;
        var people = services.GetRequiredService<People>();
        var id = string.IsNullOrEmpty(token.Subject) ? null : await people.IdAtProviderAsync(token.Issuer, token.Subject, cancellation);
        var state = id is null ? null : await people.FindAsync(id, cancellation);
        string[] groups = [.. token.Claims.Where(claim => claim.Type == settings.GroupClaim).Select(claim => claim.Value)];
        var (role, teams) = state is { IsFromGroups: true } && groups.Length > 0 && settings.Decide(groups) is { } decided ? decided : (state?.Role, state?.Teams ?? []);
        if (id is null || role is not { } holds || state?.Role is null)
        {
            context.Fail(string.IsNullOrEmpty(token.Subject) ? "The token names no subject." : "Its person has no role here. Sign in on a page first; without a role, ask an administrator.");
            return;
        }

        var from = Remote.Of(context.HttpContext);
        context.Principal = new(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, id),
                new Claim(ClaimTypes.Name, await services.GetRequiredService<PersonNames>().OfAsync(id, cancellation)),
                new Claim(SignIn.RoleClaim, EnumName.Of(holds)),
                new Claim(ApiClaims.RecordedBy, $"person:{id}"),
                .. from is null ? [] : (Claim[])[new Claim(ApiClaims.From, from)],
                .. teams.Select(team => new Claim(SignIn.TeamClaim, team)),
            ],
            Scheme));
    }

    private static Task Away(AuthenticationFailedContext context)
    {
        if (ProviderSignIn.IsAway(context.Exception))
        {
            context.Fail("The identity provider cannot be reached.");
        }

        return Task.CompletedTask;
    }

    private static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        context.Response.Headers.WWWAuthenticate = $"{Challenge(context.HttpContext)}, error=\"invalid_token\"";
        var why = context.AuthenticateFailure is null or SecurityTokenException or ArgumentException ? "It does not verify: its signature, issuer, audience, type or time is wrong." : context.AuthenticateFailure.Message;
        return TypedResults.Problem($"This access token is not taken. {why}", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context.HttpContext);
    }

    private static Task ForbidAsync(ForbiddenContext context) =>
        TypedResults.Problem("Your role does not allow this.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context.HttpContext);
}
