using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Web.Requests;

/// <summary>Every error as problem details (RFC 9457): what is wrong, with which field, and what the limit is.</summary>
internal sealed class Problems(IProblemDetailsService problems, ILogger<Problems> logger) : IExceptionHandler
{
    /// <summary>Fields that break rules, with the first 20 reasons, and how many more there are.</summary>
    public static ValidationProblem Of(IReadOnlyList<FieldReason> reasons) => TypedResults.ValidationProblem(ErrorsOf(reasons), extensions: More(reasons));

    /// <summary>The same with another status than 400, and why.</summary>
    public static ProblemHttpResult Of(IReadOnlyList<FieldReason> reasons, int status, string detail) => TypedResults.Problem(
        detail, statusCode: status, extensions: new Dictionary<string, object?>(More(reasons)) { ["errors"] = ErrorsOf(reasons) });

    /// <summary>The same where not the request is wrong but what it meets.</summary>
    public static IResult Of(IReadOnlyList<FieldReason> reasons, int status) => status == StatusCodes.Status400BadRequest
        ? Of(reasons)
        : TypedResults.Problem(new HttpValidationProblemDetails(ErrorsOf(reasons)) { Status = status, Extensions = More(reasons) });

    private static Dictionary<string, string[]> ErrorsOf(IReadOnlyList<FieldReason> reasons) => reasons.Take(FieldReasons.Most)
        .GroupBy(reason => reason.Field).ToDictionary(field => field.Key, field => field.Select(reason => reason.Reason).ToArray());

    private static Dictionary<string, object?> More(IReadOnlyList<FieldReason> reasons) =>
        Math.Max(0, reasons.Count - FieldReasons.Most) + FieldReasons.MoreThan(reasons) is > 0 and var more ? new() { ["moreReasons"] = more } : [];

    /// <summary>Reads a request's JSON as strictly as events are read.</summary>
    public static async Task<(T? Value, IResult? Problem)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, TypedResults.Problem("Send application/json.", statusCode: StatusCodes.Status415UnsupportedMediaType));
        }

        using var body = await RequestBody.ReadAsync(request, cancellationToken);
        var (value, malformed, reasons) = JsonReasons.Read(body.Span, json);
        return (value, malformed is not null ? TypedResults.Problem(malformed, statusCode: StatusCodes.Status400BadRequest, title: "Malformed JSON.")
            : reasons.Count > 0 ? Of(reasons) : null);
    }

    /// <summary>What a page says before it knows who asks.</summary>
    private const string Away = "The database cannot be reached. The page goes on as soon as it is back.";

    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                (StatusCodes.Status413PayloadTooLarge, $"At most {RequestBody.MostOf(context)} a request."),
            BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
                (StatusCodes.Status408RequestTimeout, $"The body came too slowly: at least {RequestBody.LeastBytesPerSecond / 1024} KiB a second are expected."),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            TooManyQueriesException => (StatusCodes.Status429TooManyRequests, exception.Message),
            QueryTimeException => (StatusCodes.Status504GatewayTimeout, exception.Message),
            _ when FormFault(context.Request, exception) is { } fault => (StatusCodes.Status400BadRequest, fault),
            EventStoreBusyException or StreamBusyException or BodyBudgetException or ProjectionLagException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
            _ when PassingFault.Is(exception) =>
                (StatusCodes.Status503ServiceUnavailable, "The database cannot be reached, or is too slow. Nothing was lost that was acknowledged; send the same ids again."),
            UnreadableEventException => (StatusCodes.Status500InternalServerError, exception.Message),
            _ => (StatusCodes.Status500InternalServerError, "Something went wrong here; it has been logged."),
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status504GatewayTimeout)
        {
            context.Response.Headers.RetryAfter = status == StatusCodes.Status429TooManyRequests ? "5" : default;
        }
        else if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
            logger.LogWarning("{Method} {Path} answered 503: {Fault}", context.Request.Method, context.Request.Path, exception.Message);
            if (PassingFault.Is(exception) && IsPage(context.Request))
            {
                context.Response.Headers.Append("Refresh", "3");
                await PlainPage.Of(context, "Not available", Away, path: null, button: null, status).ExecuteAsync(context);
                return true;
            }
        }
        else if (status >= 500)
        {
            logger.LogError(exception, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        }

        context.Response.StatusCode = status;
        var title = exception is UnreadableEventException ? "An event that is needed cannot be read here." : null;
        var problem = FormFault(context.Request, exception) is { } reason
            ? Of([new FieldReason("form", reason)]).ProblemDetails
            : new ProblemDetails { Status = status, Title = title, Detail = detail };
        return await problems.TryWriteAsync(new() { HttpContext = context, ProblemDetails = problem });
    }

    /// <summary>Why a form cannot be read; null for other faults. If a form was sent, nothing but reading it throws these.</summary>
    private static string? FormFault(HttpRequest request, Exception fault) => !request.HasFormContentType ? null : fault switch
    {
        BadHttpRequestException => null,
        InvalidDataException => fault.Message,
        IOException => "The form ends before its last field does.",
        _ => null,
    };
}
