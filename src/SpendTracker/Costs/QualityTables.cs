namespace SpendTracker.Costs;

/// <summary>The tables of what the money bought, beside daily_usage: outcomes, evaluations, hosting by the hour, and training runs.</summary>
internal static class QualityTables
{
    public static IReadOnlyList<string> Tables { get; } = ["daily_outcome", "daily_part", "daily_evaluation", "hosting_hour", "training_run"];

    /// <summary>
    /// Quantities and scores are added up by the day used and the day recorded, like daily_usage, so that a correction takes them back
    /// and a question about a past day leaves out what came later. <c>beyond</c> counts evaluations whose score is no share, 0 to 1.
    /// </summary>
    public const string Create =
        """


        create table if not exists daily_outcome (
            line_id uuid not null,
            day date not null,
            recorded_on date not null,
            succeeded bigint not null,
            failed bigint not null,
            primary key (line_id, day, recorded_on)
        );

        create table if not exists daily_part (
            line_id uuid not null,
            day date not null,
            recorded_on date not null,
            part text not null,
            quantity numeric not null,
            primary key (line_id, day, recorded_on, part)
        );

        create table if not exists daily_evaluation (
            tenant_id text not null,
            workload text not null,
            approach text not null,
            variant text not null,
            metric text not null,
            day date not null,
            recorded_on date not null,
            score numeric not null,
            samples numeric not null,
            evaluations bigint not null,
            beyond bigint not null,
            primary key (tenant_id, workload, approach, variant, metric, day, recorded_on)
        );

        create table if not exists hosting_hour (
            line_id uuid not null,
            day date not null,
            hour int not null,
            recorded_on date not null,
            hours numeric not null,
            measured numeric not null,
            idle numeric not null,
            primary key (line_id, day, hour, recorded_on)
        );

        create table if not exists training_run (
            tenant_id text not null,
            event_id uuid not null,
            workload text not null,
            approach text not null,
            run_id text not null,
            provider text not null,
            model text not null,
            day date not null,
            recorded_on date not null,
            completed_at timestamptz not null,
            trained_tokens numeric,
            epochs numeric not null,
            gpu_hours numeric,
            training_loss numeric[] not null,
            validation_loss numeric[] not null,
            stopped_early bool not null,
            taken_back_on date,
            primary key (tenant_id, event_id)
        );
        """;

    /// <summary>$1 to $5: an array of each column.</summary>
    public const string AddOutcomes =
        """
        insert into daily_outcome as o (line_id, day, recorded_on, succeeded, failed)
        select * from unnest($1::uuid[], $2::date[], $3::date[], $4::bigint[], $5::bigint[])
        on conflict (line_id, day, recorded_on) do update set succeeded = o.succeeded + excluded.succeeded, failed = o.failed + excluded.failed
        """;

    /// <summary>$1 to $5: an array of each column.</summary>
    public const string AddParts =
        """
        insert into daily_part as p (line_id, day, recorded_on, part, quantity)
        select * from unnest($1::uuid[], $2::date[], $3::date[], $4::text[], $5::numeric[])
        on conflict (line_id, day, recorded_on, part) do update set quantity = p.quantity + excluded.quantity
        """;

    /// <summary>$1 to $11: an array of each column.</summary>
    public const string AddEvaluations =
        """
        insert into daily_evaluation as e (tenant_id, workload, approach, variant, metric, day, recorded_on, score, samples, evaluations, beyond)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::numeric[], $9::numeric[], $10::bigint[], $11::bigint[])
        on conflict (tenant_id, workload, approach, variant, metric, day, recorded_on) do update set
            score = e.score + excluded.score, samples = e.samples + excluded.samples, evaluations = e.evaluations + excluded.evaluations,
            beyond = e.beyond + excluded.beyond
        """;

    /// <summary>$1 to $7: an array of each column.</summary>
    public const string AddHours =
        """
        insert into hosting_hour as h (line_id, day, hour, recorded_on, hours, measured, idle)
        select * from unnest($1::uuid[], $2::date[], $3::int[], $4::date[], $5::numeric[], $6::numeric[], $7::numeric[])
        on conflict (line_id, day, hour, recorded_on) do update set
            hours = h.hours + excluded.hours, measured = h.measured + excluded.measured, idle = h.idle + excluded.idle
        """;

    /// <summary>One run; its columns from $1 on, but when it was taken back.</summary>
    public const string AddRun =
        """
        insert into training_run (
            tenant_id, event_id, workload, approach, run_id, provider, model, day, recorded_on, completed_at, trained_tokens, epochs, gpu_hours, training_loss,
            validation_loss, stopped_early)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    /// <summary>$1: the tenants, $2: the events, $3: since when they do not count.</summary>
    public const string TakeRunsBack =
        """
        update training_run as r set taken_back_on = t.taken_back_on
        from unnest($1::text[], $2::uuid[], $3::date[]) as t (tenant_id, event_id, taken_back_on)
        where r.tenant_id = t.tenant_id and r.event_id = t.event_id
        """;
}
