using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Usage;

namespace SpendTracker.Benchmarks.History;

/// <summary>Token usage of the three years up to the end of last month: some models, and workloads of every approach.</summary>
internal static class HistoryEvents
{
    private const int Workloads = 500;
    private const int Months = 36;
    private const int Models = 4;

    private static readonly BillingPeriod Current = BillingPeriod.Of(DateOnly.FromDateTime(DateTime.UtcNow));

    public static DateOnly FirstDay { get; } = Current.Start.AddMonths(-Months);

    /// <summary>The last twelve months of it.</summary>
    public static (BillingPeriod From, BillingPeriod To) LastYear { get; } = (BillingPeriod.Of(Current.Start.AddMonths(-12)), Current.Previous);

    public static IEnumerable<string> Skus => Enumerable.Range(0, Models).Select(model => $"bench/{Model(model)}");

    public static IEnumerable<string> Streams =>
        from workload in Enumerable.Range(0, Workloads)
        from month in Enumerable.Range(0, Months)
        select UsageStream.Of(Workload(workload), BillingPeriod.Of(FirstDay.AddMonths(month)));

    /// <summary>So many events, spread evenly over the three years and in their order.</summary>
    public static IEnumerable<EventToAppend> All(int count, bool randomIds)
    {
        var start = new DateTimeOffset(FirstDay, default, TimeSpan.Zero);
        var step = (new DateTimeOffset(Current.Start, default, TimeSpan.Zero) - start) / count;
        return Enumerable.Range(0, count).Select(i => UsageEvents.ToAppend(Usage(i, start + (step * i)), randomIds));
    }

    /// <summary>Events of the last day.</summary>
    public static EventToAppend[] Latest(int count) =>
        [.. Enumerable.Range(0, count).Select(i => UsageEvents.ToAppend(Usage(i, new DateTimeOffset(Current.Start, default, TimeSpan.Zero).AddHours(-12))))];

    private static TokenUsageRecorded Usage(int i, DateTimeOffset usedAt)
    {
        var workload = (int)(unchecked((uint)i * 2654435761u) % Workloads); // Neighbours are of different workloads.
        return new(
            Workload(workload), (Approach)(workload % 3), "bench", Model(workload % Models), InputTokens: 200 + (i % 1_800), OutputTokens: 50 + (i % 400),
            new DateTimeOffset(usedAt.Ticks - (usedAt.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero), Variant: "few-shot/v3");
    }

    private static string Workload(int number) => string.Create(CultureInfo.InvariantCulture, $"history-{number:000}");

    private static string Model(int number) => string.Create(CultureInfo.InvariantCulture, $"model-{number}");
}
