using SpendTracker.Contracts;
using SpendTracker.Web.Exports;

namespace SpendTracker.Web.Costs;

/// <summary>Why a month cost another amount, as a sheet: the lines of each step, and what is left out of them together, so that the amounts add up to the difference.</summary>
internal static class ChangesSheet
{
    public static Sheet Of(CostChangesResponse changes) => Sheet.Of(
        $"changes-{changes.From}-{changes.To}", changes.Steps.SelectMany(Lines),
        new("step", line => EnumName.Of(line.Step)),
        new("workload", line => line.Line?.Workload ?? "(other lines)"),
        new("approach", line => line.Line is { } of ? EnumName.Of(of.Approach) : null),
        new("component", line => line.Line is { } of ? EnumName.Of(of.Component) : null),
        new("sku", line => line.Line?.Sku),
        new("meter", line => line.Line?.Meter),
        new("corrects", line => Sheet.Month(line.Line?.Corrects)),
        new("amount", line => line.Amount, Sheet.Amount),
        new("quantity_before", line => line.Line?.QuantityBefore),
        new("quantity_after", line => line.Line?.QuantityAfter),
        new("amount_before", line => line.Line?.AmountBefore, Sheet.Amount),
        new("amount_after", line => line.Line?.AmountAfter, Sheet.Amount),
        new("currency", _ => changes.Currency));

    private static IEnumerable<(ChangeStep Step, CostChangeLine? Line, decimal Amount)> Lines(CostChangeStep step)
    {
        foreach (var line in step.Lines)
        {
            yield return (step.Step, line, line.Amount);
        }

        if (step.LinesLeftOut > 0)
        {
            yield return (step.Step, null, step.Amount - step.Lines.Sum(line => line.Amount));
        }
    }
}
