using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Settings;

namespace SpendTracker.Comparison;

/// <summary>Advises on a workload's approach, from the guides' criteria and its own numbers.</summary>
public sealed class AdviceQuery(NpgsqlDataSource dataSource, ComparisonQuery comparisons, ModelQuery models, OrganisationSettings settings,
    ReportingClock clock)
{
    /// <summary>Full months that are looked at, if the workload has been there for so long.</summary>
    private const int MostMonths = 3;

    /// <param name="needs">What the team needs, of <see cref="AdviceRules.Needs"/>.</param>
    public async Task<Advice> OfAsync(string workload, IReadOnlyList<string> needs, CancellationToken cancellationToken)
    {
        var (first, registered, hasEstimate) = await WorkloadAsync(workload, cancellationToken);
        var (from, to, months) = Span(first);
        var figures = await comparisons.OfAsync(new(new CostFilter(from, to) { Where = new Dictionary<string, IReadOnlyList<string>> { ["workload"] = [workload] } }),
            cancellationToken);
        var facts = new AdviceFacts(
            workload, figures, months, await models.ListAsync(workload, cancellationToken), needs, registered, hasEstimate, await ActivitiesAsync(workload,
                cancellationToken),
            settings.ReportingCurrency);
        var reasons = AdviceRules.Reasons(facts);
        return new Advice(
            workload, from, to, AdviceRules.Recommended(reasons), figures.Total.Requests > 0 ? facts.RequestsPerMonth : null, reasons,
                AdviceRules.Changes(reasons), AdviceRules.BreakEvenOf(facts),
            AdviceRules.NotKnown(facts), AdviceSteps.Of(facts));
    }

    /// <summary>What is wrong with needs.</summary>
    public static IReadOnlyList<FieldReason> Check(IEnumerable<string> needs)
    {
        var check = new FieldCheck();
        check.That("needs", needs.All(AdviceRules.Needs.ContainsKey), $"Must be some of {string.Join(", ", AdviceRules.Needs.Keys)}, separated by commas.");
        return check.Reasons;
    }

    /// <summary>The last full months since its first request; the running one, as far as it has come, if there are none.</summary>
    private (BillingPeriod From, BillingPeriod To, decimal Months) Span(DateOnly? first)
    {
        var current = BillingPeriod.Of(clock.Today);
        var since = BillingPeriod.Of(first ?? clock.Today);
        if (since >= current)
        {
            return (current, current, MonthProgress.ToDate(1, current, clock.Now));
        }

        var earliest = BillingPeriod.Of(current.Start.AddMonths(-MostMonths));
        var from = since > earliest ? since : earliest;
        return (from, current.Previous, ((current.Year - from.Year) * 12) + current.Month - from.Month);
    }

    private async Task<(DateOnly? First, Approach? Registered, bool HasEstimate)> WorkloadAsync(string workload, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select (select min(u.day) from spend.cost_line as l cross join lateral (select min(u.day) as day from spend.daily_usage as u where u.line_id = l.line_id) as u
                    where l.tenant_id = $1 and l.workload = $2 and l.meter = 'requests'),
                   (select w.approach from spend.workload as w where w.tenant_id = $1 and w.workload = $2 order by w.seq_id desc limit 1),
                   exists (select from spend.monthly_estimate as e where e.tenant_id = $1 and e.workload = $2)
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = workload });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0), reader.IsDBNull(1) ? null : EnumName.Parse<Approach>(reader.GetString(1)),
            reader.GetBoolean(2));
    }

    private async Task<HashSet<(Approach, string)>> ActivitiesAsync(string workload, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select l.approach, p.part from spend.cost_line as l join spend.daily_part as p using (line_id)
            where l.tenant_id = $1 and l.workload = $2
            group by l.approach, p.part
            having sum(p.quantity) <> 0
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = workload });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        HashSet<(Approach, string)> found = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((EnumName.Parse<Approach>(reader.GetString(0)), reader.GetString(1)));
        }

        return found;
    }
}
