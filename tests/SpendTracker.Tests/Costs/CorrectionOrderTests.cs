using FsCheck;
using FsCheck.Fluent;
using SpendTracker.Contracts;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Costs;

/// <summary>Originals, corrections and replacements in any order, in pages of any size: the same counts in the end.</summary>
public sealed class CorrectionOrderTests
{
    private const int Events = 12;

    /// <param name="Number">Every event has a power of two for its tokens, so that a sum tells which ones count.</param>
    private sealed record Step(int Number, bool IsCorrection, bool Replaces, bool ProjectAfter);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20_000)]
    public async Task Whatever_comes_first_what_was_not_corrected_counts(int pageEvents)
    {
        var choices = (from kind in Gen.Choose(0, 2) from project in Gen.Elements(true, false) select (kind, project)).ArrayOf(2 * Events);
        foreach (var chosen in choices.Sample(2))
        {
            var steps = Enumerable.Range(0, Events).Select(number => new Step(number, false, false, chosen[number].project))
                .Concat(Enumerable.Range(0, Events).Where(number => chosen[number].kind > 0)
                    .Select(number => new Step(number, true, chosen[number].kind == 2, chosen[Events + number].project)));
            await CheckAsync(Gen.Shuffle(steps).Sample(1).Single(), pageEvents);
        }
    }

    private static async Task CheckAsync(Step[] steps, int pageEvents)
    {
        await using var database = await PoisonTests.OpenAsync(pageEvents);

        // Some events cannot be applied at first, as if written by a newer version; after the upgrade they are tried again.
        await database.ExecuteAsync("alter table spend.daily_usage add constraint old check (quantity not in (4, 32, 256)) not valid");
        foreach (var (place, step) in steps.Index())
        {
            if (place % 8 == 4)
            {
                await database.PublishAsync($"openai/m{place}", Given.Day, new MeterPrice("input-tokens", 1));
            }

            var usage = Given.Tokens(model: $"m{step.Number}", input: 1 << step.Number, output: 0);
            _ = step.IsCorrection
                ? (object)await database.CorrectAsync($"{step.Number}", step.Replaces ? usage with { InputTokens = 1 << (Events + step.Number) } : null)
                : await database.RecordAsync(($"{step.Number}", usage));
            if (step.ProjectAfter)
            {
                await database.ProjectAsync();
            }
        }

        await database.ProjectAsync();
        await database.ExecuteAsync("alter table spend.daily_usage drop constraint old");
        var retried = await database.Spend.CreateSetAside().RetryAsync(null, null, int.MaxValue, TestContext.Current.CancellationToken);

        var corrected = steps.Where(step => step.IsCorrection).ToArray();
        var expected = steps.Where(step => !step.IsCorrection && corrected.All(c => c.Number != step.Number)).Sum(step => (decimal)(1 << step.Number))
            + corrected.Where(c => c.Replaces).Sum(c => (decimal)(1 << (Events + c.Number)));
        Assert.Equal(0, retried.Left);
        Assert.Equal(expected, await database.ScalarAsync<decimal>("select sum(quantity) from spend.monthly_cost where meter = 'input-tokens'"));
        Assert.Equal(expected, await database.ScalarAsync<decimal>("select sum(quantity) from spend.daily_usage join spend.cost_line using (line_id) where meter = 'input-tokens'"));
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from spend.waiting_correction"));
        await PoisonTests.AssertIsWhatAReplayGivesAsync(database);
    }
}
