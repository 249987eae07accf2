using SpendTracker.Contracts;

namespace SpendTracker.Web.Demo;

/// <summary>
/// A year in the life of the two projects that the guides describe, made up but always the same: a day's numbers depend on
/// the month that the demo began in and on the day, and on nothing else. So days can be added later, and sent again.
/// </summary>
internal sealed class DemoYear(BillingPeriod first)
{
    /// <summary>Billing periods, today's included.</summary>
    public const int Months = 12;

    /// <summary>How long before today the pilot with a model without a rate began. The first days drop out as days are added; what was recorded stays.</summary>
    private const int PilotDays = 14;

    /// <summary>How long before today an agent ran in a loop for a day. As with the pilot, what was recorded stays.</summary>
    private const int LoopDaysAgo = 6;

    private static readonly Traffic[] Traffic = [.. AuroraProject.Traffic, .. AtlasProject.Traffic];

    private static readonly FineTuning[] Tuned =
        [AuroraProject.ContractsTuning, AuroraProject.AssistantTuning, AtlasProject.ClaimsTuning, AtlasProject.TriageTuning];

    public BillingPeriod First { get; } = first;

    public static IReadOnlyList<WorkloadRegistered> Workloads { get; } = [.. AuroraProject.Workloads, .. AtlasProject.Workloads];

    public IReadOnlyList<RatePublished> Rates => DemoRates.For(First);

    /// <summary>When workloads are registered, and the first prices and the estimates are there: before anything is used.</summary>
    public DateTimeOffset Opening => new(First.Previous.Start.ToDateTime(new TimeOnly(9, 0)), TimeSpan.Zero);

    public IReadOnlyList<DemoAct> Acts => DemoActs.For(First);

    public IReadOnlyList<EstimateSubmitted> Estimates => DemoEstimates.For(First);

    /// <summary>The year whose last billing period is today's.</summary>
    public static DemoYear Until(DateOnly today) => new(BillingPeriod.Of(today.AddDays(1 - today.Day).AddMonths(1 - Months)));

    /// <summary>The events from a day on until now, by the day that they are recorded on; hosting, when its hours are over.</summary>
    public IEnumerable<(DateOnly Date, DemoEvent[] Events)> Days(DateOnly from, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        for (var date = from < First.Start ? First.Start : from; date <= today; date = date.AddDays(1))
        {
            var day = new DemoDay(date.DayNumber - First.Start.DayNumber, date);
            yield return (date, [.. On(day, date > today.AddDays(-PilotDays), date == today.AddDays(-LoopDaysAgo)).Where(e => IsOver(e.Usage, now))]);
        }
    }

    /// <summary>The same without the days.</summary>
    public IEnumerable<DemoEvent> Events(DateOnly from, DateTimeOffset now) => Days(from, now).SelectMany(day => day.Events);

    private IEnumerable<DemoEvent> On(DemoDay day, bool pilot, bool loop) =>
    [
        .. Traffic.SelectMany(calls => calls.On(day)),
        .. pilot ? AtlasProject.Pilot.On(day) : [],
        .. loop ? AuroraProject.Loop.On(day) : [],
        .. Tuned.SelectMany(tuning => tuning.On(day)),
        .. DemoCharges.On(day),
        .. DemoQuality.On(day, Traffic),
        .. DemoLate.On(day, First),
    ];

    private static bool IsOver(IUsageEvent usage, DateTimeOffset now) =>
        (usage is HostingHoursRecorded hosting ? hosting.PeriodEnd : usage.OccurredAt) <= now;
}
