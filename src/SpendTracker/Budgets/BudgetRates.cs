using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>What a currency is worth on a day.</summary>
/// <param name="Rate">Units of the reporting currency for one; null where there is none that is not stale.</param>
/// <param name="StaleSince">The day of the newest rate, where it is stale.</param>
internal readonly record struct BudgetRate(decimal? Rate, DateOnly? StaleSince = null);

/// <summary>Exchange rates on the first days of budgets' periods.</summary>
internal sealed class BudgetRates(string reportingCurrency, IReadOnlyDictionary<(string Currency, DateOnly Day), BudgetRate> rates)
{
    /// <summary>Units of the reporting currency for one of another, on a period's first day; null where nobody published one.</summary>
    public decimal? Of(string currency, DateOnly day) =>
        currency == reportingCurrency ? 1 : rates.GetValueOrDefault((currency, day)).Rate;

    /// <summary>The day of the newest rate, where there is none but a stale one.</summary>
    public DateOnly? StaleSince(string currency, DateOnly day) => rates.GetValueOrDefault((currency, day)).StaleSince;

    /// <summary>Those that the figures of some periods need.</summary>
    public static async Task<BudgetRates> LoadAsync(
        SpendQuery query, string reportingCurrency, IEnumerable<(BudgetSet Terms, BudgetSpan Span)> wanted, CancellationToken cancellationToken)
    {
        var days = wanted.Where(one => one.Terms.Currency != reportingCurrency)
            .SelectMany(one => BudgetArithmetic.RatedDays(one.Terms, one.Span).Select(day => (one.Terms.Currency, day))).Distinct().ToArray();
        return new(reportingCurrency, days.Length == 0 ? new Dictionary<(string, DateOnly), BudgetRate>() : await query.ExchangeRatesAsync(days, cancellationToken));
    }
}
