using System.Globalization;
using Microsoft.Net.Http.Headers;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Web.Requests;

/// <summary>The version that a caller looked at, by If-Match, If-None-Match or a parameter; what is stored under another is not overwritten unseen.</summary>
internal static class ExpectedVersion
{
    /// <param name="version">The parameter; null where it was not given.</param>
    /// <returns>As <see cref="StreamVersion"/> says.</returns>
    public static int? Read(FieldCheck check, HttpRequest request, string? version)
    {
        var match = request.Headers.IfMatch.ToString().Trim();
        var none = request.Headers.IfNoneMatch.ToString().Trim();
        check.That("If-None-Match", none is "" or "*", "Only * is taken: set it where there is none.");
        check.That("version", version is null || (match.Length == 0 && none.Length == 0), "Give either it or a header.");
        check.That("If-Match", match.Length == 0 || none.Length == 0, "Goes without If-None-Match.");
        if (version is not null)
        {
            EarlierShapes.Deprecate(request.HttpContext.Response, request.Path.ToUriComponent()); // The same address, with If-Match.
        }

        if (none == "*" || match == "*")
        {
            return none == "*" ? 0 : StreamVersion.Any;
        }

        var (field, text) = version is not null ? ("version", version) : ("If-Match", match.Trim('"'));
        if (version is null && match.Length == 0)
        {
            return null;
        }

        var read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expected);
        check.That(field, read, "Must be a version, like 3; 0 for a new one.");
        return expected;
    }

    /// <summary>Refuses a removal that rests on a version: it is not looked at there, and must not be ignored, either.</summary>
    public static ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next) =>
        call.HttpContext.Request.Headers.IfMatch.Count == 0
            ? next(call)
            : ValueTask.FromResult<object?>(Problems.Of([new FieldReason("If-Match", "Only PUT takes it. Nothing was removed.")]));

    /// <summary>412 where the version came by a header, and 409 where it came as a parameter.</summary>
    public static int StatusOf(string? version) => version is null ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status409Conflict;

    public static EntityTagHeaderValue TagOf(int version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");
}
