using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Ingest;

/// <summary>Takes usage in.</summary>
internal static class UsageEndpoints
{
    /// <summary>Events whose answer is small enough to be one piece.</summary>
    private const int MostWrittenAtOnce = 50;

    /// <summary>
    /// 200: each event was appended or is there already; committed and flushed. 207: some were refused or contradict what is
    /// there; the answer says which and why, and the others are stored. Costs appear within a second.
    /// <para>A plain delegate: this is the one endpoint that is called thousands of times a second.</para>
    /// </summary>
    public static void MapUsage(this IEndpointRouteBuilder api)
    {
        var recorder = api.ServiceProvider.GetRequiredService<UsageRecorder>();
        var clock = api.ServiceProvider.GetRequiredService<TimeProvider>();
        api.MapPost("/usage", context => RecordAsync(context, recorder, clock)).RequireAuthorization(Policies.Record).WithName(ApiKeyAuthentication.UsageEndpoint)
            .WithMetadata(((Delegate)RecordAsync).Method)
            .WithSummary(
                "Record usage. One event, an array, or one event a line (`application/x-ndjson`); at most 10,000 and 16 MiB. "
                + "200: each is stored, or was there already; committed and flushed. 207: some were refused or contradict what is there, and the others are stored.")
            .WithMetadata(
                new TakenBody(typeof(JsonElement)), new ProducesResponseTypeMetadata(200, typeof(UsageResponse), ["application/json"]),
                new ProducesResponseTypeMetadata(207, typeof(UsageResponse), ["application/json"]));
    }

    internal static async Task RecordAsync(HttpContext context, UsageRecorder recorder, TimeProvider clock)
    {
        var (items, problem) = await ReadAsync(context.Request, clock.GetUtcNow(), context.RequestAborted);
        if (problem is not null)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        var answer = await recorder.RecordAsync(items, context.User, CancellationToken.None).ForAsync(context.Request, context.RequestAborted);
        var whole = answer.Conflict + answer.Refused == 0;
        context.Response.StatusCode = whole ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (items.Count > MostWrittenAtOnce)
        {
            await JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, ContractsJson.Default.UsageResponse, context.RequestAborted);
            return;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(answer, ContractsJson.Default.UsageResponse);
        context.Response.ContentLength = json.Length; // Without it, the answer would be sent in chunks.
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    private static async Task<(List<UsageRequestItem> Items, ProblemHttpResult? Problem)> ReadAsync(
        HttpRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (LinesOrJson(request) is not { } lines)
        {
            return ([], TypedResults.Problem("Send application/json or application/x-ndjson, not compressed.", statusCode: StatusCodes.Status415UnsupportedMediaType));
        }

        using var body = await RequestBody.ReadAsync(request, cancellationToken);
        try
        {
            var items = UsageRequest.Read(body.Span, lines, now);
            return (items, items.Count > 0 ? null : TypedResults.Problem("The request has no events.", statusCode: StatusCodes.Status400BadRequest));
        }
        catch (JsonException fault)
        {
            return ([], TypedResults.Problem(fault.Message, statusCode: StatusCodes.Status400BadRequest, title: "Malformed JSON."));
        }
        catch (TooManyEventsException fault)
        {
            return ([], TypedResults.Problem(fault.Message, statusCode: StatusCodes.Status413PayloadTooLarge));
        }
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
