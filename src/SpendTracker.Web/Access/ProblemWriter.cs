namespace SpendTracker.Web.Access;

/// <summary>
/// Writes problem details to callers who accept something else, such as CSV. The framework's own writer refuses that, and the
/// caller would get an empty 500. All refusals come by here, so they are noted here.
/// </summary>
internal sealed class ProblemWriter(RefusedRequests refused) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        context.ProblemDetails.Status ??= response.StatusCode;
        refused.Note(context.HttpContext, context.ProblemDetails.Status.Value);
        object problem = TypedResults.Problem(context.ProblemDetails).ProblemDetails; // Adds the title of the status.
        await response.WriteAsJsonAsync(problem, problem.GetType(), options: null, "application/problem+json", context.HttpContext.RequestAborted);
    }
}
