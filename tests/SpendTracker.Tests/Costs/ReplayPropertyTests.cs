using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Costs;

/// <summary>Whatever the order in which usage and rates arrive, costs kept current are the costs worked out at the end.</summary>
public sealed class ReplayPropertyTests
{
    /// <summary>What a list may say that it asks other prices for.</summary>
    private static readonly NotCarriedPrice[][] Marks =
        [[], [new("audio-input-tokens")], [new("cache-write-1h-tokens")], [new("audio-input-tokens"), new("cache-write-1h-tokens")], [new("cache-write-tokens")]];

    /// <param name="Amount">The price of a million tokens that are input, twice as much if they are written to the cache; or the input tokens.</param>
    /// <param name="Tenths">Of the input tokens: that are sound, that are written to the cache, and that are kept there for an hour.</param>
    private sealed record Step(bool IsRate, int Day, int Amount, (int Audio, int CacheWrite, int Hour) Tenths, NotCarriedPrice[] NotCarried, bool ProjectAfter);

    private sealed record Usage(int Day, long Input, long Audio, long CacheWrite, long Hour);

    [Fact]
    public async Task Costs_kept_current_equal_quantity_times_rate_of_the_day()
    {
        var steps =
            from isRate in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            from day in Gen.Choose(0, 59)
            from amount in Gen.Choose(0, 1_000_000)
            from audio in Gen.Choose(0, 5)
            from cacheWrite in Gen.Choose(0, 5)
            from hour in Gen.Choose(0, cacheWrite)
            from notCarried in Gen.Elements(Marks)
            from projectAfter in Gen.Elements(true, false)
            select new Step(isRate, day, amount, (audio, cacheWrite, hour), notCarried, projectAfter);
        foreach (var sequence in steps.ListOf(60).Sample(5))
        {
            await CheckAsync([.. sequence]);
        }
    }

    private static async Task CheckAsync(IReadOnlyList<Step> steps)
    {
        await using var database = await TestDatabase.CreateAsync();
        var first = Given.Day.AddDays(-40);
        List<Step> rates = [];
        List<Usage> usages = [];
        foreach (var step in steps)
        {
            if (step.IsRate)
            {
                rates.Add(step);
                MeterPrice[] prices = [new("input-tokens", step.Amount, 1_000_000), new("cache-write-tokens", 2 * step.Amount, 1_000_000)];
                var rate = new RatePublished("openai/own", first.AddDays(step.Day), "USD", prices, "list", NotCarried: step.NotCarried);
                Assert.Empty(PriceBookRules.Check(rate, "USD"));
                await database.Get<PriceBook>().PublishAsync(rate, new Recorder("test"), TestContext.Current.CancellationToken);
            }
            else
            {
                long Tenths(int tenths) => (long)step.Amount * tenths / 10;
                var usage = new Usage(step.Day, step.Amount, Tenths(step.Tenths.Audio), Tenths(step.Tenths.CacheWrite), Tenths(step.Tenths.Hour));
                usages.Add(usage);
                await database.RecordAsync(Given.Tokens(Given.At(first.AddDays(step.Day)), model: "own", input: usage.Input, output: 0) with
                {
                    AudioInputTokens = usage.Audio, CacheWriteTokens = usage.CacheWrite, CacheWrite1hTokens = usage.Hour,
                });
            }

            if (step.ProjectAfter)
            {
                await database.ProjectAsync();
            }
        }

        await database.ProjectAsync();

        // Stable sort: of rates from one day, the one published last comes last.
        var inOrder = rates.OrderBy(rate => rate.Day).ToArray();
        decimal amount = 0, unpriced = 0, incomplete = 0;
        foreach (var usage in usages)
        {
            if (inOrder.LastOrDefault(rate => rate.Day <= usage.Day) is not { } rate)
            {
                unpriced += usage.Input;
                continue;
            }

            amount += (usage.Input + usage.CacheWrite) * (rate.Amount / 1_000_000m);
            incomplete += rate.NotCarried.Sum(named => named.Meter switch
            {
                "audio-input-tokens" => usage.Audio,
                "cache-write-1h-tokens" => usage.Hour,
                _ => usage.CacheWrite,
            });
        }

        Assert.Equal(amount, await SumAsync(database, "amount"));
        Assert.Equal((unpriced, incomplete), (await SumAsync(database, "unpriced"), await SumAsync(database, "incomplete")));
        Assert.Empty(await database.Spend.CreateRebuild().VerifyAsync(database.Spend.Projections()[0], null, TestContext.Current.CancellationToken));
    }

    private static Task<decimal> SumAsync(TestDatabase database, string column) =>
        database.ScalarAsync<decimal>($"select coalesce(sum({column}), 0) from spend.monthly_cost where sku = 'openai/own'");
}
