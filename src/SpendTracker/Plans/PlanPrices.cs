using Npgsql;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Plans;

/// <summary>The price book's prices of one day, in a plan's currency.</summary>
public sealed class PlanPrices
{
    private readonly Dictionary<(string Sku, string Meter, int AboveTokens), PlanPrice> _prices = [];

    private PlanPrices()
    {
    }

    /// <summary>Whether amounts of the plan's currency can be compared with the book's: it is the reporting currency, or has an exchange rate on that day.</summary>
    public bool HasCurrency { get; private init; }

    /// <summary>Looks up all that a plan may need.</summary>
    /// <param name="plan">One that has been checked.</param>
    public static async Task<PlanPrices> LoadAsync(NpgsqlDataSource dataSource, PlanRequest plan, string reportingCurrency, DateOnly day, CancellationToken cancellationToken)
    {
        var currency = plan.Currency ?? reportingCurrency;
        var ofCurrency = new UsageQuantity(day, Component.Other, UsageQuantities.ChargeSku(currency), Meters.Amount, 0);
        UsageQuantity[] wanted = [.. Wanted(plan).Select(part => new UsageQuantity(day, Component.Usage, part.Sku, part.Meter, 0, part.AboveTokens))];
        var book = await DayPrices.LoadAsync(dataSource, [.. wanted, ofCurrency], knownOn: null, cancellationToken);
        var exchange = currency == reportingCurrency ? 1 : book.Of(ofCurrency).Price?.ExchangeRate;
        var prices = new PlanPrices { HasCurrency = exchange is not null };
        foreach (var quantity in wanted)
        {
            // A price in the plan's own currency is taken as it is; others go by way of the reporting currency.
            if (book.Of(quantity).Price is { } price && (price.Currency == currency ? 1 : price.ExchangeRate / exchange) is { } factor)
            {
                prices._prices[(quantity.Sku, quantity.Meter, quantity.AboveTokens)] = new PlanPrice(price.UnitPrice * factor, Source(price));
            }
        }

        return prices;
    }

    /// <summary>Null where nobody published one, or no exchange rate for it.</summary>
    public PlanPrice? Of(string sku, string meter, int aboveTokens) => _prices.GetValueOrDefault((sku, meter, aboveTokens));

    /// <summary>What the plan asks prices for at either end of its ranges, at each context length.</summary>
    private static IEnumerable<(string Sku, string Meter, int AboveTokens)> Wanted(PlanRequest plan)
    {
        HashSet<(string, string)> wanted = [];
        foreach (var option in plan.Options)
        {
            PlanTerms.Of(plan, option, assumption => assumption.Low, Note);
            PlanTerms.Of(plan, option, assumption => assumption.Expected, Note);
            PlanTerms.Of(plan, option, assumption => assumption.High, Note);
        }

        return wanted.SelectMany(part => Meters.HasSteps(part.Item2) ? Meters.Steps.Select(step => (part.Item1, part.Item2, step)) : [(part.Item1, part.Item2, 0)]);

        PlanPrice? Note(string sku, string meter, int aboveTokens)
        {
            wanted.Add((sku, meter));
            return null;
        }
    }

    private static string Source(DayPrice price) => price.EffectiveFrom is { } from ? $"{price.Source}, from {from:yyyy-MM-dd}" : price.Source;
}
