using Microsoft.AspNetCore.Http.Extensions;
using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Comparison;

/// <summary>How advice becomes an answer.</summary>
internal static class AdviceAnswers
{
    extension(AdviceResponse)
    {
        public static AdviceResponse Of(Advice advice) => new(
            advice.Workload, advice.From.ToString(), advice.To.ToString(), advice.Recommended, advice.RequestsPerMonth,
                [.. advice.Reasons.Select(reason => AdviceReasonRow.Of(advice, reason))], advice.Changes,
            advice.BreakEven, advice.NotKnown, advice.Steps);
    }

    extension(AdviceReasonRow)
    {
        public static AdviceReasonRow Of(Advice advice, AdviceReason reason) => new(reason.Criterion, reason.Favours, reason.Text, AdviceEndpoints.Figures(advice,
            reason.Source));
    }
}

/// <summary>Advice over HTTP.</summary>
internal static class AdviceEndpoints
{
    public static void MapAdvice(this IEndpointRouteBuilder api) =>
        api.MapGet("/advice", GetAsync).RequireAuthorization(Policies.Read).WithName("GetAdvice").WithMetadata(ExpensiveQuery.Always)
            .Produces<AdviceResponse>();

    /// <summary>Recommend an approach for a workload. With the reasons, what would change the advice, and what is not known.</summary>
    internal static async Task<IResult> GetAsync(string? workload, string? needs, AdviceQuery query, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("workload", workload, TextLength.Name);
        var stated = NeedsOf(needs);
        check.Add(AdviceQuery.Check(stated));
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons)
            : TypedResults.Ok(AdviceResponse.Of(await query.OfAsync(workload!, stated, cancellationToken)));
    }

    /// <summary>What is between commas.</summary>
    public static string[] NeedsOf(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    /// <summary>Where the figures of a reason are.</summary>
    public static string? Figures(Advice advice, AdviceSource source) => source switch
    {
        AdviceSource.Comparison => $"/api/v1/compare{new QueryBuilder { { "from", advice.From.ToString() }, { "to", advice.To.ToString() }, { "where", $"workload={advice.Workload}" } }}",
        AdviceSource.Models => $"/api/v1/compare/models{new QueryBuilder { { "workload", advice.Workload } }}",
        _ => null,
    };
}
