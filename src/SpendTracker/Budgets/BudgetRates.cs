using SpendTracker.Contracts;

namespace SpendTracker.Budgets;

/// <summary>Exchange rates on the first days of budgets' periods.</summary>
internal sealed class BudgetRates(string reportingCurrency, IReadOnlyDictionary<(string Currency, DateOnly Day), decimal> rates)
{
    /// <summary>Units of the reporting currency for one of another, on a period's first day; null where nobody published one.</summary>
    public decimal? Of(string currency, DateOnly day) =>
        currency == reportingCurrency ? 1 : rates.TryGetValue((currency, day), out var rate) ? rate : null;

    /// <summary>Those that the figures of some periods need.</summary>
    public static async Task<BudgetRates> LoadAsync(
        SpendQuery query, string reportingCurrency, IEnumerable<(BudgetSet Terms, BudgetSpan Span)> wanted, CancellationToken cancellationToken)
    {
        var days = wanted.Where(one => one.Terms.Currency != reportingCurrency)
            .SelectMany(one => BudgetArithmetic.RatedDays(one.Terms, one.Span).Select(day => (one.Terms.Currency, day))).Distinct().ToArray();
        return new(reportingCurrency, days.Length == 0 ? new Dictionary<(string, DateOnly), decimal>() : await query.ExchangeRatesAsync(days, cancellationToken));
    }
}
