using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SpendTracker.Contracts;
using SpendTracker.Views;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Views;

/// <summary>How a saved view becomes an answer.</summary>
internal static class ViewAnswers
{
    extension(ViewResponse)
    {
        public static ViewResponse Of(SavedView view, string by) =>
            new(view.Saved!.View, view.Saved.Name, view.Saved.Address, view.Saved.IsShared, view.Owner == by, view.SavedAt);
    }
}

/// <summary>
/// Saved views over HTTP: the caller's own, and shared ones. Saving needs the scope <c>publish</c>; persons save theirs on the pages.
/// </summary>
internal static class ViewEndpoints
{
    private const string NoSuch = "There is no such view.";

    public static void MapViews(this IEndpointRouteBuilder api)
    {
        api.MapGet("/views", ListAsync).RequireAuthorization(Policies.Read).WithName("GetViews").Produces<Page<ViewResponse>>();
        api.MapPut("/views/{id:guid}", SaveAsync).RequireAuthorization(Policies.View).WithName("SaveView")
            .Takes<ViewRequest>().Produces<ViewResponse>().Produces<ViewResponse>(201).ProducesProblem(404).AddEndpointFilter(ExpectedVersion.RefuseAsync);
        api.MapDelete("/views/{id:guid}", RemoveAsync).RequireAuthorization(Policies.View).WithName("RemoveView")
            .Produces(204).ProducesProblem(404).AddEndpointFilter(ExpectedVersion.RefuseAsync);
    }

    /// <summary>List the caller's own saved views and shared ones, by name.</summary>
    internal static async Task<IResult> ListAsync([AsParameters] PageAsked page, ClaimsPrincipal caller, SavedViews views, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var by = ApiClaims.RecorderOf(caller).By;
        var listed = page.Of(
            check, [.. (await views.ListAsync(cancellationToken)).Where(view => view.IsSeenBy(by)).Select(view => ViewResponse.Of(view, by))], view => $"{view.View}");
        return check.Reasons.Count > 0 ? Problems.Of(check.Reasons) : TypedResults.Ok(listed);
    }

    /// <summary>Save a view, or change it. The id is the caller's to choose. The same terms again change nothing.</summary>
    internal static async Task<IResult> SaveAsync(
        Guid id, HttpRequest request, ClaimsPrincipal caller, SavedViews views, IAuthorizationService authorization, CancellationToken cancellationToken)
    {
        var (view, problem) = await Problems.ReadAsync(request, ContractsJson.Default.ViewRequest, cancellationToken);
        if (view is null)
        {
            return problem!;
        }

        if (SavedViews.Check(view) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        var recorder = ApiClaims.RecorderOf(caller);
        var outcome = await views.SaveAsync(id, view, await MayShareAsync(authorization, caller), recorder, cancellationToken);
        if (outcome is not (ViewOutcome.Created or ViewOutcome.Changed))
        {
            return Refusal(outcome);
        }

        // Somebody may have removed it meanwhile.
        return (await views.ListAsync(cancellationToken)).FirstOrDefault(known => known.Saved!.View == id) is not { } saved ? Refusal(ViewOutcome.Unknown)
            : outcome == ViewOutcome.Created ? TypedResults.Created($"/api/v1/views/{id}", ViewResponse.Of(saved, recorder.By))
            : TypedResults.Ok(ViewResponse.Of(saved, recorder.By));
    }

    /// <summary>Remove a view.</summary>
    internal static async Task<IResult> RemoveAsync(Guid id, ClaimsPrincipal caller, SavedViews views, IAuthorizationService authorization, CancellationToken cancellationToken) =>
        await views.RemoveAsync(id, await MayShareAsync(authorization, caller), ApiClaims.RecorderOf(caller), cancellationToken) is var outcome and not ViewOutcome.Removed
            ? Refusal(outcome)
            : TypedResults.NoContent();

    private static async Task<bool> MayShareAsync(IAuthorizationService authorization, ClaimsPrincipal caller) =>
        (await authorization.AuthorizeAsync(caller, null, Policies.Share)).Succeeded;

    private static IResult Refusal(ViewOutcome outcome) => outcome switch
    {
        ViewOutcome.TooMany => Problems.Of([new FieldReason("view", $"There are {SavedViews.Most:#,0} saved views, which is the limit. Remove some.")]),
        ViewOutcome.MayNotShare => TypedResults.Problem("Your role does not allow this: it is about a shared view.", statusCode: StatusCodes.Status403Forbidden),
        _ => TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound),
    };
}
