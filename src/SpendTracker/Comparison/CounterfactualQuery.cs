using Npgsql;
using NpgsqlTypes;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;
using SpendTracker.Settings;
using SpendTracker.Usage;

namespace SpendTracker.Comparison;

/// <summary>Prices a month's tokens as if they had been served elsewhere. Nothing is recorded.</summary>
public sealed class CounterfactualQuery(NpgsqlDataSource dataSource, ReportingClock clock)
{
    private const int MonthsMeasured = 12;

    /// <param name="asked">What has been checked.</param>
    /// <returns>Null where the workload used the other approach in none of the twelve months: then nothing is known of what it had taken.</returns>
    public async Task<CounterfactualFigures?> OfAsync(CounterfactualRequest asked, CancellationToken cancellationToken)
    {
        var month = BillingPeriod.TryParse(asked.Month, out var period) ? period : throw new ArgumentException("It has not been checked.", nameof(asked));
        var usage = await UsageAsync(asked, month, cancellationToken);
        var (served, measured) = asked switch
        {
            { AsApproach: not null } => Counterfactual.ServedBy(await ServedAsync(asked, month, cancellationToken), usage),
            { Sku: not null, Workload: not null } => (usage, await MeasuredAsync(asked, month, cancellationToken)),
            _ => (usage, null),
        };
        if (asked.AsApproach is not null && measured is null)
        {
            return null;
        }

        var prices = await DayPrices.LoadAsync(dataSource, Counterfactual.Wanted(asked, usage, served), knownOn: null, cancellationToken);
        return Counterfactual.Figures(asked, usage, served, prices.Of, measured);
    }

    /// <summary>The month's tokens and requests by SKU as reported, meter, step and day.</summary>
    private async Task<List<UsageQuantity>> UsageAsync(CounterfactualRequest asked, BillingPeriod month, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ScopedQuestion.ListAsync(
            Command(
                connection, asked, month.Start, month.End,
                $"""
                select l.reported_sku, l.meter, l.above_tokens, u.day, trim_scale(sum(u.quantity))
                from spend.cost_line as l join spend.daily_usage as u using (line_id)
                where {Covered} and {IsServed}
                group by 1, 2, 3, 4
                """),
            row => new UsageQuantity(row.GetFieldValue<DateOnly>(3), Component.Usage, row.GetString(0), row.GetString(1), row.GetDecimal(4), row.GetInt32(2)),
                cancellationToken);
    }

    /// <summary>What the other approach took of each SKU's meters, by month of the twelve.</summary>
    private async Task<List<ServedQuantity>> ServedAsync(CounterfactualRequest asked, BillingPeriod month, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await ScopedQuestion.ListAsync(
            Command(
                connection, asked with { Approach = asked.AsApproach, Model = null }, month.Start.AddMonths(1 - MonthsMeasured), month.End,
                $"""
                select date_trunc('month', u.day)::date, l.reported_sku, l.meter, l.above_tokens, trim_scale(sum(u.quantity))
                from spend.cost_line as l join spend.daily_usage as u using (line_id)
                where {Covered} and {IsServed}
                group by 1, 2, 3, 4
                """),
            row => new ServedQuantity(BillingPeriod.Of(row.GetFieldValue<DateOnly>(0)), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetDecimal(4)),
            cancellationToken);
    }

    private const string IsServed = $"l.meter <> '{Meters.ReportedCost}' and l.reported_sku not like 'charge/%'";

    private const string Covered =
        """
        l.tenant_id = $1 and l.component = 'usage' and u.day >= $2 and u.day < $3 and u.day <= $4 and ($5 is null or l.workload = $5)
          and ($6 is null or l.approach = $6) and ($7 is null or l.sku = $7)
        """;

    /// <summary>Tokens a request on the other model, and on what was used, in the months that have both.</summary>
    private async Task<MeasuredFactor?> MeasuredAsync(CounterfactualRequest asked, BillingPeriod month, CancellationToken cancellationToken)
    {
        var tokens = string.Join(", ", Counterfactual.TokenMeters.Select(meter => $"'{meter}'"));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var command = Command(
            connection, asked, month.Start.AddMonths(1 - MonthsMeasured), month.End,
            $"""
            select m.is_other, m.month, sum(m.tokens), sum(m.requests)
            from (
                select l.sku = $8 as is_other, date_trunc('month', u.day)::date as month, coalesce(sum(u.quantity) filter (where l.meter in ({tokens})), 0) as tokens,
                       coalesce(sum(u.quantity) filter (where l.meter = '{Meters.Requests}'), 0) as requests
                from spend.cost_line as l join spend.daily_usage as u using (line_id)
                where l.tenant_id = $1 and l.component = 'usage' and u.day >= $2 and u.day < $3 and u.day <= $4 and l.workload = $5
                  and (l.sku = $8 or (($6 is null or l.approach = $6) and ($7 is null or l.sku = $7)))
                group by 1, 2) as m
            where m.requests > 0 and m.tokens > 0
            group by 1, 2
            """);
        command.Parameters.Add(new() { Value = asked.Sku! });
        var rows = await ScopedQuestion.ListAsync(
            command, row => (IsOther: row.GetBoolean(0), Month: row.GetFieldValue<DateOnly>(1), Tokens: row.GetDecimal(2), Requests: row.GetDecimal(3)),
                cancellationToken);
        var both = rows.GroupBy(row => row.Month).Where(rows => rows.Count() == 2).ToArray();
        if (both.Length == 0)
        {
            return null;
        }

        var factors = both.Select(rows => Factor(rows.Single(row => row.IsOther).Tokens, rows.Single(row => row.IsOther).Requests,
            rows.Single(row => !row.IsOther).Tokens, rows.Single(row => !row.IsOther).Requests)).ToArray();
        var all = both.SelectMany(rows => rows).ToLookup(row => row.IsOther);
        var expected = Factor(all[true].Sum(row => row.Tokens), all[true].Sum(row => row.Requests), all[false].Sum(row => row.Tokens), all[false]
            .Sum(row => row.Requests));
        return new MeasuredFactor(new AmountRange(Math.Min(factors.Min(), expected), expected, Math.Max(factors.Max(), expected)), both.Length);
    }

    private static decimal Factor(decimal tokens, decimal requests, decimal used, decimal usedRequests) =>
        Math.Round(tokens / requests / (used / usedRequests), 6);

    private NpgsqlCommand Command(NpgsqlConnection connection, CounterfactualRequest asked, DateOnly from, DateOnly end, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = Tenant.Default });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = end });
        command.Parameters.Add(new() { Value = clock.Today });
        foreach (var value in (string?[])[asked.Workload, asked.Approach is { } approach ? EnumName.Of(approach) : null, asked.Model])
        {
            command.Parameters.Add(new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return command;
    }
}
