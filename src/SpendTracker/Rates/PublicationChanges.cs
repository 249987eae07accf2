using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Rates;

/// <summary>What came into the price book and what went, day by day: why a price is another than it was.</summary>
public sealed class PublicationChanges(NpgsqlDataSource dataSource)
{
    /// <summary>After the end of one day and until the end of another, the earliest first.</summary>
    public async Task<IReadOnlyList<PublicationChange>> BetweenAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with p as materialized (
                select distinct on (publication) publication, tenant_id, 'rate' as kind, sku as subject, effective_from, source, published_at, recorded_on, recorded_by from spend.rate
                union all
                select publication, tenant_id, 'discount', sku, effective_from, source, published_at, recorded_on, recorded_by from spend.discount
                union all
                select publication, tenant_id, 'alias', sku, null, 'for ' || model, published_at, recorded_on, recorded_by from spend.alias
                union all
                select publication, tenant_id, 'exchange-rate', currency, effective_from, source, published_at, recorded_on, recorded_by from spend.exchange_rate
                union all
                select publication, tenant_id, 'exchange-rate-age', days || ' days', effective_from, 'Setting', published_at, recorded_on, recorded_by from spend.exchange_rate_age)
            select publication, kind, subject, effective_from, false, published_at as at, recorded_by, source from p
            where tenant_id = $1 and recorded_on > $2 and recorded_on <= $3
            union all
            select p.publication, p.kind, p.subject, p.effective_from, true, w.withdrawn_at, w.recorded_by, w.reason
            from spend.withdrawal as w join p using (publication)
            where p.tenant_id = $1 and w.recorded_on > $2 and w.recorded_on <= $3
            order by at, publication
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<PublicationChange> changes = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            changes.Add(new PublicationChange(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateOnly>(3), reader.GetBoolean(4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.GetString(6), reader.GetString(7)));
        }

        return changes;
    }
}
