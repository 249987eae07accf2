using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Plans;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Plans;

/// <summary>What a plan comes to.</summary>
/// <param name="Currency">Of all amounts.</param>
/// <param name="PricesOn">The day whose prices were used.</param>
internal sealed record PlanResponse(string Currency, DateOnly PricesOn, PlanFigures Figures);

/// <summary>Plans over HTTP. A preview records nothing, so whoever may read costs may ask for it.</summary>
internal static class PlanEndpoints
{
    public static void MapPlans(this IEndpointRouteBuilder api)
    {
        api.MapGet("/plans/presets", Presets).RequireAuthorization(Policies.Read).WithName("GetPlanPresets");
        api.MapPost("/plans/preview", PreviewAsync).RequireAuthorization(Policies.Read).WithName("PreviewPlan");
    }

    /// <summary>Plans to begin with, from this month on: change what differs, and ask for a preview.</summary>
    private static Ok<IReadOnlyList<PlanPreset>> Presets(KnownOn days) => TypedResults.Ok(PlanPresets.All(BillingPeriod.Of(days.Today)));

    private static async Task<IResult> PreviewAsync(
        HttpRequest request, NpgsqlDataSource dataSource, OrganisationSettings settings, KnownOn days, CancellationToken cancellationToken)
    {
        var (sent, problem) = await Problems.ReadAsync(request, ContractsJson.Default.PlanRequest, cancellationToken);
        if (sent is null)
        {
            return problem!;
        }

        var plan = PlanRules.AsPlanned(sent);
        if (PlanRules.Check(plan) is { Count: > 0 } reasons)
        {
            return Problems.Of(reasons);
        }

        var day = plan.PricesOn ?? days.Today;
        var prices = await PlanPrices.LoadAsync(dataSource, plan, settings.ReportingCurrency, day, cancellationToken);
        if (!prices.HasCurrency)
        {
            return Problems.Of([new FieldReason("currency", $"No exchange rate from {plan.Currency} into {settings.ReportingCurrency} holds on {day:yyyy-MM-dd}.")]);
        }

        try
        {
            return TypedResults.Ok(new PlanResponse(plan.Currency ?? settings.ReportingCurrency, day, PlanArithmetic.Figures(plan, prices.Of)));
        }
        catch (OverflowException)
        {
            return Problems.Of([new FieldReason("requestsPerMonth", "The amounts are larger than can be counted: fewer requests, tokens or a lower price.")]);
        }
    }
}
