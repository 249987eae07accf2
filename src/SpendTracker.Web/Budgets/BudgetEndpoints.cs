using System.Globalization;
using System.Security.Claims;
using SpendTracker.Alerts;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Log;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Budgets;

/// <summary>Budgets over HTTP: reading needs the scope <c>read</c>, setting and removing <c>budget</c>.</summary>
internal static class BudgetEndpoints
{
    private const string NoSuch = "There is no such budget.";

    public static void MapBudgets(this IEndpointRouteBuilder api)
    {
        api.MapGet("/budgets", ListAsync).RequireAuthorization(Policies.Read).WithName("GetBudgets").AsFile<Page<BudgetResponse>>("budgets", BudgetSheet.Of).WithMetadata(EarlierShape.BareList);
        api.MapGet("/budgets/{id}", GetAsync).RequireAuthorization(Policies.Read).WithName("GetBudget").Produces<BudgetDetailsResponse>().ProducesProblem(404);
        api.MapPut("/budgets/{id}", SetAsync).RequireAuthorization(Policies.Budget).WithName("SetBudget")
            .Takes<BudgetRequest>().Produces<BudgetSetResponse>().Produces<BudgetSetResponse>(201).ProducesProblem(409).ProducesProblem(412);
        api.MapDelete("/budgets/{id}", RemoveAsync).RequireAuthorization(Policies.Budget).WithName("RemoveBudget").Produces(204).ProducesProblem(404)
            .AddEndpointFilter(ExpectedVersion.RefuseAsync);
    }

    /// <summary>List budgets that hold, by id. With their figures, which are a moment behind the log.</summary>
    internal static async Task<IResult> ListAsync(
        [AsParameters] PageAsked page, ClaimsPrincipal caller, BudgetBook book, BudgetWatch watch, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var listed = page.Of(
            check, [.. (await book.ListAsync(cancellationToken)).Where(budget => ApiClaims.Covers(caller, budget.Terms.Scope))], budget => budget.Terms.Budget);
        return check.Reasons.Count > 0
            ? Problems.Of(check.Reasons)
            : TypedResults.Ok(new Page<BudgetResponse>([.. listed.Items.Select(budget => BudgetResponse.Of(budget, watch))], listed.Next));
    }

    /// <summary>Read a budget. Its version is the ETag; also one that was removed.</summary>
    internal static async Task<IResult> GetAsync(
        string id, ClaimsPrincipal caller, HttpResponse response, BudgetBook book, BudgetWatch watch, AlertQuery alerts, CancellationToken cancellationToken)
    {
        // A key that is bound to workloads does not learn which budgets there are of others.
        if (await book.HistoryAsync(id, cancellationToken) is not [var newest, ..] versions || !versions.All(version => ApiClaims.Covers(caller, version.Terms.Scope)))
        {
            return TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound);
        }

        var current = watch.Current(id);
        var previous = watch.Of(id).LastOrDefault(figures => figures.Span != current?.Span);
        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(newest.Version);
        return TypedResults.Ok(new BudgetDetailsResponse(
            id, newest.Version, watch.StandingOf(id, current), newest.Terms, newest.Removed, FiguresResponse.Of(current), FiguresResponse.Of(previous),
            await alerts.ListAsync(new AlertFilter(Budget: id), cancellationToken), versions));
    }

    /// <summary>Set a budget. The same terms again change nothing.</summary>
    internal static async Task<IResult> SetAsync(
        string id, string? version, HttpRequest request, HttpResponse response, ClaimsPrincipal caller, BudgetBook book, CancellationToken cancellationToken)
    {
        var (body, problem) = await Problems.ReadAsync(request, ContractsJson.Default.BudgetRequest, cancellationToken);
        if (body is null)
        {
            return problem!;
        }

        var check = new FieldCheck();
        check.That("budget", body.Budget is null || body.Budget == id, "Must be that of the path, or left out.");
        var expected = ExpectedVersion.Read(check, request, version);
        var terms = BudgetBook.AsRecorded(body.ToTerms(id));
        check.Add(BudgetBook.Check(terms));
        if (check.Reasons.Count == 0)
        {
            check.Add(await book.UnknownChannelsAsync(terms, cancellationToken));
        }

        if (check.Reasons.Count > 0)
        {
            return Problems.Of(check.Reasons);
        }

        if (await book.SetAsync(terms, expected, ApiClaims.RecorderOf(caller), cancellationToken) is not { } now)
        {
            return await OvertakenAsync(id, expected!.Value, ExpectedVersion.StatusOf(version), book, cancellationToken);
        }

        response.GetTypedHeaders().ETag = ExpectedVersion.TagOf(now.Version);
        var answer = new BudgetSetResponse(id, now.Version, terms);
        return now.IsNew ? TypedResults.Created($"/api/v1/budgets/{id}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Remove a budget. It holds no longer, and its alerts are resolved.</summary>
    internal static async Task<IResult> RemoveAsync(string id, string? reason, ClaimsPrincipal caller, BudgetBook book, CancellationToken cancellationToken) =>
        await book.RemoveAsync(id, reason ?? "", ApiClaims.RecorderOf(caller), cancellationToken) is not { Count: > 0 } reasons ? TypedResults.NoContent()
            : reasons.Any(why => why.Field == "budget") ? TypedResults.Problem(NoSuch, statusCode: StatusCodes.Status404NotFound)
            : Problems.Of(reasons);

    private static async Task<IResult> OvertakenAsync(string id, int expected, int status, BudgetBook book, CancellationToken cancellationToken)
    {
        var looked = expected == 0 ? "was to be new" : expected == StreamVersion.Any ? "was to be there" : string.Create(CultureInfo.InvariantCulture, $"was expected at version {expected}");
        var now = await book.HistoryAsync(id, cancellationToken) switch
        {
            [{ Removed: null } newest, ..] => string.Create(CultureInfo.InvariantCulture, $"is at version {newest.Version}, set by {newest.SetBy} at {newest.SetAt:u}"),
            [{ Removed: { } removed }, ..] => $"was removed by {removed.By} at {removed.At:u}",
            _ => "does not exist",
        };
        return TypedResults.Problem($"The budget {looked}, but {now}. Nothing was stored.", statusCode: status);
    }
}
