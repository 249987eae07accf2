using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>
/// Signs a person in: by a link that works once, whose token is behind the <c>#</c> and is posted by a script; or, if one is set
/// up, by an identity provider (<see cref="ProviderSignIn"/>).
/// </summary>
internal static class SignIn
{
    public const string Path = "/sign-in";
    public const string ProviderPath = "/sign-in/provider";
    public const string RoleClaim = "spendtracker/role";

    /// <summary>One for each team of a member.</summary>
    public const string TeamClaim = "spendtracker/team";

    /// <summary>The page that was asked for, as the cookie's handler names it.</summary>
    public const string Asked = "ReturnUrl";

    private const string HowTo = "Open the sign-in link that the host printed when it started. A new one comes from the command sign-in-link.";
    private const string ByProvider = "Sign in with your organisation’s account. A sign-in link works as well.";
    private const string SignedOut = "signed-out";

    public static void MapSignIn(this IEndpointRouteBuilder routes, OpenIdConnectSettings provider)
    {
        routes.MapGet(Path, (HttpContext context) => Page(
            context, provider, context.Request.Query.ContainsKey(SignedOut) ? $"You are signed out. {HowToOf(provider)}" : HowToOf(provider))).AllowAnonymous();
        routes.MapPost(Path, (
            HttpContext context, SignInLinks links, Sessions sessions, KnownSessions known, CancellationToken cancellationToken) =>
            UseLinkAsync(context, provider, links, sessions, known, cancellationToken))
            .AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(RequestBody.MostFormBytes));
        routes.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();
        if (provider.IsSet)
        {
            routes.MapGet(ProviderPath, ProviderSignIn.BeginAsync).AllowAnonymous();
            routes.MapPost(ProviderLogout.Path, (HttpContext context, ProviderLogout logout) => logout.EndAsync(context))
                .AllowAnonymous().DisableAntiforgery().WithMetadata(new Origins.Any(), new RequestSizeLimitAttribute(RequestBody.MostFormBytes));
        }
    }

    /// <summary>The address that signs in: shown once, on the console.</summary>
    public static string Link(string address, string token) => $"{address.TrimEnd('/')}{Path}#{token}";

    /// <summary>An address of this host to go on to; the overview if it is another's.</summary>
    public static string Local(string? asked) =>
        asked is ['/', ..] && asked is not ['/', '/' or '\\', ..] && !asked.Any(char.IsControl) && asked.Length <= 2_000 && !asked.StartsWith(Path, StringComparison.Ordinal) ? asked : "/";

    private static string HowToOf(OpenIdConnectSettings provider) => provider.IsSet ? ByProvider : HowTo;

    private static async Task<IResult> UseLinkAsync(
        HttpContext context, OpenIdConnectSettings provider, SignInLinks links, Sessions sessions, KnownSessions known, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
        {
            return TypedResults.Problem("Sign in from the sign-in page.", statusCode: StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (await links.UseAsync(form["token"].ToString(), Remote.Of(context), cancellationToken) is not { } signedIn)
        {
            return Page(context, provider, "This link has been used, has expired, or is not complete. Ask for another one.", StatusCodes.Status403Forbidden);
        }

        var session = await sessions.StartAsync(signedIn, Remote.Of(context), cancellationToken);
        known.Note(session.Id, session);
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, await known.PrincipalOfAsync(session, Remote.Of(context), context.RequestAborted), new AuthenticationProperties { ExpiresUtc = session.ExpiresAt, AllowRefresh = false });
        return TypedResults.LocalRedirect("/");
    }

    /// <summary>Ends the session, on every host and on every page that is open; then the browser forgets its cookie.</summary>
    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, CancellationToken cancellationToken)
    {
        if (KnownSessions.Named(context.User) is { } session)
        {
            await sessions.EndAsync(session.Id, ApiClaims.RecorderOf(context.User), cancellationToken);
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        context.Response.Headers["Clear-Site-Data"] = "\"cache\""; // Not its storage, which has the theme, nor cookies: these may be of neighbours.
        return TypedResults.LocalRedirect($"{Path}?{SignedOut}");
    }

    private static ContentHttpResult Page(HttpContext context, OpenIdConnectSettings provider, string message, int status = StatusCodes.Status200OK) => PlainPage.Of(
        context, "Sign in", message, Path, null, status,
        provider.IsSet ? ($"{ProviderPath}?{Asked}={Uri.EscapeDataString(Local(context.Request.Query[Asked]))}", "Sign in") : null);
}
