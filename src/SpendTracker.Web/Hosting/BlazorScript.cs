using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace SpendTracker.Web.Hosting;

/// <summary>Serves Blazor's browser script where the build embedded it; see Build/BlazorScript.targets.</summary>
internal static class BlazorScript
{
    public static void MapBlazorScript(this IEndpointRouteBuilder routes)
    {
        using var resource = typeof(BlazorScript).Assembly.GetManifestResourceStream("blazor.web.js");
        if (resource is null)
        {
            return; // The SDK's own script is among the static assets.
        }

        var script = new byte[resource.Length];
        resource.ReadExactly(script);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(script))[..16]}\"");
        routes.MapGet("/_framework/blazor.web.js", () => Results.Bytes(script, "text/javascript", entityTag: tag)).AllowAnonymous();
    }
}
