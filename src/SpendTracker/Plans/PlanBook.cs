using System.Text.Json;
using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Plans;

/// <summary>A recorded plan, without its lines and months.</summary>
/// <param name="Version">How often it was submitted.</param>
/// <param name="OpenAlerts">How many of its alerts hold.</param>
public sealed record RecordedPlan(PlanSubmitted Submitted, int Version, DateTimeOffset SubmittedAt, string SubmittedBy, int OpenAlerts);

/// <summary>A version of a plan as it was submitted.</summary>
/// <param name="Retired">Where the plan was retired at this version.</param>
public sealed record PlanVersion(int Version, PlanSubmitted Submitted, DateTimeOffset SubmittedAt, string SubmittedBy, PlanEnd? Retired = null);

/// <summary>What became of a submission.</summary>
/// <param name="Version">Of the plan now; 0 where nothing was stored.</param>
/// <param name="IsNew">Whether there was no such plan until now.</param>
/// <param name="IsOvertaken">Whether the plan has another version than the caller expected; nothing was stored.</param>
public sealed record PlanSubmitting(IReadOnlyList<FieldReason> Reasons, PlanSubmitted? Submitted = null, int Version = 0, bool IsNew = false, bool IsOvertaken = false);

/// <summary>Works out, submits, retires and lists plans.</summary>
public sealed class PlanBook(NpgsqlDataSource dataSource, EventStore store, OrganisationSettings settings, ReportingClock clock)
{
    public const int ReasonLength = 1_000;
    private const int MostChannels = 10;

    /// <summary>So that an event stays below the 1 MiB that is read, whatever its envelope has.</summary>
    private const int MostBytes = 900_000;

    /// <summary>Ids that are addresses of something else.</summary>
    private static readonly string[] Reserved = ["presets", "preview", "from-actuals"];

    internal static string StreamOf(string plan) => $"plan/{plan}";

    /// <summary>Works a plan out at the prices of its day. Nothing is stored.</summary>
    /// <param name="plan">As <see cref="PlanRules.AsPlanned(PlanRequest)"/> gives it.</param>
    /// <returns>Why it cannot be worked out; or the figures, with their currency and the day of the prices.</returns>
    public async Task<(IReadOnlyList<FieldReason> Reasons, PlanFigures? Figures, string Currency, DateOnly PricesOn)> WorkOutAsync(PlanRequest plan, CancellationToken cancellationToken)
    {
        var (currency, day) = (plan.Currency ?? settings.ReportingCurrency, plan.PricesOn ?? clock.Today);
        if (PlanRules.Check(plan) is { Count: > 0 } reasons)
        {
            return (reasons, null, currency, day);
        }

        var prices = await PlanPrices.LoadAsync(dataSource, plan, settings.ReportingCurrency, day, cancellationToken);
        if (!prices.HasCurrency)
        {
            return ([new FieldReason("currency", $"No exchange rate from {plan.Currency} into {settings.ReportingCurrency} holds on {day:yyyy-MM-dd}.")], null, currency, day);
        }

        try
        {
            return ([], PlanArithmetic.Figures(plan, prices.Of), currency, day);
        }
        catch (OverflowException)
        {
            return ([new FieldReason("requestsPerMonth", "The amounts are larger than can be counted: fewer requests, tokens or a lower price.")], null, currency, day);
        }
    }

    /// <summary>
    /// Records a plan with what it comes to now. The same assumptions at the same prices change nothing; other ones, or other
    /// prices, make a new version.
    /// </summary>
    /// <param name="expectedVersion">The version that was looked at; see <see cref="StreamVersion"/>.</param>
    public async Task<PlanSubmitting> SubmitAsync(string plan, PlanSubmission submission, int? expectedVersion, Recorder recorder, CancellationToken cancellationToken)
    {
        var assumptions = PlanRules.AsPlanned(submission.Assumptions);
        var (wrong, figures, currency, day) = await WorkOutAsync(assumptions, cancellationToken);
        var check = new FieldCheck();
        check.Id("plan", plan);
        check.That("plan", !Reserved.Contains(plan), $"Must not be {string.Join(", ", Reserved)}.");
        check.Add(wrong.Select(reason => reason with { Field = $"assumptions.{reason.Field}" }));
        check.OptionalText("note", submission.Note, TextLength.Description);
        Check(check, assumptions, submission.Watch);
        if (submission.Watch?.Channels is { Count: > 0 and <= MostChannels } channels && check.Reasons.Count == 0)
        {
            var known = await Channels.FindAsync(store, [.. channels.Distinct()], cancellationToken);
            foreach (var channel in channels.Distinct().Where(channel => known[channel] is null))
            {
                check.That("watch.channels", false, $"There is no channel '{channel}'. Set it up first, or leave it out.");
            }
        }

        if (check.Reasons.Count > 0)
        {
            return new(check.Reasons);
        }

        var submitted = new PlanSubmitted(plan, assumptions, currency, day, figures!, submission.Watch, submission.Note);
        if (JsonSerializer.SerializeToUtf8Bytes(submitted, ContractsJson.Default.PlanSubmitted).Length is > MostBytes and var bytes)
        {
            return new([new FieldReason("assumptions.months", $"With its lines by month the plan has {bytes / 1_000:#,0} kB; at most {MostBytes / 1_000:#,0} are recorded. Plan fewer months, options or parts.")]);
        }

        return await store.Streams.DecideAsync<PlanState, PlanSubmitting>(StreamOf(plan), state => DecideSubmission(state, submitted, expectedVersion), recorder, cancellationToken);
    }

    private static void Check(FieldCheck check, PlanRequest assumptions, PlanWatch? watch)
    {
        if (watch is null)
        {
            return;
        }

        check.Key("watch.workload", watch.Workload);
        check.That("watch.option", assumptions.Options.Any(option => option.Name == watch.Option), "Must be the name of one of the plan's options.");
        check.That("watch.channels", watch.Channels is not { } channels || (channels.Count <= MostChannels && channels.Distinct().Count() == channels.Count), $"At most {MostChannels}, each once.");
        foreach (var channel in (watch.Channels ?? []).Take(MostChannels))
        {
            check.Key("watch.channels", channel);
        }
    }

    /// <summary>Why a plan that is in the log holds for nobody; only another program writes such. Null where it holds.</summary>
    internal static string? FaultOf(StoredEvent stored, PlanSubmitted submitted)
    {
        var check = new FieldCheck { IsStored = true };
        Check(check, submitted.Assumptions, submitted.Watch);
        check.Add(PlanRules.Check(submitted.Assumptions));
        return stored.Stream != StreamOf(submitted.Plan) ? $"It is of plan '{submitted.Plan}', in another's stream."
            : check.Reasons is [var first, ..] ? $"{first.Field}: {first.Reason}"
            : submitted.Assumptions.Options.Select(option => option.Name).SequenceEqual(submitted.Figures.Options.Select(option => option.Name)) ? null
            : "Its figures are not of its options.";
    }

    /// <summary>What has to be recorded so that a plan is as submitted.</summary>
    internal static Decision<PlanSubmitting> DecideSubmission(PlanState? state, PlanSubmitted submitted, int? expectedVersion)
    {
        var held = state is { IsRetired: false, Submitted: not null };
        return !StreamVersion.Is(expectedVersion, held ? state!.Version : 0) ? new(new PlanSubmitting([], IsOvertaken: true))
            : held && Same(state!.Submitted!, submitted) ? new(new PlanSubmitting([], state.Submitted, state.Version))
            : new(new PlanSubmitting([], submitted, (state?.Version ?? 0) + 1, !held), submitted);
    }

    /// <summary>Compared as they are stored, where lists are equal by what they hold. Another day with the same prices changes nothing.</summary>
    private static bool Same(PlanSubmitted left, PlanSubmitted right) => JsonElement.DeepEquals(
        JsonSerializer.SerializeToElement(left, ContractsJson.Default.PlanSubmitted),
        JsonSerializer.SerializeToElement(right with { PricesOn = left.PricesOn }, ContractsJson.Default.PlanSubmitted));

    /// <returns>Why it cannot be retired; empty where it is done.</returns>
    public async Task<IReadOnlyList<FieldReason>> RetireAsync(string plan, string reason, Recorder recorder, CancellationToken cancellationToken)
    {
        var check = new FieldCheck();
        check.Text("reason", reason, ReasonLength);
        return check.Reasons.Count > 0 ? check.Reasons : await store.Streams.DecideAsync<PlanState, IReadOnlyList<FieldReason>>(
            StreamOf(plan),
            state => state is { Submitted: not null, IsRetired: false } ? new([], new PlanRetired(plan, reason)) : new([new FieldReason("plan", "There is no such plan.")]),
            recorder, cancellationToken);
    }

    /// <summary>The plans that are followed, by id.</summary>
    public async Task<IReadOnlyList<RecordedPlan>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select p.outline::text, p.version, p.submitted_at, p.submitted_by,
                   (select count(*) from spend.plan_alert as a where a.tenant_id = p.tenant_id and a.plan = p.plan and a.resolved_at is null)
            from spend.plan as p where p.tenant_id = $1 and p.retired_at is null order by p.plan
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<RecordedPlan> plans = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(new RecordedPlan(
                JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.PlanSubmitted)!, reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3),
                (int)reader.GetInt64(4)));
        }

        return plans;
    }

    /// <summary>Every version of a plan, the newest first; none where there never was one. Read from the log, so that what was just submitted is there.</summary>
    public async Task<IReadOnlyList<PlanVersion>> HistoryAsync(string plan, CancellationToken cancellationToken)
    {
        List<PlanVersion> versions = [];
        foreach (var stored in await store.ReadStreamAsync(StreamOf(plan), cancellationToken))
        {
            if (stored.Data is PlanSubmitted submitted && FaultOf(stored, submitted) is null)
            {
                versions.Add(new(versions.Count + 1, submitted, stored.RecordedAt, stored.RecordedBy));
            }
            else if (stored.Data is PlanRetired retired && versions.Count > 0)
            {
                versions[^1] = versions[^1] with { Retired = new(stored.RecordedAt, stored.RecordedBy, retired.Reason) };
            }
        }

        versions.Reverse();
        return versions;
    }
}
