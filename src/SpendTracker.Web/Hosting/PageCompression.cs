namespace SpendTracker.Web.Hosting;

/// <summary>
/// Compresses pages as they are sent. A page that another site opened is sent as it is: that site could choose parts of the
/// address, and tell from the size of the answer whether the page has the same words elsewhere (the BREACH attack).
/// Style sheets and scripts were compressed by the build.
/// </summary>
internal static class PageCompression
{
    public static void AddPageCompression(this IServiceCollection services) => services.AddResponseCompression(options =>
    {
        options.EnableForHttps = true;
        options.MimeTypes = ["text/html"];
    });

    public static void UsePageCompression(this IApplicationBuilder app) =>
        app.UseWhen(context => !IsFromAnotherSite(context.Request), pages => pages.UseResponseCompression());

    /// <summary>Every browser says so over https since 2023; a link in a mail, a bookmark and this site's own links are not.</summary>
    private static bool IsFromAnotherSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
}
