using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>Signs a person in by a link that works once. The link's token is behind the <c>#</c>; a script posts it.</summary>
internal static class SignIn
{
    public const string RoleClaim = "spendtracker/role";

    /// <summary>One for each team of a member.</summary>
    public const string TeamClaim = "spendtracker/team";

    private const string HowTo = "Open the sign-in link that the host printed when it started. A new one comes from the command sign-in-link.";
    private const string SignedOut = "signed-out";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (HttpContext context) => Page(context, context.Request.Query.ContainsKey(SignedOut) ? $"You are signed out. {HowTo}" : null)).AllowAnonymous();
        routes.MapPost("/sign-in", UseLinkAsync).AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(RequestBody.MostFormBytes));
        routes.MapPost("/sign-out", SignOutAsync).DisableAntiforgery();
    }

    /// <summary>The address that signs in: shown once, on the console.</summary>
    public static string Link(string address, string token) => $"{address.TrimEnd('/')}/sign-in#{token}";

    private static async Task<IResult> UseLinkAsync(
        HttpContext context, SignInLinks links, Sessions sessions, KnownSessions known, CancellationToken cancellationToken)
    {
        if (!context.Request.HasFormContentType)
        {
            return TypedResults.Problem("Sign in from the sign-in page.", statusCode: StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (await links.UseAsync(form["token"].ToString(), Remote.Of(context), cancellationToken) is not { } signedIn)
        {
            return Page(context, "This link has been used, has expired, or is not complete. Ask for another one.", StatusCodes.Status403Forbidden);
        }

        var session = await sessions.StartAsync(signedIn, Remote.Of(context), cancellationToken);
        known.Note(session.Id, session);
        await context.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme, KnownSessions.PrincipalOf(session, Remote.Of(context)), new AuthenticationProperties { ExpiresUtc = session.ExpiresAt, AllowRefresh = false });
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
        return TypedResults.LocalRedirect($"/sign-in?{SignedOut}");
    }

    private static ContentHttpResult Page(HttpContext context, string? message, int status = StatusCodes.Status200OK) => PlainPage.Of(
        context, "Sign in", message ?? HowTo, "/sign-in", null, status);
}
