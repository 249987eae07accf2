using SpendTracker.Contracts;

namespace SpendTracker.Tests.Closing;

/// <summary>What usage costs by the rules in words, in the plainest code: for comparing with the SQL.</summary>
internal sealed class MoneyModel
{
    private readonly List<(string Sku, DateOnly Day, decimal Quantity)> _usage = [];
    private readonly List<(string Currency, DateOnly Day, decimal Amount)> _charges = [];
    private readonly List<(Guid Id, IEvent Data)> _published = [];

    public void Use(string sku, DateOnly day, decimal quantity) => _usage.Add((sku, day, quantity));

    public void Unuse(string sku, DateOnly day, decimal quantity) => _usage.Remove((sku, day, quantity));

    public void Charge(string currency, DateOnly day, decimal amount) => _charges.Add((currency, day, amount));

    public void Publish(Guid id, IEvent data) => _published.Add((id, data));

    public void Withdraw(Guid id) => _published.RemoveAll(publication => publication.Id == id);

    /// <summary>Of everything that has a price and an exchange rate, in the reporting currency.</summary>
    public decimal Cost =>
        _usage.Sum(use => UnitPrice(Resolve(use.Sku), use.Day, use.Quantity) is var (price, currency) ? use.Quantity * price * Worth(currency, use.Day) : 0)
        + _charges.Sum(charge => charge.Amount * Worth(charge.Currency, charge.Day));

    private IEnumerable<T> All<T>() => _published.Select(publication => publication.Data).OfType<T>();

    private string Resolve(string sku) =>
        All<AliasPublished>().LastOrDefault(alias => alias.Model == sku)?.Sku
        ?? All<AliasPublished>().Where(alias => alias.Model.EndsWith('*') && sku.StartsWith(alias.Model[..^1], StringComparison.Ordinal)).LastOrDefault()?.Sku
        ?? sku;

    private (decimal Price, string Currency)? UnitPrice(string sku, DateOnly day, decimal context)
    {
        var of = All<RatePublished>().Where(rate => rate.Sku == sku && rate.EffectiveFrom <= day);

        // A stable sort: of those from one day, the one published last is the last.
        var own = of.Where(rate => rate.Kind == RateKind.Negotiated).OrderBy(rate => rate.EffectiveFrom).LastOrDefault();
        var list = of.Where(rate => rate.Kind == RateKind.List).OrderBy(rate => rate.EffectiveFrom).LastOrDefault();
        if ((own ?? list) is not { } rate)
        {
            return null;
        }

        var price = rate.Prices.Where(price => price.AboveTokens == 0 || context > price.AboveTokens).MaxBy(price => price.AboveTokens)!;
        var discount = own is not null ? null : All<DiscountPublished>()
            .Where(discount => (discount.Sku == sku || (discount.Sku.EndsWith('*') && sku.StartsWith(discount.Sku[..^1], StringComparison.Ordinal)))
                               && discount.EffectiveFrom <= day && day <= (discount.EffectiveTo ?? DateOnly.MaxValue))
            .OrderBy(discount => discount.Sku.Length).ThenBy(discount => discount.EffectiveFrom).LastOrDefault();
        return (price.Price / price.Per * (1 - ((discount?.Percent ?? 0) / 100)), rate.Currency);
    }

    private decimal Worth(string currency, DateOnly day) => currency == "USD" ? 1
        : All<ExchangeRatePublished>().Where(rate => rate.Currency == currency && rate.EffectiveFrom <= day).OrderBy(rate => rate.EffectiveFrom).LastOrDefault()?.Rate ?? 0;
}
