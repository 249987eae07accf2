using Microsoft.Extensions.Primitives;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Hosting;

/// <summary>
/// The names that people and programs reach the host by. Under another name, which its owner may lead anywhere (DNS rebinding),
/// pages and API answer 421. Names of this machine always go. Probes and scrapers call hosts by address: they are let in.
/// </summary>
internal static class HostNames
{
    public const string Setting = "SpendTracker:AllowedHosts";

    private static readonly PathString[] Anyhow = ["/health", "/metrics"];

    /// <param name="hosts">Names separated by commas: <c>spend.example.com, *.internal.example.com</c>; none for all.</param>
    public static void UseHostNames(this WebApplication app, string? hosts)
    {
        StringSegment[] names = [.. Entries(hosts)];
        if (names.Length > 0)
        {
            app.Use((context, next) => IsAllowed(context.Request, names) ? next(context)
                : TypedResults.Problem("This host has another name.", statusCode: StatusCodes.Status421MisdirectedRequest).ExecuteAsync(context));
        }
    }

    /// <summary>An entry that is not a name; null if there is none.</summary>
    public static string? Malformed(string? hosts) => Entries(hosts)
        .FirstOrDefault(entry => Uri.CheckHostName(entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry) == UriHostNameType.Unknown);

    private static bool IsAllowed(HttpRequest request, StringSegment[] names) =>
        HostString.MatchesAny(request.Host.Host, names) || AnswerHeaders.IsThisMachine(request.Host) || Anyhow.Any(path => request.Path.StartsWithSegments(path));

    private static string[] Entries(string? hosts) => (hosts ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
