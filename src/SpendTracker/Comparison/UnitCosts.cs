using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>What a request costs. Amounts are in one currency.</summary>
public static class UnitCosts
{
    private const int Decimals = 12;

    /// <summary>Cost ÷ requests × 1,000; null without requests.</summary>
    public static decimal? Per1000(decimal cost, decimal requests) => requests <= 0 ? null : Math.Round(cost / requests * 1_000, Decimals);

    /// <summary>
    /// What a successful request costs: cost ÷ (requests × share of success), failed requests and retries in the cost. The share is that of
    /// the requests whose outcome is known; those of unknown outcome are taken to succeed as often. What was paid is known, the share
    /// is not: so the interval is the cost of a request ÷ each end of the share's Wilson interval, and holds with the same 95 %,
    /// since the quotient falls as the share rises (an interval of a parameter gives one of each monotone function of it;
    /// G. Casella, R. Berger, Statistical Inference, 2nd ed. 2002, 9.2). Null without requests, a known outcome, or a success.
    /// </summary>
    /// <param name="success">Of the requests whose outcome is known.</param>
    public static CostInterval? PerSuccess(decimal cost, decimal requests, ShareInterval? success)
    {
        if (requests <= 0 || success is not { Expected: > 0 } share)
        {
            return null;
        }

        // Money back makes a negative cost, whose order is the other way round.
        var each = cost / requests;
        var (atHigh, atLow) = (Math.Round(each / share.High, Decimals), share.Low > 0 ? Math.Round(each / share.Low, Decimals) : (decimal?)null);
        var expected = Math.Round(each / share.Expected, Decimals);
        return each < 0 && atLow is { } least ? new CostInterval(least, expected, atHigh) : new CostInterval(atHigh, expected, atLow);
    }
}
