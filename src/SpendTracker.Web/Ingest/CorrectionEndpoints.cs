using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;
using SpendTracker.Web.Access;
using SpendTracker.Web.Hosting;
using EventId = SpendTracker.Events.EventId;

namespace SpendTracker.Web.Ingest;

/// <summary>Names an event: by its id in the log, or by the caller's own id, which is of the key's numbering unless a source is given.</summary>
internal sealed record EventName(Guid? EventId = null, string? Id = null, string? Source = null);

/// <param name="Replacement">An event as <c>POST /api/v1/usage</c> takes it.</param>
internal sealed record CorrectionRequest(EventName Corrects, string Reason, JsonElement? Replacement = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CorrectionRequest))]
internal sealed partial class CorrectionJson : JsonSerializerContext;

/// <summary>Takes corrections of usage in.</summary>
internal static class CorrectionEndpoints
{
    public static void MapCorrections(this IEndpointRouteBuilder api) =>
        api.MapPost("/usage/corrections", CorrectAsync).RequireAuthorization(Policies.Record).WithName("CorrectUsage");

    /// <summary>
    /// 200: the event counts no longer, and its replacement does; committed and flushed. 409: it has another correction, or
    /// something else is stored under the replacement's id; then nothing was stored.
    /// </summary>
    private static async Task<IResult> CorrectAsync(
        HttpRequest request, ClaimsPrincipal caller, EventLog log, UsageCorrections corrections, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (correction, problem) = await Problems.ReadAsync(request, CorrectionJson.Default.CorrectionRequest, cancellationToken);
        if (correction is null)
        {
            return problem!;
        }

        var by = caller.FindFirstValue(ApiClaims.RecordedBy)!;
        var defaultSource = caller.Identity?.Name ?? by;
        var (replacement, reasons) = ReplacementOf(correction, defaultSource, clock.GetUtcNow());
        reasons.AddRange(CheckName(correction.Corrects));
        if (reasons.Count > 0)
        {
            return Problems.Of(reasons);
        }

        var corrects = correction.Corrects.EventId ?? EventId.From(Tenant.Default, correction.Corrects.Source ?? defaultSource, correction.Corrects.Id!);
        var original = await log.FindAsync(corrects, cancellationToken);
        if (Forbidden(caller, original?.Stored.Data as IUsageEvent, replacement?.Usage) is { Count: > 0 } forbidden)
        {
            return Problems.Of(forbidden, StatusCodes.Status403Forbidden, "This API key is bound to other workloads.");
        }

        if (UsageCorrections.Check(corrects, correction.Reason, replacement, original?.Stored) is { Count: > 0 } broken)
        {
            return Problems.Of(broken);
        }

        var result = await corrections.CorrectAsync(corrects, correction.Reason, replacement, new Recorder(by), CancellationToken.None).ForAsync(request, cancellationToken);
        return result.Status == AppendStatus.Conflict
            ? Problems.Of(result.Conflicts, StatusCodes.Status409Conflict, "The event has another correction, or the replacement's id is taken. Nothing was stored.")
            : TypedResults.Json(
                new CorrectionResponse(result.Status, result.EventId, corrects, Waiting: original is null, result.Replacement),
                ContractsJson.Default.CorrectionResponse);
    }

    private static (Replacement? Replacement, List<FieldReason> Reasons) ReplacementOf(CorrectionRequest correction, string defaultSource, DateTimeOffset now)
    {
        if (correction.Replacement is not { } json)
        {
            return (null, []);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return (null, [new FieldReason("replacement", "Must be one event.")]);
        }

        var item = UsageRequest.Read(JsonMarshal.GetRawUtf8Value(json), lines: false, now)[0];
        return item.Usage is { } usage
            ? (new Replacement(usage, item.Source ?? defaultSource, item.Id), [])
            : (null, [.. item.Reasons.Select(reason => reason with { Field = $"replacement.{reason.Field}" })]);
    }

    private static IReadOnlyList<FieldReason> CheckName(EventName name)
    {
        var check = new FieldCheck();
        check.That("corrects", name.EventId is null != name.Id is null, "Give either eventId or id.");
        check.That("corrects.source", name.Source is null || name.Id is not null, "Goes with id only.");
        if (name.Id is { } id)
        {
            check.Text("corrects.id", id, UsageRules.IdLength);
        }

        if (name.Source is { } source)
        {
            check.Text("corrects.source", source, UsageRules.SourceLength);
        }

        return check.Reasons;
    }

    /// <summary>
    /// A key that is bound to workloads corrects their events only. One that is not in the log yet may be anybody's, so such a
    /// key must wait for it; and it does not learn whether somebody else's is there.
    /// </summary>
    private static List<FieldReason> Forbidden(ClaimsPrincipal caller, IUsageEvent? original, IUsageEvent? replacement)
    {
        List<FieldReason> reasons = [];
        if (!(original is null ? ApiClaims.IsUnbound(caller) : ApiClaims.Covers(caller, original.Workload)))
        {
            reasons.Add(new("corrects", "Not an event of this API key's workloads, or not recorded yet."));
        }

        if (replacement is not null && !ApiClaims.Covers(caller, replacement.Workload))
        {
            reasons.Add(new("replacement.workload", "This API key may not record for this workload."));
        }

        return reasons;
    }
}
