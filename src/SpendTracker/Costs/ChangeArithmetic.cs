using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Costs;

/// <summary>
/// Splits the difference of two months' costs into steps that add up to it. A line of usage, of a workload that used something
/// in both months, has the amounts a0 and a1 for quantities q0 and q1. Its workload had D days, R requests and T units (of the unit
/// that the line counts in) before (0) and after (1). Then days = (D1 ÷ D0 − 1) a0; volume = (R1 ÷ R0 − D1 ÷ D0) a0; size of requests =
/// (T1 ÷ T0 − R1 ÷ R0) a0; price = a1 − q1 a0 ÷ q0; mix = the rest, q1 a0 ÷ q0 − T1 ÷ T0 × a0: what the line has beyond its share
/// of the growth. What was not used before has no price before, so it is mix. Source: variance into price, volume and mix as in
/// management accounting, at the earlier prices. Of other components, price is split off in the same way, of hosting the days too;
/// the rest is a step of the component. Pure.
/// </summary>
public static class ChangeArithmetic
{
    private const int Decimals = 12;

    /// <param name="lines">Each once.</param>
    /// <param name="daysBefore">Above 0.</param>
    /// <param name="began">Workloads that used nothing in the earlier month.</param>
    /// <param name="ended">Workloads that used nothing in the later one.</param>
    public static IReadOnlyList<MonthStep> Of(
        IReadOnlyCollection<LineChange> lines, decimal daysBefore, decimal daysAfter, IReadOnlySet<string> began, IReadOnlySet<string> ended)
    {
        var days = daysAfter / daysBefore;
        LineChange[] used = [.. lines.Where(line => line is { Component: Component.Usage, Origin: null })];
        var requests = used.Where(line => line.Meter == Meters.Requests).GroupBy(line => line.Workload)
            .ToDictionary(workload => workload.Key, workload => Ratio(workload, line => line.Quantity));
        var units = used.Where(IsCharged).GroupBy(UnitOf).ToDictionary(unit => unit.Key, unit => Ratio(unit, line => line.Priced));
        return
        [
            .. lines.SelectMany(line => PartsOf(line).Where(part => part.Amount != 0).Select(part => (part.Step, Line: new StepLine(line, part.Amount))))
                .GroupBy(part => part.Step).OrderBy(step => step.Key)
                .Select(step => new MonthStep(step.Key, [.. step.Select(part => part.Line).OrderByDescending(part => Math.Abs(part.Amount)).ThenBy(part => part.Line.Workload, StringComparer.Ordinal)])),
        ];

        IEnumerable<(ChangeStep Step, decimal Amount)> PartsOf(LineChange line)
        {
            if (line.Origin is not null)
            {
                return [(ChangeStep.Corrections, line.Amount)];
            }

            if (began.Contains(line.Workload) || ended.Contains(line.Workload))
            {
                return [(began.Contains(line.Workload) ? ChangeStep.NewWorkloads : ChangeStep.EndedWorkloads, line.Amount)];
            }

            try
            {
                return line.Component == Component.Usage ? UsageOf(line) : OtherOf(line);
            }
            catch (OverflowException)
            {
                return [(line.Component == Component.Usage ? ChangeStep.Volume : StepOf(line.Component), line.Amount)]; // Growth that no decimal holds.
            }
        }

        IEnumerable<(ChangeStep Step, decimal Amount)> UsageOf(LineChange line)
        {
            if (units.GetValueOrDefault(UnitOf(line)) is not { } grown)
            {
                return [(ChangeStep.Volume, line.Amount)];
            }

            var before = line.Before.Amount;
            var asked = requests.GetValueOrDefault(line.Workload) ?? grown;
            return Exactly(line,
            [
                (ChangeStep.Days, (days - 1) * before), (ChangeStep.Volume, (asked - days) * before), (ChangeStep.RequestSize, (grown - asked) * before),
                (ChangeStep.Price, PriceOf(line)), (ChangeStep.Mix, line.Amount - PriceOf(line) - ((grown - 1) * before)),
            ]);
        }

        IEnumerable<(ChangeStep Step, decimal Amount)> OtherOf(LineChange line)
        {
            var ofDays = line.Component == Component.Hosting ? (days - 1) * line.Before.Amount : 0;
            var ofPrice = PriceOf(line);
            return Exactly(line, [(ChangeStep.Days, ofDays), (ChangeStep.Price, ofPrice), (StepOf(line.Component), line.Amount - ofDays - ofPrice)]);
        }
    }

    /// <summary>Quotients have endless decimals. They are rounded, and the largest part takes what that leaves, so that the parts are the whole.</summary>
    private static (ChangeStep Step, decimal Amount)[] Exactly(LineChange line, (ChangeStep Step, decimal Amount)[] parts)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i].Amount = Math.Round(parts[i].Amount, Decimals);
        }

        var largest = Array.IndexOf(parts, parts.MaxBy(part => Math.Abs(part.Amount)));
        parts[largest].Amount += line.Amount - parts.Sum(part => part.Amount);
        return parts;
    }

    private static decimal PriceOf(LineChange line) => line.Before.Priced > 0 && line.After.Priced > 0
        ? line.After.Amount - (line.After.Priced / line.Before.Priced * line.Before.Amount)
        : 0;

    private static bool IsCharged(LineChange line) => line.Before.Amount != 0 || line.After.Amount != 0 || !Meters.Informational.Contains(line.Meter);

    private static (string Workload, string Unit) UnitOf(LineChange line) => (line.Workload, Meters.UnitOf(line.Meter));

    private static decimal? Ratio(IEnumerable<LineChange> lines, Func<LineMonth, decimal> quantity)
    {
        var (before, after) = (0m, 0m);
        foreach (var line in lines)
        {
            (before, after) = (before + quantity(line.Before), after + quantity(line.After));
        }

        return before > 0 ? Math.Max(0, after) / before : null;
    }

    private static ChangeStep StepOf(Component component) => component switch
    {
        Component.Hosting => ChangeStep.Hosting,
        Component.Training => ChangeStep.Training,
        Component.DatasetPreparation => ChangeStep.DatasetPreparation,
        Component.Labour => ChangeStep.Labour,
        Component.Infrastructure => ChangeStep.Infrastructure,
        _ => ChangeStep.Other,
    };
}
