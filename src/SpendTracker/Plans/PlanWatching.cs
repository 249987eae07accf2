using Marten.Exceptions;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Settings;

namespace SpendTracker.Plans;

/// <summary>
/// Compares recorded plans with what happened, and records what left its range. Each host does so by itself: a decision is appended
/// at the expected version of the plan's stream, so that of two hosts that decide the same one does.
/// </summary>
public sealed class PlanWatching(
    NpgsqlDataSource dataSource, EventStore store, EventLog log, OrganisationSettings settings, ReportingClock clock, WorkloadQuantityQuery quantities, ILogger<PlanWatching> logger)
{
    /// <summary>Four weeks of usage change slowly.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly Recorder Recorder = new("host:plans");

    /// <summary>As it was at the last look: a stream with many versions is megabytes.</summary>
    private readonly Dictionary<string, PlanState> _states = [];

    /// <summary>Runs until cancelled. Outlives a database that goes away and comes back.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Forever.RunAsync("The watch over plans", async token =>
    {
        while (true)
        {
            await RefreshAsync(token);
            await Task.Delay(Pause, token);
        }
    }, logger, cancellationToken);

    /// <summary>Looks at every plan that is followed, or has an alert that holds, and appends what follows.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var plan in await WatchedAsync(cancellationToken))
        {
            try
            {
                if (await StateAsync(plan, cancellationToken) is { Submitted: { } submitted } state)
                {
                    var isOver = PlanReadings.IsOver(submitted.Assumptions, clock.Today);
                    var decided = PlanDecision.Decide(state, state.IsRetired || isOver ? [] : await ReadAsync(submitted, cancellationToken), isOver);
                    await AppendAsync(state, decided, cancellationToken);
                }
            }
            catch (Exception fault) when (fault is UnreadableEventException or InvalidStreamOperationException)
            {
                logger.LogWarning("Plan {Plan} cannot be watched: {Fault}", plan, fault.Message); // The others can.
            }
        }
    }

    /// <summary>Where everything that a plan watches stands now; empty where it watches nothing.</summary>
    public async Task<IReadOnlyList<PlanReading>> ReadAsync(PlanSubmitted submitted, CancellationToken cancellationToken)
    {
        if (submitted.Watch is not { } watch || PlanReadings.IsOver(submitted.Assumptions, clock.Today))
        {
            return [];
        }

        var today = clock.Today;
        var first = today.AddDays(-PlanActuals.MostDays);
        var used = await quantities.ReadAsync(watch.Workload, first, today, cancellationToken);
        var from = used.FirstUse is { } use && use > first ? use : used.FirstUse is null ? today : first;
        var bare = submitted.Assumptions with { Options = [.. submitted.Assumptions.Options.Select(PlanReadings.WithoutPrices)], Currency = submitted.Currency };
        var prices = await PlanPrices.LoadAsync(dataSource, bare, settings.ReportingCurrency, today, cancellationToken);
        return PlanReadings.Of(submitted, new PlanActuals(today, from, today.AddDays(-1), used.Quantities), prices.HasCurrency ? prices.Of : (_, _, _) => null);
    }

    /// <summary>Read again only where the stream has become longer.</summary>
    private async Task<PlanState?> StateAsync(string plan, CancellationToken cancellationToken)
    {
        var stream = PlanBook.StreamOf(plan);
        if (_states.GetValueOrDefault(plan) is not { } known || known.Length != await log.HeadAsync(stream, cancellationToken))
        {
            _states.Remove(plan);
            if (EventStreams.Fold<PlanState>(await store.ReadStreamAsync(stream, cancellationToken)) is { } read)
            {
                _states[plan] = read;
            }
        }

        return _states.GetValueOrDefault(plan);
    }

    private async Task<IReadOnlyList<string>> WatchedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select p.plan from spend.plan as p
            where p.tenant_id = $1 and (p.retired_at is null and p.outline ? 'watch'
                or exists (select from spend.plan_alert as a where a.tenant_id = p.tenant_id and a.plan = p.plan and a.resolved_at is null))
            order by p.plan
            """);
        command.Parameters.Add(new() { Value = Tenant.Default });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> plans = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            plans.Add(reader.GetString(0));
        }

        return plans;
    }

    /// <summary>Where another host was faster, or the plan changed, it is decided again at the next look.</summary>
    private async Task AppendAsync(PlanState state, IReadOnlyList<IEvent> decided, CancellationToken cancellationToken)
    {
        if (decided.Count > 0)
        {
            var stream = PlanBook.StreamOf(state.Submitted!.Plan);
            await store.Streams.AppendAsync(
                stream, state.Length,
                [.. decided.Select(data => new EventToAppend(stream, data is PlanAlertRaised raised ? PlanState.AlertId(Tenant.Default, raised) : Guid.CreateVersion7(), data, Recorder))],
                cancellationToken);
        }
    }
}
