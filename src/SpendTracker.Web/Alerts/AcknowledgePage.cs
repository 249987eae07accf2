using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Access;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

/// <summary>
/// Acknowledges an alert by a link. Opening it changes nothing: it asks, and posts. There is nothing that a forged request could
/// make use of, since the page takes no cookie; who has the token may acknowledge, from wherever it is posted.
/// </summary>
internal static class AcknowledgePage
{
    public const string Path = "/acknowledge";

    public static void MapAcknowledge(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HttpContext context) => Page(context, "Open the link of an alert's message as it is: a part of it is missing.")).AllowAnonymous();
        routes.MapPost(Path, AcknowledgeAsync).AllowAnonymous().DisableAntiforgery().WithMetadata(new Origins.Any(), new RequestSizeLimitAttribute(RequestBody.MostFormBytes));
    }

    private static async Task<IResult> AcknowledgeAsync(
        HttpRequest request, AcknowledgeLinks links, Acknowledgements acknowledgements, TimeProvider clock, PersonNames names, CancellationToken cancellationToken)
    {
        var form = request.HasFormContentType ? await request.ReadFormAsync(cancellationToken) : FormCollection.Empty;
        if (links.Read(form["token"].ToString()) is not { } right)
        {
            return Page(request.HttpContext, "This link is not complete, or was changed. Open it again from the message.", StatusCodes.Status403Forbidden);
        }

        if (right.ExpiresAt <= clock.GetUtcNow())
        {
            return Page(request.HttpContext, $"This link has expired: it works for {AcknowledgeLinks.Lifetime.TotalDays:0} days. Sign in to acknowledge the alert.", StatusCodes.Status403Forbidden);
        }

        var by = $"link:{right.Channel}";
        var acknowledgement = await acknowledgements.AcknowledgeAsync(right.Alert, null, new Recorder(by) { From = Remote.Of(request.HttpContext) }, cancellationToken);
        return acknowledgement is null
            ? Page(request.HttpContext, "This alert is not in the log here.", StatusCodes.Status404NotFound)
            : Page(request.HttpContext, string.Create(CultureInfo.InvariantCulture, $"Acknowledged at {acknowledgement.At:yyyy-MM-dd HH:mm} UTC by {AlertWords.By(names, acknowledgement.By)}. Reminders stop."));
    }

    private static ContentHttpResult Page(HttpContext context, string message, int status = StatusCodes.Status200OK) => PlainPage.Of(context, "Acknowledge", message, Path, "Acknowledge", status);
}
