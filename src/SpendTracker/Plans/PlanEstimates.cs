using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Estimates;

namespace SpendTracker.Plans;

/// <summary>Makes a workload's estimates out of a recorded plan's months. Pure.</summary>
public static class PlanEstimates
{
    /// <summary>Of a line of an estimate.</summary>
    private const decimal MostQuantity = 1_000_000_000_000;

    /// <summary>
    /// What is paid in each month of an option, as it was frozen; months that are alike come as one estimate. What had no price has no
    /// amount to estimate: it is named in the note.
    /// </summary>
    /// <returns>Why there are none; or the estimates, oldest month first.</returns>
    public static (IReadOnlyList<FieldReason> Reasons, IReadOnlyList<EstimateSubmitted> Estimates) Of(
        PlanVersion plan, string option, string workload, string reportingCurrency)
    {
        var submitted = plan.Submitted;
        if (submitted.Figures.Options.FirstOrDefault(figures => figures.Name == option) is not { } figures)
        {
            return ([new FieldReason("option", "Must be the name of one of the plan's options.")], []);
        }

        List<EstimateSubmitted> estimates = [];
        foreach (var month in figures.Months)
        {
            EstimateLine[] lines = [.. figures.Lines.Where(line => line.Month == month.Month && line.Amount is not null).Select(Line)];
            if (estimates is [.., var last] && last.Lines.SequenceEqual(lines))
            {
                estimates[^1] = last with { To = month.Month };
            }
            else if (lines.Length > 0)
            {
                estimates.Add(new EstimateSubmitted(workload, figures.Approach, month.Month, month.Month, submitted.Currency, lines, Assumptions(month), Note()));
            }
        }

        var check = new FieldCheck();
        check.That("option", estimates.Count > 0, "None of its lines has a price, so that there is no amount to estimate.");
        foreach (var reason in estimates.SelectMany(estimate => EstimateBook.Check(estimate, reportingCurrency)).DistinctBy(reason => reason.Field))
        {
            check.That(reason.Field, false, $"The plan gives an estimate that cannot be recorded. {reason.Reason}");
        }

        return (check.Reasons, check.Reasons.Count > 0 ? [] : estimates);

        Dictionary<string, string> Assumptions(PlanMonth month) => new()
        {
            ["plan"] = submitted.Plan, ["planVersion"] = plan.Version.ToString(CultureInfo.InvariantCulture), ["planOption"] = option,
            ["requestsPerMonth"] = month.Requests.ToString("#,0.######", CultureInfo.InvariantCulture),
        };

        string Note()
        {
            var without = figures.Unpriced.Count == 0 ? "" : $" Without what had no price: {string.Join(", ", figures.Unpriced.Select(line => $"{line.Sku} {line.Meter}"))}.";
            var note = string.Create(CultureInfo.InvariantCulture, $"From plan {submitted.Plan}, version {plan.Version}, option {option}.{without}");
            return note.Length <= TextLength.Description ? note : note[..TextLength.Description];
        }
    }

    private static EstimateLine Line(PlanLine line) => new(
        line.Component, line.Amount, line.Sku, line.Meter, line.Quantity <= MostQuantity ? line.Quantity : null);
}
