using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Reference;

/// <summary>The description of the API, OpenAPI 3.1: made of the endpoints when it is first asked for, and kept.</summary>
internal sealed class ApiReference([FromKeyedServices(ApiReference.Version)] IOpenApiDocumentProvider provider)
{
    public const string Version = "v1";
    public const string Path = "/openapi/v1.json";

    /// <summary>Where people read it and try it.</summary>
    public const string Page = "/reference";

    private readonly Lazy<Task<Written>> _written = new(() => WriteAsync(provider));

    /// <param name="Zipped">The same by gzip: a tenth of the bytes.</param>
    private sealed record Written(byte[] Json, byte[] Zipped, EntityTagHeaderValue Tag);

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ApiReference>();
        services.AddSingleton<IApiDescriptionProvider, BodyDescriptions>();
        services.AddOpenApi(Version, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = operation => operation.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
            options.AddSchemaTransformer(Schemas.ShapeAsync);
            options.AddOperationTransformer(Operations.DescribeAsync);
            options.AddDocumentTransformer(ApiDocument.CompleteAsync);
        });
    }

    /// <summary>Whoever has a key, whatever its scopes, and whoever is signed in.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync).RequireAuthorization().WithName("GetApiDescription").ExcludeFromDescription();
        routes.MapScalarApiReference(Page, (options, context) =>
        {
            AnswerHeaders.AllowInlineStyles(context); // Its script makes style elements.
            options.Nonce = AnswerHeaders.NonceOf(context);
            options.WithTitle("SpendTracker API").WithOpenApiRoutePattern(Path).DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools()
                .AddPreferredSecuritySchemes(ApiDocument.Key);
            options.Favicon = "/favicon.svg";
        });
    }

    private static async Task GetAsync(HttpContext context, ApiReference reference)
    {
        var written = await reference._written.Value;
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = written.Tag;
        headers.CacheControl = new() { Private = true, NoCache = true };
        context.Response.Headers.Vary = "Accept-Encoding";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(written.Tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var zips = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var bytes = zips ? written.Zipped : written.Json;
        context.Response.Headers.ContentEncoding = zips ? "gzip" : default;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static async Task<Written> WriteAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None);
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        var bytes = json.ToArray();
        using var zipped = new MemoryStream();
        await using (var zip = new GZipStream(zipped, CompressionLevel.SmallestSize))
        {
            await zip.WriteAsync(bytes);
        }

        return new(bytes, zipped.ToArray(), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"", isWeak: true));
    }
}
