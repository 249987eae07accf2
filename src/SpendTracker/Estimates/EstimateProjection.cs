using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Estimates;

/// <summary>
/// What each workload was expected to cost a month, by the estimate that was submitted last for it. Earlier ones stay, with
/// the days from which and until which they held, for reports as known on a day.
/// </summary>
public sealed class EstimateProjection(TimeZoneInfo reportingTimeZone) : Projection
{
    private readonly List<(StoredEvent Stored, EstimateSubmitted Estimate)> _page = [];

    /// <summary>The estimates that hold, of the tenant and the months of a query's first three parameters.</summary>
    /// <param name="knownOn">An SQL date: as known at its end. Null: now.</param>
    internal static string KnownSql(string? knownOn) =>
        $"(select * from spend.monthly_estimate where tenant_id = $1 and month between $2 and $3 and {(knownOn is null ? "superseded_on = 'infinity'" : $"recorded_on <= {knownOn} and superseded_on > {knownOn}")})";

    public override string Name => "Estimates";

    public override string CreateTables =>
        DropEarlierLayout("monthly_estimate", "superseded_on") +
        """
        create table if not exists monthly_estimate (
            tenant_id text not null,
            month date not null,
            workload text not null,
            approach text not null,
            line int not null,
            component text not null,
            sku text not null,
            meter text not null,
            quantity numeric null,
            amount numeric not null,
            seq_id bigint not null,
            recorded_on date not null,
            superseded_on date not null default 'infinity',
            primary key (tenant_id, month, workload, approach, line, seq_id)
        )
        """;

    public override IReadOnlyList<string> Tables => ["monthly_estimate"];

    public override bool IsInline => true;

    public override IReadOnlyList<string> EventTypes { get; } = ["estimate_submitted"];

    public override void Apply(StoredEvent stored)
    {
        if (stored.Data is EstimateSubmitted estimate)
        {
            _page.Add((stored, estimate));
        }
    }

    public override void Discard() => _page.Clear();

    /// <summary>One after the other, since a later one replaces an earlier one's months. Estimates are few.</summary>
    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        List<NpgsqlBatchCommand> commands = [];
        foreach (var (stored, estimate) in _page)
        {
            commands.Add(new(
                """
                update monthly_estimate set superseded_on = $6
                where tenant_id = $1 and workload = $2 and approach = $3 and month between $4 and $5 and superseded_on = 'infinity'
                """)
            {
                Parameters =
                {
                    new() { Value = stored.TenantId }, new() { Value = estimate.Workload }, new() { Value = EnumName.Of(estimate.Approach) }, First(estimate), Last(estimate),
                    RecordedOn(stored),
                },
            });
            commands.Add(Insert(stored, estimate));
        }

        _page.Clear();
        return commands;
    }

    private NpgsqlParameter RecordedOn(StoredEvent stored) => new() { Value = BillingPeriod.DayOf(stored.RecordedAt, reportingTimeZone) };

    private NpgsqlBatchCommand Insert(StoredEvent stored, EstimateSubmitted estimate)
    {
        var lines = estimate.Lines.ToArray();
        return new(
            """
            insert into monthly_estimate (tenant_id, month, workload, approach, line, component, sku, meter, quantity, amount, seq_id, recorded_on)
            select $1, month::date, $2, $3, line, component, sku, meter, quantity, amount, $6, $12
            from generate_series($4::date, $5::date, interval '1 month') as month,
                 unnest($7::text[], $8::text[], $9::text[], $10::numeric[], $11::numeric[]) with ordinality
                     as l (component, sku, meter, quantity, amount, line)
            """)
        {
            Parameters =
            {
                new() { Value = stored.TenantId }, new() { Value = estimate.Workload }, new() { Value = EnumName.Of(estimate.Approach) },
                First(estimate), Last(estimate), new() { Value = stored.SeqId },
                new() { Value = Array.ConvertAll(lines, line => EnumName.Of(line.Component)) },
                new() { Value = Array.ConvertAll(lines, line => line.Sku ?? "") },
                new() { Value = Array.ConvertAll(lines, line => line.Meter ?? "") },
                new() { Value = Array.ConvertAll(lines, line => line.Quantity) },
                new() { Value = Array.ConvertAll(lines, line => line.Amount ?? 0) },
                RecordedOn(stored),
            },
        };
    }

    private static NpgsqlParameter First(EstimateSubmitted estimate) => new() { Value = MonthOf(estimate.From) };

    private static NpgsqlParameter Last(EstimateSubmitted estimate) => new() { Value = MonthOf(estimate.To) };

    private static DateOnly MonthOf(string month) =>
        BillingPeriod.TryParse(month, out var period) ? period.Start : throw new System.Text.Json.JsonException($"'{month}' is not a month.");
}
