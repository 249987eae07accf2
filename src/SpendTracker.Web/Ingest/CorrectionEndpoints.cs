using System.Security.Claims;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Usage;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Ingest;

/// <summary>Takes corrections of usage in.</summary>
internal static class CorrectionEndpoints
{
    public static void MapCorrections(this IEndpointRouteBuilder api) =>
        api.MapPost("/usage/corrections", CorrectAsync).RequireAuthorization(Policies.Record).WithName("CorrectUsage")
            .Takes<CorrectionRequest>().Produces<CorrectionResponse>().Produces<CorrectionResponse>(201).ProducesProblem(409)
            .WithMetadata(new EarlierShape((answer, _) => answer));

    /// <summary>Correct usage. The event counts no longer, and its replacement does; committed and flushed. 200 if the same correction is there already. 409: it has another correction, or something else is stored under the replacement's id; then nothing was stored.</summary>
    internal static async Task<IResult> CorrectAsync(
        HttpRequest request, ClaimsPrincipal caller, EventLog log, UsageCorrections corrections, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (correction, problem) = await Problems.ReadAsync(request, CorrectionJson.Default.CorrectionRequest, cancellationToken);
        if (correction is null)
        {
            return problem!;
        }

        var (read, reasons) = RequestedCorrection.Read(correction, ApiClaims.SourceOf(caller), clock.GetUtcNow());
        if (read is not { } wanted)
        {
            return Problems.Of(reasons);
        }

        var original = await log.FindAsync(wanted.Corrects, cancellationToken);
        if (Forbidden(caller, correction.Corrects, original?.Stored.Data as IUsageEvent, wanted.Replacement) is { Count: > 0 } forbidden)
        {
            return Problems.Of(forbidden, StatusCodes.Status403Forbidden, "This API key was issued for other workloads, or other ids.");
        }

        if (UsageCorrections.Check(wanted.Corrects, wanted.Reason, wanted.Replacement, original?.Stored) is { Count: > 0 } broken)
        {
            return Problems.Of(broken);
        }

        var result = await corrections.CorrectAsync(wanted.Corrects, wanted.Reason, wanted.Replacement, ApiClaims.RecorderOf(caller), CancellationToken.None).ForAsync(request, cancellationToken);
        return result.Status == AppendStatus.Conflict
            ? Problems.Of(ConflictsFor(caller, result, wanted.Replacement), StatusCodes.Status409Conflict, RequestedCorrection.Conflict)
            : Answer(new CorrectionResponse(result.Status, result.EventId, wanted.Corrects, Waiting: original is null, result.Replacement));
    }

    private static IResult Answer(CorrectionResponse answer) => answer.Status == AppendStatus.Appended
        ? TypedResults.Created($"/api/v1/events?id={answer.EventId}", answer)
        : TypedResults.Ok(answer);

    /// <summary>
    /// A key that is bound to workloads corrects their events only. One that is not in the log yet may be anybody's, so such a
    /// key must wait for it; and it does not learn whether somebody else's is there. Nor may a key settle beforehand what becomes of
    /// ids that are not its own.
    /// </summary>
    private static List<FieldReason> Forbidden(ClaimsPrincipal caller, EventName corrects, IUsageEvent? original, Replacement? replacement)
    {
        List<FieldReason> reasons = [];
        var source = corrects.EventId is null ? corrects.Source ?? ApiClaims.SourceOf(caller) : null;
        if (!(original is null ? ApiClaims.IsUnbound(caller) : ApiClaims.Covers(caller, original.Workload)))
        {
            reasons.Add(new("corrects", "Not an event of this API key's workloads, or not recorded yet."));
        }
        else if (original is null && !ApiClaims.MayNumber(caller, source))
        {
            reasons.Add(new("corrects", "Not recorded yet, and this API key may only name ids of its own source beforehand."));
        }

        if (replacement is not null && !ApiClaims.Covers(caller, replacement.Usage.Workload))
        {
            reasons.Add(new("replacement.workload", "This API key may not record for this workload."));
        }

        if (replacement?.Source is { } numbering && !ApiClaims.MayNumber(caller, numbering))
        {
            reasons.Add(new("replacement.source", UsageRecorder.NotOfThisSource(caller)));
        }

        return reasons;
    }

    /// <summary>The differences that the caller may see.</summary>
    private static IReadOnlyList<FieldReason> ConflictsFor(ClaimsPrincipal caller, CorrectionResult result, Replacement? replacement) =>
        result.ReplacementConflicts.Count == 0 || ApiClaims.MaySee(caller, replacement!.Source ?? ApiClaims.SourceOf(caller), result.StoredWorkload)
            ? [.. result.Conflicts, .. result.ReplacementConflicts]
            : [.. result.Conflicts, new("replacement.id", UsageRecorder.TakenByOther)];
}
