using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Explorer;
using SpendTracker.Usage;

namespace SpendTracker.Budgets;

/// <summary>Names who spent a budget: the workloads that spent most, and the dearest of their last events.</summary>
public sealed class BudgetContributors(NpgsqlDataSource dataSource, UsageEventQuery usage)
{
    private const int MostWorkloads = 5;
    private const int MostEvents = 5;

    /// <summary>Of each stream, and of all streams of a workload: a crossing is of this moment, and what came long before is not why.</summary>
    private const int LastEvents = 200;

    /// <param name="workloads">With what they spent in the reporting currency, the largest first.</param>
    /// <param name="position">Later events are not looked at.</param>
    /// <param name="today">Later days do not count yet.</param>
    /// <param name="rate">Units of the reporting currency for one of the budget's.</param>
    /// <returns>The contributors, and the trace context of the dearest event that has one.</returns>
    internal async Task<(IReadOnlyList<Contributor> Contributors, string? TraceParent)> FindAsync(
        BudgetSet terms, BudgetSpan span, IReadOnlyList<(string Workload, decimal Amount)> workloads, SpendOwners owners,
        long position, DateOnly today, decimal rate, CancellationToken cancellationToken)
    {
        List<Contributor> contributors = [];
        string? trace = null;
        foreach (var (workload, amount) in workloads.Where(workload => workload.Amount > 0).Take(MostWorkloads))
        {
            var events = await usage.FindAsync(await LastAsync(workload, span, position, cancellationToken), cancellationToken);
            var dearest = events.Select(e => (Event: e, Amount: AmountOf(e, terms, owners, today) / rate)).Where(e => e.Amount > 0)
                .OrderByDescending(e => e.Amount).Take(MostEvents).ToArray();
            contributors.Add(new Contributor(
                workload, amount / rate, [.. dearest.Select(e => new ContributingEvent(e.Event.Logged.Stored.Id, e.Amount, e.Event.Logged.TraceId))]));
            trace ??= dearest.Select(e => e.Event.Logged.Stored.TraceParent).FirstOrDefault(parent => parent is not null);
        }

        return (contributors, trace);
    }

    /// <summary>What of an event counts for a budget, in the reporting currency.</summary>
    private static decimal AmountOf(UsageEvent e, BudgetSet terms, SpendOwners owners, DateOnly today) => e.CorrectedBy is not null ? 0 : e.Counting.Where(quantity => quantity.Quantity.Day <= today).Sum(quantity =>
    {
        var sku = quantity.Price?.Sku ?? quantity.Quantity.Sku;
        var modelled = quantity.Quantity.Component is Component.Usage or Component.Hosting or Component.Training && !UsageQuantities.IsCharge(sku) && sku != "";
        var key = owners.In(BillingPeriod.Of(quantity.Quantity.Day), new SpendKey(
            e.Usage.Workload, EnumName.Of(e.Usage.Approach), EnumName.Of(quantity.Quantity.Component), modelled ? sku : CostDimension.None,
            e.Variant == "" ? CostDimension.None : e.Variant));
        return BudgetScope.Covers(terms.Scope, key, owners.Of(key)) ? quantity.Amount ?? 0 : 0;
    });

    private async Task<Guid[]> LastAsync(string workload, BudgetSpan span, long position, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select e.id
            from unnest($2::text[]) as s (stream)
            cross join lateral (
                select id, seq_id from {LogTables.Events} where tenant_id = $1 and stream_id = s.stream order by version desc limit $4) as e
            where e.seq_id <= $3
            order by e.seq_id desc
            limit $4
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = span.Months.Select(month => UsageStream.Of(workload, month)).ToArray() });
        command.Parameters.Add(new() { Value = position });
        command.Parameters.Add(new() { Value = LastEvents });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Guid> ids = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return [.. ids];
    }
}
