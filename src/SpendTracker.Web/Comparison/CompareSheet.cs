using SpendTracker.Comparison;
using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Comparison;

/// <summary>A comparison as a sheet: the approaches, their variants, and all together, a line each. What is not known is empty, never 0.</summary>
internal static class CompareSheet
{
    public static Sheet Of(CompareResponse compared) => Sheet.Of<(string Line, ComparedRow Row)>(
        $"comparison-{compared.From}-{compared.To}",
        [.. compared.Approaches.Select(row => ("approach", row)), .. compared.Variants.Select(row => ("variant", row)), ("total", compared.Total)],
        new("line", part => part.Line),
        new("workload", part => part.Row.Workload),
        new("approach", part => part.Row.Approach is { } approach ? EnumName.Of(approach) : null),
        new("variant", part => part.Row.Variant),
        new("requests", part => part.Row.Requests),
        new("succeeded", part => part.Row.Succeeded),
        new("failed", part => part.Row.Failed),
        new("outcome_unknown", part => part.Row.Unknown),
        new("running", part => part.Row.Running, Sheet.Amount),
        new("one_off_written_off", part => part.Row.OneOff, Sheet.Amount),
        new("one_off_paid", part => part.Row.OneOffPaid, Sheet.Amount),
        new("cost", part => part.Row.Cost, Sheet.Amount),
        new("per_1000_requests", part => part.Row.Per1000),
        new("per_success", part => part.Row.PerSuccess?.Expected),
        new("per_success_low", part => part.Row.PerSuccess?.Low),
        new("per_success_high", part => part.Row.PerSuccess?.High),
        new("success", part => part.Row.Success?.Expected),
        new("success_low", part => part.Row.Success?.Low),
        new("success_high", part => part.Row.Success?.High),
        new("quality_metric", _ => compared.QualityMetric),
        new("quality", part => part.Row.QualityOf(compared.QualityMetric)),
        new("currency", _ => compared.Currency),
        new("unpriced", part => Sheet.Text(part.Row.Unpriced)),
        new("unconverted", part => Sheet.Text(part.Row.Unconverted)),
        new("incomplete", part => Sheet.Text(part.Row.Incomplete)));
}
