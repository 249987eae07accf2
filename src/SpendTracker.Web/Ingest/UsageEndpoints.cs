using System.Security.Claims;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Ingest;

/// <summary>Takes usage in.</summary>
internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder api) =>
        api.MapPost("/usage", RecordAsync).RequireAuthorization(Policies.Record).WithName("RecordUsage");

    /// <summary>
    /// 200: each event was appended or is there already; committed and flushed. 207: some were refused or contradict what is
    /// there; the answer says which and why, and the others are stored. Costs appear within a second.
    /// </summary>
    private static async Task<IResult> RecordAsync(
        HttpRequest request, ClaimsPrincipal caller, UsageRecorder recorder, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (LinesOrJson(request) is not { } lines)
        {
            return TypedResults.Problem("Send application/json or application/x-ndjson, not compressed.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        List<UsageRequestItem> items;
        using (var body = await RequestBody.ReadAsync(request, cancellationToken))
        {
            try
            {
                items = UsageRequest.Read(body.Span, lines, clock.GetUtcNow());
            }
            catch (JsonException fault)
            {
                return TypedResults.Problem(fault.Message, statusCode: StatusCodes.Status400BadRequest, title: "Malformed JSON.");
            }
            catch (TooManyEventsException fault)
            {
                return TypedResults.Problem(fault.Message, statusCode: StatusCodes.Status413PayloadTooLarge);
            }
        }

        if (items.Count == 0)
        {
            return TypedResults.Problem("The request has no events.", statusCode: StatusCodes.Status400BadRequest);
        }

        var response = await recorder.RecordAsync(items, caller, CancellationToken.None).ForAsync(request, cancellationToken);
        var whole = response.Conflict + response.Refused == 0;
        return TypedResults.Json(response, ContractsJson.Default.UsageResponse, statusCode: whole ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus);
    }

    private static bool? LinesOrJson(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return null;
        }

        var type = request.ContentType.AsSpan();
        type = (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim();
        bool Is(ReadOnlySpan<char> sent, string name) => sent.Equals(name, StringComparison.OrdinalIgnoreCase);
        return Is(type, "application/json") ? false
            : Is(type, "application/x-ndjson") || Is(type, "application/jsonl") || Is(type, "application/x-jsonlines") ? true
            : null;
    }
}
