using SpendTracker.Contracts;

namespace SpendTracker.Web.Requests;

/// <summary>Refuses control characters in queries, of the API and of pages. No name has any, and PostgreSQL takes no text with a NUL.</summary>
internal static class QueryTexts
{
    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.QueryString.HasValue)
        {
            return next(context);
        }

        FieldReason[] reasons =
        [
            .. context.Request.Query.Where(parameter => HasControl(parameter.Key) || parameter.Value.Any(HasControl))
                .Select(parameter => new FieldReason(Shown(parameter.Key), "Must not contain control characters.")),
        ];
        return reasons.Length == 0 ? next(context) : Problems.Of(reasons).ExecuteAsync(context);
    }

    private static bool HasControl(string? text) => text?.Any(char.IsControl) == true;

    private static string Shown(string name) => JsonReasons.Short(string.Concat(name.Select(c => char.IsControl(c) ? '\uFFFD' : c)));
}
