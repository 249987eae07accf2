using System.Security.Cryptography;

namespace SpendTracker.Web.Requests;

/// <summary>
/// What a browser may do with an answer. Scripts run by a nonce that is new for each page, and what they load in turn; so a script
/// that got into a page's text does not run. Style sheets come from here. Charts need style attributes, which run nothing.
/// </summary>
internal static class AnswerHeaders
{
    /// <summary>A year, in seconds. Browsers then refuse to come over plain http, or past a wrong certificate.</summary>
    private const string OnlyByTls = "max-age=31536000";

    /// <summary>The same for all names below the host's.</summary>
    private const string WithSubdomains = $"{OnlyByTls}; includeSubDomains";

    /// <summary>What the page that answers a request needs; no other answer has one.</summary>
    private sealed class Page
    {
        public string Nonce { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));

        public bool HasInlineStyles { get; set; }
    }

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            Add((HttpContext)state);
            return Task.CompletedTask;
        }, context); // At the last moment: what handles exceptions clears what was set before.
        return next(context);
    }

    /// <summary>The nonce of the page that answers the request, for its script elements.</summary>
    public static string NonceOf(HttpContext context) => PageOf(context).Nonce;

    /// <summary>For a page whose script makes style elements, which run nothing.</summary>
    public static void AllowInlineStyles(HttpContext context) => PageOf(context).HasInlineStyles = true;

    private static Page PageOf(HttpContext context)
    {
        if (context.Features.Get<Page>() is not { } page)
        {
            context.Features.Set(page = new Page());
        }

        return page;
    }

    private static void Add(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store"; // Files say how long they may be kept; costs and pages are of who asked.
        }

        headers.ContentSecurityPolicy = context.Features.Get<Page>() is { } page
            ? $"default-src 'none'; base-uri 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; script-src 'nonce-{page.Nonce}' 'strict-dynamic'; style-src 'self'{(page.HasInlineStyles ? " 'unsafe-inline'" : "")}; style-src-attr 'unsafe-inline'"
            : "default-src 'none'; frame-ancestors 'none'";
        if (context.Request.IsHttps && !IsThisMachine(context.Request.Host))
        {
            headers.StrictTransportSecurity = context.RequestServices.GetRequiredService<TransportOptions>().Subdomains ? WithSubdomains : OnlyByTls;
        }
    }

    /// <summary>There, the rule would hold for all programs that listen on other ports.</summary>
    public static bool IsThisMachine(HostString host) => host.Host is "localhost" or "127.0.0.1" or "[::1]";
}
