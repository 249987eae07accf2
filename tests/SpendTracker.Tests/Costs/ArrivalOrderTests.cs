using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Costs;

/// <summary>Late, early, in the wrong order: what is known in the end is the same.</summary>
public sealed class ArrivalOrderTests
{
    private const int Cases = 30;

    /// <summary>One thing that is told; each case has a workload and a SKU of its own, so that many share a database.</summary>
    private sealed record Told(int Case, int Minute, int Kind, int Amount);

    [Fact]
    public async Task The_order_in_which_usage_and_rates_arrive_changes_no_quantity_and_no_cost()
    {
        var sets =
            from told in (from minute in Gen.Choose(0, 400 * 1_440)
                          from kind in Gen.Choose(0, 3)
                          from amount in Gen.Choose(1, 1_000_000)
                          select new Told(0, minute, kind, amount)).ListOf(10)
            select told.DistinctBy(t => (t.Kind, DayOf(t))); // Of two rates from one day the later publication counts, and should.
        Told[] all = [.. sets.Sample(Cases).SelectMany((set, number) => set.Select(told => told with { Case = number }))];

        var inOrder = await TablesAsync([.. all.OrderBy(told => told.Minute)]);
        var shuffled = await TablesAsync(Gen.Shuffle(all).Sample(1).Single());

        Assert.True(inOrder.Count > Cases);
        Assert.Equal(inOrder, shuffled);
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(Told[] all)
    {
        await using var database = await TestDatabase.CreateAsync("Australia/Lord_Howe");
        foreach (var some in all.Chunk(25))
        {
            await database.RecordAsync([.. some.Where(told => told.Kind > 0).Select(Usage)]);
            foreach (var rate in some.Where(told => told.Kind == 0))
            {
                await database.PublishAsync(
                    $"openai/own-{rate.Case}", DayOf(rate),
                    new("input-tokens", rate.Amount, 1_000_000), new("hosting-hours", rate.Amount, 1_000));
            }

            await database.ProjectAsync();
        }

        return
        [
            .. await database.TextsAsync(
                """
                select to_jsonb(d)::text from (
                    select line_id, sku, day, meter, workload, approach, component, variant, sum(quantity) as quantity, sum(events) as events
                    from spend.daily_usage join spend.cost_line using (line_id) group by 1, 2, 3, 4, 5, 6, 7, 8) as d order by 1
                """),
            .. await database.TextsAsync(
                """
                select jsonb_build_array(month, workload, approach, component, sku, meter, variant, currency, trim_scale(quantity), events, trim_scale(amount), trim_scale(unpriced), trim_scale(unconverted))::text
                from spend.monthly_cost order by 1
                """),
        ];
    }

    private static IUsageEvent Usage(Told told) => told.Kind switch
    {
        1 => Given.Tokens(At(told), $"w-{told.Case}", model: $"own-{told.Case}", input: told.Amount),
        2 => new HostingHoursRecorded(
            $"w-{told.Case}", Approach.FineTuning, $"openai/own-{told.Case}", 24 + (told.Amount / 7_000_000m), At(told), At(told).AddHours(24 + (told.Amount % 600)), 3, 0.3m),
        _ => new ChargeRecorded($"w-{told.Case}", Approach.Hybrid, Component.Other, told.Amount, told.Amount % 2 == 0 ? "AUD" : "USD", At(told)),
    };

    private static DateOnly DayOf(Told told) => DateOnly.FromDateTime(At(told).UtcDateTime);

    private static DateTimeOffset At(Told told) => Given.At(Given.Day.AddDays(-430)).AddMinutes(told.Minute);
}
