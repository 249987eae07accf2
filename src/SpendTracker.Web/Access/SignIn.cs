using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>Signs a person in by a link that works once. The link's token is behind the <c>#</c>; a script posts it.</summary>
internal static class SignIn
{
    public const string RoleClaim = "spendtracker/role";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", () => Page(null)).AllowAnonymous();
        routes.MapPost("/sign-in", UseLinkAsync).AllowAnonymous().DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(RequestBody.MostFormBytes));
        routes.MapPost("/sign-out", (Delegate)SignOutAsync).DisableAntiforgery();
    }

    /// <summary>The address that signs in: shown once, on the console.</summary>
    public static string Link(string address, string token) => $"{address.TrimEnd('/')}/sign-in#{token}";

    private static async Task<IResult> UseLinkAsync(HttpContext context, SignInLinks links, CancellationToken cancellationToken)
    {
        if (!IsFromHere(context.Request) || !context.Request.HasFormContentType)
        {
            return TypedResults.Problem("Sign in from the sign-in page.", statusCode: StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        if (await links.UseAsync(form["token"].ToString(), cancellationToken) is not { } signedIn)
        {
            return Page("This link has been used, has expired, or is not complete. Ask for another one.", StatusCodes.Status403Forbidden);
        }

        var person = new ClaimsIdentity(
            [
                new Claim(ClaimTypes.Name, signedIn.Person),
                new Claim(RoleClaim, EnumName.Of(signedIn.Role)),
                new Claim(ApiClaims.RecordedBy, $"person:{signedIn.Person}"),
            ],
            CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(person));
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        if (!IsFromHere(context.Request))
        {
            return TypedResults.Problem("Sign out from the dashboard.", statusCode: StatusCodes.Status400BadRequest);
        }

        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect("/sign-in");
    }

    /// <summary>Browsers say where a post comes from. Another site's must neither sign a person in nor out.</summary>
    private static bool IsFromHere(HttpRequest request) =>
        request.Headers.Origin.ToString() is var origin && (origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}");

    private static ContentHttpResult Page(string? error, int status = StatusCodes.Status200OK) => PlainPage.Of(
        "Sign in", error ?? "Open the sign-in link that the host printed when it started. A new one comes from the command sign-in-link.", "/sign-in", null, status);
}
