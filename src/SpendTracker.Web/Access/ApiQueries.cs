using System.Security.Claims;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Access;

/// <summary>Has expensive queries of the API wait for their turn. Those of pages wait where a page reads.</summary>
internal sealed class ApiQueries(ExpensiveQueries queries)
{
    public Task RunAsync(HttpContext context, RequestDelegate next) =>
        IsExpensive(context) && context.User.FindFirstValue(ApiClaims.RecordedBy) is { } caller ? RunAsync(context, caller, next) : next(context);

    private async Task RunAsync(HttpContext context, string caller, RequestDelegate next)
    {
        var aborted = context.RequestAborted;
        try
        {
            await queries.RunAsync(caller, token =>
            {
                context.RequestAborted = token; // What an endpoint gives to its queries.
                return next(context);
            }, aborted);
        }
        finally
        {
            context.RequestAborted = aborted; // Else the answer to a query that was cancelled would be, too.
        }
    }

    private static bool IsExpensive(HttpContext context) => context.Request.Path.StartsWithSegments("/api")
        && ((HttpMethods.IsGet(context.Request.Method) && !string.IsNullOrEmpty(context.Request.Query["knownOn"])) || context.GetEndpoint()?.Metadata.GetMetadata<ExpensiveQuery>()?.Is(context.Request.Query) == true);
}
