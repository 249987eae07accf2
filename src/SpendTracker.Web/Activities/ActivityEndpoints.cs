using System.Globalization;
using System.Security.Claims;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Activities;

/// <summary>Who did what, over HTTP: for persons who may read the activity. No key may.</summary>
internal static class ActivityEndpoints
{
    public static void MapActivities(this IEndpointRouteBuilder api) =>
        api.MapGet("/activity", ListAsync).RequireAuthorization(Policies.Activity).WithName("GetActivity").Produces<Page<ActivityEntry>>();

    /// <summary>List who did what, from where, and what it changed, the newest first. With a format it is a file of all that match, and the download is recorded.</summary>
    internal static async Task<IResult> ListAsync(
        string? from, string? to, string? who, string? kind, string? subject, string? format, [AsParameters] PageAsked page, HttpRequest request, ClaimsPrincipal person, ActivityQuery query,
        ActivityLog log, OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var filter = new ActivityQuestion(from, to, who, kind, subject).WithoutEmpty().Read(check, settings.ReportingTimeZone);
        check.That("format", format is null or "json" or "csv" or "ndjson", "Must be json, csv or ndjson.");
        var (limit, after) = page.Read(check);
        check.That("cursor", after is null || long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _), PageAsked.NoCursor);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (format is "csv" or "ndjson")
        {
            await log.ExportReadAsync("activity", format, request.QueryString.Value ?? "", ApiClaims.RecorderOf(person), cancellationToken);
            return TypedResults.Stream(
                output => ActivityFile.WriteAsync(output, format, query, filter, cancellationToken), format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson", $"activity.{format}");
        }

        limit = Math.Min(limit, PageAsked.MostLimit);
        var entries = await query.ListAsync(filter with { Before = after is null ? null : long.Parse(after, CultureInfo.InvariantCulture) }, limit + 1, cancellationToken);
        return TypedResults.Ok(PageAsked.OfOneMore(entries, limit, entry => entry.Position));
    }
}
