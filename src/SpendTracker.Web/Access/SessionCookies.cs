using Microsoft.AspNetCore.Authentication.Cookies;

namespace SpendTracker.Web.Access;

/// <summary>
/// The cookie of a session. By https its name begins with <c>__Host-</c>: browsers take such a cookie from this very host alone, by https, for all of its
/// paths, so that no neighbour under the same domain can put one in its place. By http, as the demo runs on one machine, browsers would refuse the prefix.
/// </summary>
internal sealed class SessionCookies : ICookieManager
{
    public const string Name = "spendtracker";

    private readonly ChunkingCookieManager _cookies = new();

    public static bool IsThere(HttpRequest request) => request.Cookies.ContainsKey(NameOf(request, Name));

    public string? GetRequestCookie(HttpContext context, string key) => _cookies.GetRequestCookie(context, NameOf(context.Request, key));

    public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
        _cookies.AppendResponseCookie(context, NameOf(context.Request, key), value, options);

    public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _cookies.DeleteCookie(context, NameOf(context.Request, key), options);

    private static string NameOf(HttpRequest request, string name) => request.IsHttps ? $"__Host-{name}" : name;
}
