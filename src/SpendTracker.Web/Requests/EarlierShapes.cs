using System.Globalization;
using System.Text.Json.Nodes;

namespace SpendTracker.Web.Requests;

/// <summary>How an operation was asked and answered below <c>/api/v0</c>: metadata of its endpoint.</summary>
/// <param name="Answer">Makes the earlier answer of the current one; null if the body is the same.</param>
/// <param name="Ask">Changes the query before the endpoint sees it; null for nothing.</param>
internal sealed record EarlierShape(Func<JsonNode, HttpRequest, JsonNode>? Answer = null, Action<HttpRequest>? Ask = null)
{
    /// <summary>A list that had no wrapping.</summary>
    public static EarlierShape BareList { get; } = new((page, _) => page["items"]!.DeepClone());

    /// <summary>A list whose items had another name, and which had no pages.</summary>
    public static EarlierShape Items(string name) => new((page, _) =>
    {
        Rename(page.AsObject(), "items", name);
        page.AsObject().Remove("next");
        return page;
    });

    public static void Rename(JsonObject answer, string name, string earlier)
    {
        if (answer.TryGetPropertyValue(name, out var value))
        {
            answer.Remove(name);
            answer[earlier] = value;
        }
    }
}

/// <summary>
/// Answers <c>/api/v0</c> for one version: the same endpoints as <c>/api/v1</c>, in the shapes from before the conventions. The address is the
/// only thing that a caller has to change to go on.
/// </summary>
internal static class EarlierShapes
{
    private const string Earlier = "/api/v0";
    private const string Current = "/api/v1";

    /// <summary>When the shapes were deprecated (RFC 9745), and from when on they may be gone (RFC 8594).</summary>
    private static readonly DateTimeOffset Since = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), Until = new(2027, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Of a request for an earlier shape.</summary>
    private sealed record Asked(string Successor);

    public static bool AreAskedFor(HttpContext context) => context.Features.Get<Asked>() is not null;

    /// <summary>Marks an answer as deprecated: of an earlier shape, or of an operation that another one takes the place of.</summary>
    /// <param name="successor">The address to use instead.</param>
    public static void Deprecate(HttpResponse response, string successor)
    {
        response.Headers["Deprecation"] = string.Create(CultureInfo.InvariantCulture, $"@{Since.ToUnixTimeSeconds()}");
        response.Headers["Sunset"] = Until.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.Link = $"<{successor}>; rel=\"successor-version\"";
    }

    /// <summary>Before routing: an earlier address is the current one, asked for in its earlier shape.</summary>
    public static Task RouteAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(Earlier, out var rest))
        {
            context.Request.Path = new PathString(Current).Add(rest);
            context.Features.Set(new Asked(context.Request.Path.ToUriComponent()));
            context.Response.OnStarting(static state =>
            {
                var asked = (HttpContext)state;
                Deprecate(asked.Response, asked.Features.Get<Asked>()!.Successor);
                return Task.CompletedTask;
            }, context);
        }

        return next(context);
    }

    /// <summary>After routing: the endpoint answers into memory, and its answer is changed.</summary>
    public static Task AnswerAsync(HttpContext context, RequestDelegate next) =>
        AreAskedFor(context) && context.GetEndpoint()?.Metadata.GetMetadata<EarlierShape>() is { } shape ? AnswerAsync(context, shape, next) : next(context);

    private static async Task AnswerAsync(HttpContext context, EarlierShape shape, RequestDelegate next)
    {
        shape.Ask?.Invoke(context.Request);
        var (response, body) = (context.Response, context.Response.Body);
        using var answer = new MemoryStream();
        response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = body;
        }

        answer.Position = 0;
        if (response.StatusCode == StatusCodes.Status201Created && shape.Answer is not null)
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.Headers.Location = default;
        }

        if (shape.Answer is null || response.StatusCode != StatusCodes.Status200OK || response.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true)
        {
            await answer.CopyToAsync(body, context.RequestAborted);
            return;
        }

        var node = await JsonNode.ParseAsync(answer, cancellationToken: context.RequestAborted);
        response.ContentLength = null;
        await response.WriteAsync(shape.Answer(node!, context.Request).ToJsonString(), context.RequestAborted);
    }
}
