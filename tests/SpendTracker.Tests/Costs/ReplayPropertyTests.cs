using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Costs;

/// <summary>Whatever the order in which usage and rates arrive, costs kept current are the costs worked out at the end.</summary>
public sealed class ReplayPropertyTests
{
    private sealed record Step(bool IsRate, int Day, int Amount, bool ProjectAfter);

    [Fact]
    public async Task Costs_kept_current_equal_quantity_times_rate_of_the_day()
    {
        var steps =
            from isRate in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            from day in Gen.Choose(0, 59)
            from amount in Gen.Choose(0, 1_000_000)
            from projectAfter in Gen.Elements(true, false)
            select new Step(isRate, day, amount, projectAfter);
        foreach (var sequence in steps.ListOf(60).Sample(5))
        {
            await CheckAsync([.. sequence]);
        }
    }

    private static async Task CheckAsync(IReadOnlyList<Step> steps)
    {
        await using var database = await TestDatabase.CreateAsync();
        var first = Given.Day.AddDays(-40);
        List<(int Day, int Price)> rates = [];
        List<(int Day, int Quantity)> usage = [];
        foreach (var step in steps)
        {
            if (step.IsRate)
            {
                rates.Add((step.Day, step.Amount));
                await database.PublishAsync("openai/own", first.AddDays(step.Day), new MeterPrice("input-tokens", step.Amount, 1_000_000));
            }
            else
            {
                usage.Add((step.Day, step.Amount));
                await database.RecordAsync(Given.Tokens(Given.At(first.AddDays(step.Day)), model: "own", input: step.Amount, output: 0));
            }

            if (step.ProjectAfter)
            {
                await database.ProjectAsync();
            }
        }

        await database.ProjectAsync();

        // Stable sort: of rates from one day, the one published last comes last.
        var inOrder = rates.OrderBy(rate => rate.Day).ToArray();
        decimal expected = 0, unpriced = 0;
        foreach (var (day, quantity) in usage)
        {
            if (inOrder.Any(rate => rate.Day <= day))
            {
                expected += quantity * (inOrder.Last(rate => rate.Day <= day).Price / 1_000_000m);
            }
            else
            {
                unpriced += quantity;
            }
        }

        Assert.Equal(expected, await database.ScalarAsync<decimal>("select coalesce(sum(amount), 0) from spend.monthly_cost where sku = 'openai/own'"));
        Assert.Equal(unpriced, await database.ScalarAsync<decimal>("select coalesce(sum(unpriced), 0) from spend.monthly_cost where sku = 'openai/own'"));
        Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));
    }
}
