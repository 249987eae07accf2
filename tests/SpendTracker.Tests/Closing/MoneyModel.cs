using SpendTracker.Contracts;

namespace SpendTracker.Tests.Closing;

/// <summary>What usage costs by the rules in words, in the plainest code: for comparing with the SQL.</summary>
/// <param name="today">What was recorded for later days does not count yet.</param>
internal sealed class MoneyModel(Func<DateOnly> today)
{
    private readonly List<Use> _usage = [];
    private readonly List<(Guid Id, IEvent Data)> _published = [];

    /// <param name="Context">Input tokens of the request.</param>
    public sealed record Use(string Workload, string Sku, string Meter, DateOnly Day, decimal Quantity, decimal Context = 0);

    private sealed record Price(decimal Unit, string Currency);

    public void Add(IEnumerable<Use> uses) => _usage.AddRange(uses);

    public void Remove(IEnumerable<Use> uses)
    {
        foreach (var use in uses)
        {
            _usage.Remove(use);
        }
    }

    public void Publish(Guid id, IEvent data) => _published.Add((id, data));

    public void Withdraw(Guid id) => _published.RemoveAll(publication => publication.Id == id);

    /// <summary>Of everything that has a price and an exchange rate, in the reporting currency: what it costs, and what it would at list prices.</summary>
    public (decimal Cost, decimal Listed) Total => (Costs.Sum(cost => cost.Cost), Costs.Sum(cost => cost.Listed));

    /// <summary>The same cost, by what usage is priced as, in the order of names; what is of no model together.</summary>
    public IEnumerable<(string Sku, decimal Cost)> CostByModel => Costs
        .GroupBy(cost => cost.Use.Meter == "amount" ? "(none)" : Resolve(cost.Use.Sku), cost => cost.Cost)
        .Select(model => (Sku: model.Key, Cost: model.Sum())).OrderBy(model => model.Sku, StringComparer.Ordinal);

    /// <summary>Tokens and requests that have no rate, and those that have a price that is not all that the list asks.</summary>
    public (decimal Unpriced, decimal Incomplete) Lacking => (_usage.Where(IsUnpriced).Sum(use => use.Quantity), _usage.Where(IsIncomplete).Sum(use => use.Quantity));

    private bool IsUnpriced(Use use) => use.Meter switch
    {
        "amount" or "hosting-hours" or "audio-input-tokens" or "batch-audio-input-tokens" => false,
        "requests-without-tokens" => new[] { "input-tokens", "batch-input-tokens" }.All(meter => IsUnpriced(use with { Meter = meter })),
        _ => PricesOf(use with { Sku = PricedAs(Resolve(use.Sku), use.Day) }).Paid is null,
    };

    /// <summary>What is sound is charged as the rest of the input, so that the rate of that says whether it has all prices.</summary>
    private bool IsIncomplete(Use use)
    {
        var charged = use with { Sku = PricedAs(Resolve(use.Sku), use.Day), Meter = use.Meter.Replace("audio-", "", StringComparison.Ordinal) };
        var (own, list) = (RateOf(charged, RateKind.Negotiated), RateOf(charged, RateKind.List));
        if (use.Meter == "hosting-hours" || (own ?? list) is not { } rate)
        {
            return false;
        }

        var standard = RateOf(charged with { Meter = "input-tokens" }, RateKind.List);
        var lacksStep = charged.Meter == "batch-input-tokens" && own is null && standard is not null
            && StepOf(standard, charged with { Meter = "input-tokens" }).AboveTokens > StepOf(rate, charged).AboveTokens;
        var isNamed = (rate.NotCarried ?? []).Any(named => named.Meter == use.Meter && use.Context > named.AboveTokens);
        return charged.Meter == use.Meter ? isNamed || lacksStep : isNamed && !lacksStep;
    }

    /// <summary>The same cost, by the workload and the month of use.</summary>
    public IReadOnlyList<(string Workload, BillingPeriod Month, decimal Cost)> CostByUse =>
        [.. Costs.GroupBy(cost => (cost.Use.Workload, Month: BillingPeriod.Of(cost.Use.Day)), cost => cost.Cost).Select(use => (use.Key.Workload, use.Key.Month, use.Sum()))];

    /// <summary>What SKUs that aliases name are priced as.</summary>
    public IReadOnlyDictionary<string, string> Names => MoneyPlay.Skus.ToDictionary(sku => sku, Resolve);

    private IEnumerable<(Use Use, decimal Cost, decimal Listed)> Costs
    {
        get
        {
            foreach (var use in _usage.Where(use => use.Day <= today()))
            {
                var (paid, list) = use.Meter == "amount" ? (new Price(1, use.Sku["charge/".Length..]), null) : PricesOf(use with { Sku = PricedAs(Resolve(use.Sku), use.Day) });
                if (paid is not null && Worth(paid, use.Day) is { } worth)
                {
                    yield return (use, use.Quantity * worth, use.Quantity * ((list is null ? null : Worth(list, use.Day)) ?? worth));
                }
            }
        }
    }

    private IEnumerable<T> All<T>() => _published.Select(publication => publication.Data).OfType<T>();

    private string Resolve(string sku) =>
        All<AliasPublished>().LastOrDefault(alias => alias.Model == sku)?.Sku
        ?? (All<RatePublished>().Any(rate => rate.Sku == sku) ? sku : null) // Nothing is trained here.
        ?? ByPattern(sku)
        ?? sku;

    private string? ByPattern(string sku) =>
        All<AliasPublished>().Where(alias => alias.Model.EndsWith('*') && sku.StartsWith(alias.Model[..^1], StringComparison.Ordinal)).OrderBy(alias => alias.Model.Length).LastOrDefault()?.Sku;

    /// <summary>Before the first day of its own rates, a SKU is priced by the pattern that reaches it.</summary>
    private string PricedAs(string sku, DateOnly day) =>
        All<RatePublished>().Where(rate => rate.Sku == sku).ToArray() is { Length: > 0 } own && own.All(rate => rate.EffectiveFrom > day) ? ByPattern(sku) ?? sku : sku;

    private (Price? Paid, Price? List) PricesOf(Use use)
    {
        var (own, list) = (PriceOf(use, RateKind.Negotiated), PriceOf(use, RateKind.List));
        if (own is not null || list is null)
        {
            return (own, list);
        }

        var discount = All<DiscountPublished>()
            .Where(discount => (discount.Sku == use.Sku || (discount.Sku.EndsWith('*') && use.Sku.StartsWith(discount.Sku[..^1], StringComparison.Ordinal)))
                               && discount.EffectiveFrom <= use.Day && use.Day <= (discount.EffectiveTo ?? DateOnly.MaxValue))
            .OrderBy(discount => discount.Sku.Length).ThenBy(discount => discount.EffectiveFrom).LastOrDefault();
        return (list with { Unit = list.Unit * (1 - ((discount?.Percent ?? 0) / 100)) }, list);
    }

    private Price? PriceOf(Use use, RateKind kind) =>
        RateOf(use, kind) is { } rate && StepOf(rate, use) is var price ? new(price.Price / price.Per, rate.Currency) : null;

    private static MeterPrice StepOf(RatePublished rate, Use use) =>
        rate.Prices.Where(price => price.Meter == use.Meter && (price.AboveTokens == 0 || use.Context > price.AboveTokens)).MaxBy(price => price.AboveTokens)!;

    /// <summary>A stable sort: of those from one day, the one published last is the last.</summary>
    private RatePublished? RateOf(Use use, RateKind kind)
    {
        var rate = All<RatePublished>().Where(rate => rate.Sku == use.Sku && rate.Kind == kind && rate.EffectiveFrom <= use.Day && rate.Prices.Any(price => price.Meter == use.Meter))
            .OrderBy(rate => rate.EffectiveFrom).LastOrDefault();
        return rate?.EffectiveTo < use.Day ? null : rate;
    }

    /// <summary>None where the latest rate is stale.</summary>
    private decimal? Worth(Price price, DateOnly day)
    {
        var rate = All<ExchangeRatePublished>().Where(rate => rate.Currency == price.Currency && rate.EffectiveFrom <= day).OrderBy(rate => rate.EffectiveFrom).LastOrDefault();
        return price.Currency == "USD" ? price.Unit : rate is null || day > rate.EffectiveFrom.AddDays(45) ? null : price.Unit * rate.Rate;
    }
}
