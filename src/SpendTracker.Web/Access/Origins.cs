namespace SpendTracker.Web.Access;

/// <summary>
/// Refuses what a page of another site sends. Browsers say where a request comes from (<c>Origin</c>), except for plain links to a
/// page. A cookie goes along with such requests, and a WebSocket is not held back by CORS, so the host must look by itself: at
/// forms, at downloads, and at the connection of an open page. An API key does not go along by itself, so programs are let in.
/// </summary>
internal static class Origins
{
    /// <summary>An endpoint that takes no cookie, and may be posted to from wherever.</summary>
    internal sealed record Any;

    /// <summary>An endpoint that no page of another site may ask, not even with a key: the protocol wants it so, against DNS rebinding.</summary>
    internal sealed record Own;

    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint()?.Metadata;
        var withKey = Policies.TakesKey(context.Request) && context.Request.Headers.ContainsKey("Authorization") && endpoint?.GetMetadata<Own>() is null;
        var isOpen = withKey || endpoint?.GetMetadata<Any>() is not null;
        return isOpen || IsFromHere(context.Request)
            ? next(context)
            : TypedResults.Problem("A page of another site sent this. Open the dashboard itself.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
    }

    private static bool IsFromHere(HttpRequest request) => request.Headers.Origin.ToString() is var origin
        && (origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
}
