using System.Globalization;
using SpendTracker.Activities;
using SpendTracker.Contracts;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Activities;

/// <summary>Who did what, over HTTP: for persons who may read the activity. No key may.</summary>
internal static class ActivityEndpoints
{
    public static void MapActivities(this IEndpointRouteBuilder api) =>
        api.MapGet("/activity", ListAsync).RequireAuthorization(Policies.Activity).WithName("GetActivity").Produces<Page<ActivityEntry>>();

    /// <summary>List who did what, from where, and what it changed, the newest first. With a format it is a file of all that match, and the download is recorded.</summary>
    internal static async Task<IResult> ListAsync(
        string? from, string? to, string? who, string? kind, string? subject, string? format, [AsParameters] PageAsked page, HttpRequest request, ActivityQuery query,
        OrganisationSettings settings, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var filter = new ActivityQuestion(from, to, who, kind, subject).WithoutEmpty().Read(check, settings.ReportingTimeZone);
        check.That("format", format is null or "json" or "csv" or "ndjson" or "xlsx", "Must be json, csv, ndjson or xlsx.");
        var (limit, after) = page.Read(check);
        check.That("cursor", after is null || long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _), PageAsked.NoCursor);
        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (format is "csv" or "xlsx")
        {
            return await FileAnswers.SendAsync(request.HttpContext, "activity", format, ActivityFile.SheetOf(query, filter, cancellationToken));
        }

        if (format == "ndjson")
        {
            await FileAnswers.RecordAsync(request.HttpContext, "activity", format);
            return TypedResults.Stream(output => ActivityFile.WriteLinesAsync(output, query, filter, cancellationToken), "application/x-ndjson", "activity.ndjson");
        }

        limit = Math.Min(limit, PageAsked.MostLimit);
        var entries = await query.ListAsync(filter with { Before = after is null ? null : long.Parse(after, CultureInfo.InvariantCulture) }, limit + 1, cancellationToken);
        return TypedResults.Ok(PageAsked.OfOneMore(entries, limit, entry => entry.Position));
    }
}
