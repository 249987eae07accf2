using System.Collections.Frozen;
using SpendTracker.Access;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Access;

/// <summary>What a key that is bound to workloads may ask of an endpoint.</summary>
internal enum BoundAsk
{
    /// <summary>The endpoint answers for the key's workloads only, and says what it refuses.</summary>
    Checked,

    /// <summary>The parameter <c>workload</c> must name one of the key's workloads, once: several are another workload's name, with a comma.</summary>
    Workload,

    /// <summary>A condition <c>where=workload=…</c> must name one of the key's workloads.</summary>
    Where,
}

/// <summary>
/// A key that is bound to workloads asks for its workloads alone. What is not in the table here is the whole organisation's, and such
/// a key is refused: an endpoint that somebody adds is closed to it until its line is written.
/// </summary>
internal static class BoundKeys
{
    /// <summary>What assistants ask. A tool asks an endpoint of the API, which is looked up here in turn.</summary>
    public const string ToolsEndpoint = "AskTools";

    /// <summary>By the endpoint's name.</summary>
    private static readonly FrozenDictionary<string, BoundAsk> Asks = new Dictionary<string, BoundAsk>
    {
        [ApiKeyAuthentication.UsageEndpoint] = BoundAsk.Checked,
        ["CorrectUsage"] = BoundAsk.Checked,
        [ToolsEndpoint] = BoundAsk.Checked,
        ["GetWorkloads"] = BoundAsk.Checked,
        ["GetWorkload"] = BoundAsk.Checked,
        ["SetWorkload"] = BoundAsk.Checked,
        ["RegisterWorkload"] = BoundAsk.Checked,
        ["SubmitEstimate"] = BoundAsk.Checked,
        ["GetBudgets"] = BoundAsk.Checked,
        ["GetBudget"] = BoundAsk.Checked,
        ["GetAllowance"] = BoundAsk.Checked,
        ["GetEstimate"] = BoundAsk.Checked,
        ["GetApiDescription"] = BoundAsk.Checked,
        ["GetAnomaly"] = BoundAsk.Checked,
        ["GetAnomalies"] = BoundAsk.Workload,
        ["GetEvents"] = BoundAsk.Workload,
        ["GetEstimates"] = BoundAsk.Workload,
        ["ExplainCosts"] = BoundAsk.Workload,
        ["GetAdvice"] = BoundAsk.Workload,
        ["CompareModels"] = BoundAsk.Workload,
        ["GetPlanFromActuals"] = BoundAsk.Workload,
        ["GetCosts"] = BoundAsk.Where,
        ["GetCostChanges"] = BoundAsk.Where,
        ["GetForecast"] = BoundAsk.Where,
        ["GetForecastBacktest"] = BoundAsk.Where,
        ["Compare"] = BoundAsk.Where,
        ["CompareHosting"] = BoundAsk.Where,
    }.ToFrozenDictionary();

    private const string Condition = "workload=";

    /// <summary>After authorization.</summary>
    public static Task CheckAsync(HttpContext context, RequestDelegate next) =>
        context.User.Identity is KeyIdentity { Key: { IsBound: true } key } && context.GetEndpoint() is { } endpoint && Refusal(key, endpoint, context.Request.Query) is { } refusal
            ? TypedResults.Problem(refusal, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context)
            : next(context);

    /// <summary>Why a bound key may not ask this; null if it may.</summary>
    private static string? Refusal(ApiKey key, Endpoint endpoint, IQueryCollection query) =>
        endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is not { } name || !Asks.TryGetValue(name, out var ask)
            ? $"{BoundTo(key)} This answer is about the whole organisation, or changes what is the whole organisation's."
        : ask switch
        {
            BoundAsk.Workload => query["workload"].Count == 1 && AreCovered(key, query["workload"]) ? null : $"{BoundTo(key)} Ask for one of them with workload=…",
            BoundAsk.Where => AreCovered(key, Conditions(query)) ? null : $"{BoundTo(key)} Ask for one of them with where=workload=…",
            _ => null,
        };

    private static IReadOnlyList<string?> Conditions(IQueryCollection query) =>
        [.. query["where"].Where(condition => condition?.StartsWith(Condition, StringComparison.Ordinal) == true).Select(condition => condition![Condition.Length..])];

    /// <summary>Named, and all of them the key's: whichever of several an endpoint takes, it is one of these.</summary>
    private static bool AreCovered(ApiKey key, IReadOnlyList<string?> workloads) => workloads.Count > 0 && workloads.All(workload => workload is not null && key.Covers(workload));

    /// <summary>As a problem says it. A key may be bound to hundreds.</summary>
    public static string BoundTo(ApiKey key) =>
        $"This API key is bound to the workload{(key.Workloads.Count == 1 ? "" : "s")} {string.Join(", ", key.Workloads.Take(5))}{(key.Workloads.Count > 5 ? ", …" : "")}.";
}
