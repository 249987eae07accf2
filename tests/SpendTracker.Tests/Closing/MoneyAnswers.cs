using SpendTracker.Costs;
using SpendTracker.Explorer;

namespace SpendTracker.Tests.Closing;

/// <summary>What the queries answer in a play, and answered before. Amounts are compared to 12 decimals: frozen ones are rounded to 18.</summary>
internal sealed class MoneyAnswers(TestDatabase database, DateOnly first)
{
    private readonly List<(DateOnly KnownOn, string Answer)> _answers = [];
    private readonly MonthlyCostQuery _costs = database.Get<MonthlyCostQuery>();
    private readonly CancellationToken _stop = TestContext.Current.CancellationToken;

    public static decimal Rounded(decimal amount) => decimal.Round(amount, 12);

    public async Task<decimal> TotalAsync(BillingPeriod month) =>
        Rounded((await _costs.ByAsync(new CostFilter(month, month), [], _stop)).Sum(cost => cost.Actual));

    /// <summary>Of all periods.</summary>
    public async Task<(decimal Cost, decimal Listed)> TotalAsync()
    {
        var months = await _costs.ByAsync(new CostFilter(new(2000, 1), new(2199, 12)), [], _stop);
        return (Rounded(months.Sum(month => month.Actual)), Rounded(months.Sum(month => month.Listed)));
    }

    /// <summary>Of all tokens and requests: what has no rate, and what is priced incompletely.</summary>
    public async Task<(decimal Unpriced, decimal Incomplete)> LackingAsync() => (
        await database.ScalarAsync<decimal>("select coalesce(sum(unpriced), 0) from spend.monthly_cost where meter not like '%hours'"), await database.ScalarAsync<decimal>("select coalesce(sum(incomplete), 0) from spend.monthly_cost"));

    /// <summary>Whom a period's costs are of, and what for.</summary>
    public async Task<string> PartsAsync(BillingPeriod month)
    {
        var costs = await _costs.ByAsync(new CostFilter(month, month), [CostDimension.Find("origin")!, CostDimension.Find("team")!, CostDimension.Find("model")!], _stop);
        return string.Join('\n', costs.Where(cost => Rounded(cost.Actual) != 0).Select(cost => $"{string.Join('/', cost.Keys.Values)}: {Text(cost.Actual)}"));
    }

    /// <summary>Of all periods, in the order of names; without those that come to nothing.</summary>
    public async Task<IEnumerable<(string Sku, decimal Cost)>> CostByModelAsync()
    {
        var costs = await _costs.ByAsync(new CostFilter(new(2000, 1), new(2199, 12)), [CostDimension.Find("model")!], _stop);
        return costs.GroupBy(cost => cost.Keys["model"], cost => cost.Actual).Select(model => (Sku: model.Key, Cost: Rounded(model.Sum())))
            .Where(model => model.Cost != 0).OrderBy(model => model.Sku, StringComparer.Ordinal);
    }

    /// <summary>Keeps what is known now, at the end of a day.</summary>
    public async Task RecordAsync(DateOnly today) => _answers.Add((today, await AnswerAsync(null)));

    /// <summary>What was known on each day is still what was answered on it, and what moved between any two is explained.</summary>
    public async Task CheckAsync(DateOnly today, Random random)
    {
        foreach (var (knownOn, answer) in _answers)
        {
            Assert.Equal(answer, await AnswerAsync(knownOn));
        }

        Assert.Equal(await AnswerAsync(null), await AnswerAsync(today));
        var explain = database.Get<ExplainQuery>();
        var days = _answers.Select(answer => answer.KnownOn).Append(today).Order().ToArray();
        for (var i = 0; i < 10; i++)
        {
            var (from, to) = (random.Next(days.Length), random.Next(days.Length));
            var explanation = await explain.OfAsync(BillingPeriod.Of(first.AddMonths(random.Next(14))), days[Math.Min(from, to)], days[Math.Max(from, to)], null, _stop);
            Assert.Equal(Rounded(explanation.After - explanation.Before), Rounded(explanation.Explained));
            if (await database.ScalarAsync<long>($"select count(*) from spend.period_closing where month = '{explanation.Month.Start:yyyy-MM-dd}'") == 0)
            {
                AssertLackingAddsUp(explanation); // Of a closed month, what was accepted is lacking no longer.
            }
        }
    }

    /// <summary>What the moves lack, by unit, is what the total lacks more at the second day.</summary>
    public static void AssertLackingAddsUp(Explanation explanation)
    {
        Lacking[] moves = [.. explanation.Usage.Select(move => move.Lacking), .. explanation.Prices.Select(move => move.Lacking)];
        string[] meters = [.. explanation.Usage.Select(move => move.Meter), .. explanation.Prices.Select(move => move.Meter)];
        LackingTotal[] parts =
        [
            .. explanation.Bookings.Select(move => move.Lacking),
            .. moves.Zip(meters, (move, meter) => new LackingTotal(One(meter, move.Unpriced), One(meter, move.Incomplete), move.Unconverted)),
        ];
        var more = explanation.LackingAfter.Less(explanation.LackingBefore);
        Assert.Equal(
            (Of(more.Unpriced), Of(more.Incomplete), Of(more.Unconverted)),
            (Of(MonthlyCostQuery.Sum(parts.Select(part => part.Unpriced))), Of(MonthlyCostQuery.Sum(parts.Select(part => part.Incomplete))), Of(MonthlyCostQuery.Sum(parts.Select(part => part.Unconverted)))));

        static Dictionary<string, decimal> One(string meter, decimal quantity) => new() { [SpendTracker.Usage.Meters.UnitOf(meter)] = quantity };
        static string Of(IReadOnlyDictionary<string, decimal> parts) => string.Join(' ', parts.Where(part => Rounded(part.Value) != 0).OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{part.Key} {Text(part.Value)}"));
    }

    /// <summary>All that the queries answer, as a text that can be compared.</summary>
    private async Task<string> AnswerAsync(DateOnly? knownOn)
    {
        CostDimension[] by = [CostDimension.Find("origin")!, CostDimension.Find("component")!, CostDimension.Find("model")!, CostDimension.Find("team")!];
        var costs = await _costs.ByAsync(new CostFilter(BillingPeriod.Of(first), BillingPeriod.Of(first.AddMonths(16))) { KnownOn = knownOn }, by, _stop);
        var lines = await database.Get<CostLineQuery>().ListAsync(new("w", BillingPeriod.Of(first.AddMonths(2))) { KnownOn = knownOn }, _stop);
        return string.Join('\n', costs.Where(cost => Rounded(cost.Actual) != 0 || cost.Estimated != 0 || cost.Unpriced.Count > 0 || cost.Incomplete.Count > 0 || cost.Unconverted.Count > 0).Select(cost =>
                   $"{cost.Month} {string.Join('/', cost.Keys.Values)}: {Text(cost.Actual)} of {Text(cost.Listed)}, expected {cost.Estimated}, {string.Join(' ', cost.Unpriced)} incomplete {string.Join(' ', cost.Incomplete)} {string.Join(' ', cost.Unconverted)}"))
               + string.Join('\n', lines.Select(line =>
                   $"{line with { Unconverted = null!, Amount = 0, ListAmount = 0 }} {Text(line.Amount)} of {Text(line.ListAmount)} {string.Join(' ', line.Unconverted)}"));
    }

    private static string Text(decimal amount) => Rounded(amount).ToString("0.############", System.Globalization.CultureInfo.InvariantCulture);
}
