using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Settings;
using SpendTracker.Web.Access;
using SpendTracker.Web.Exports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>One month against another over HTTP.</summary>
internal static class ChangesEndpoint
{
    private const int UsualLines = 20;
    private const int MostLines = 1_000;

    public static void MapChanges(this IEndpointRouteBuilder api) =>
        api.MapGet("/costs/changes", GetAsync).RequireAuthorization(Policies.Read).WithName("GetCostChanges").WithMetadata(ExpensiveQuery.Always)
            .AsFile<CostChangesResponse>("changes", ChangesSheet.Of);

    /// <summary>Explain why a month cost another amount than an earlier one. The steps add up to the difference.</summary>
    internal static async Task<IResult> GetAsync(
        string? from, string? to, string[]? where, string? knownOn, string? lines, MonthChangeQuery query, KnownOn days, OrganisationSettings settings,
        CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        var most = UsualLines;
        check.That(
            "lines", lines is null || (int.TryParse(lines, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most <= MostLines), $"Must be 0 to {MostLines}.");
        var filter = await ReadAsync(check, (from, to, where ?? [], knownOn), days, cancellationToken);
        return filter is null ? Problems.Of(check.Reasons) : TypedResults.Ok(Response(await query.OfAsync(filter, cancellationToken), filter, most, settings.ReportingCurrency));
    }

    /// <summary>Reads which months are asked for: the current one against the one before it where none is given.</summary>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    public static async Task<CostFilter?> ReadAsync(
        FieldCheck check, (string? From, string? To, IReadOnlyList<string> Where, string? KnownOn) asked, KnownOn days, CancellationToken cancellationToken)
    {
        var current = BillingPeriod.Of(days.Today);
        var later = asked.To is { Length: > 0 } ? asked.To : BillingPeriod.TryParse(asked.From, out var first) && first.Start < current.Start ? current.ToString() : null;
        var earlier = asked.From is { Length: > 0 } ? asked.From : (BillingPeriod.TryParse(later, out var last) ? last : current).Previous.ToString();
        var question = await CostQuestion.ReadAsync(check, (earlier, later ?? current.ToString(), null, asked.Where, asked.KnownOn), days, cancellationToken);
        check.That("from", question is null || question.Filter.From.Start < question.Filter.To.Start, "Must be before to.");
        check.That("to", question is null || question.Filter.To.Start <= current.Start, $"Must not be after the current month, {current}.");
        return check.Reasons.Count > 0 ? null : question!.Filter;
    }

    private static CostChangesResponse Response(MonthChange change, CostFilter filter, int most, string currency)
    {
        var (before, after) = (LackingTotal.Of([change.Before]), LackingTotal.Of([change.After]));
        return new(
            change.From.ToString(), change.To.ToString(), filter.KnownOn, currency, change.Before.Actual, change.After.Actual, change.DaysBefore, change.DaysAfter, change.Explained,
            [.. change.Steps.Select(step => new CostChangeStep(
                step.Step, step.Amount, [.. step.Lines.Take(most).Select(line => Line(line, change, filter))], Math.Max(0, step.Lines.Count - most)))],
            before.Unpriced, after.Unpriced, before.Incomplete, after.Incomplete, before.Unconverted, after.Unconverted);
    }

    private static CostChangeLine Line(StepLine part, MonthChange change, CostFilter filter)
    {
        var line = part.Line;
        return new(
            line.Workload, line.Approach, line.Component, line.Sku, line.Meter, line.Origin?.ToString(), part.Amount,
            line.Before.Quantity, line.After.Quantity, line.Before.Amount, line.After.Amount,
            line.Before == default ? null : EventLink.ToList(EventLink.FilterOf(line, line.Origin ?? change.From, filter.KnownOn)),
            line.After == default ? null : EventLink.ToList(EventLink.FilterOf(line, line.Origin ?? change.To, filter.KnownOn)));
    }
}
