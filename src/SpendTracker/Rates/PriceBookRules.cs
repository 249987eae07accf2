using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Usage;

namespace SpendTracker.Rates;

/// <summary>What a publication, or its withdrawal, must fulfil to go into the price book. A refusal names the field and the limit.</summary>
public static class PriceBookRules
{
    private const int MostPrices = 200;
    private const int PercentDecimals = 4;
    private const int ExchangeRateDecimals = 10;

    /// <summary>
    /// A publication as it goes into the log: currencies in capitals, and numbers without the noise of a double. To be asked
    /// before <see cref="Check"/>.
    /// </summary>
    public static T AsPublished<T>(T publication)
        where T : IEvent => (T)(IEvent)(publication switch
        {
            RatePublished rate => rate with { Currency = Currency.CodeOf(rate.Currency), Prices = [.. rate.Prices.Select(AsPublished)] },
            DiscountPublished discount => discount with { Percent = Noise.Cut(discount.Percent, PercentDecimals) },
            ExchangeRatePublished rate => rate with { Currency = Currency.CodeOf(rate.Currency), Rate = Noise.Cut(rate.Rate, ExchangeRateDecimals) },
            _ => (IEvent)publication,
        });

    /// <summary>What <see cref="AsPublished{T}"/> rounds, for whoever publishes it.</summary>
    public static IReadOnlyList<FieldReason> Rounded(IEvent sent, IEvent published) => (sent, published) switch
    {
        (RatePublished before, RatePublished after) =>
            [.. before.Prices.Zip(after.Prices).Index().SelectMany(price => Rounded($"prices[{price.Index}].price", price.Item.First.Price, price.Item.Second.Price))],
        (DiscountPublished before, DiscountPublished after) => [.. Rounded("percent", before.Percent, after.Percent)],
        (ExchangeRatePublished before, ExchangeRatePublished after) => [.. Rounded("rate", before.Rate, after.Rate)],
        _ => [],
    };

    private static IEnumerable<FieldReason> Rounded(string field, decimal before, decimal after) =>
        before == after ? [] : [new(field, string.Create(CultureInfo.InvariantCulture, $"{before} was rounded to {after}."))];

    private static MeterPrice AsPublished(MeterPrice price) => price with { Price = FieldCheck.PriceWithoutNoise(price.Price, price.Per) };

    /// <summary>What is wrong; empty where nothing is.</summary>
    public static IReadOnlyList<FieldReason> Check(IEvent publication, string reportingCurrency)
    {
        var check = new FieldCheck();
        switch (publication)
        {
            case RatePublished rate: Rate(check, rate); break;
            case DiscountPublished discount: Discount(check, discount); break;
            case AliasPublished alias: Alias(check, alias); break;
            case ExchangeRatePublished rate: ExchangeRate(check, rate, reportingCurrency); break;
            case PublicationWithdrawn withdrawn: check.Text("reason", withdrawn.Reason, TextLength.Description); break;
            default: throw new ArgumentException($"{publication.GetType().Name} is not a publication.", nameof(publication));
        }

        return check.Reasons;
    }

    private static void Rate(FieldCheck check, RatePublished rate)
    {
        Sku(check, "sku", rate.Sku);
        check.That("effectiveFrom", BillingPeriod.Covers(rate.EffectiveFrom), "Must be from 2000-01-01 to 2199-12-31.");
        LastDay(check, rate.EffectiveFrom, rate.EffectiveTo);
        check.Currency("currency", rate.Currency);
        check.Text("source", rate.Source, TextLength.Description);
        check.OptionalText("note", rate.Note, TextLength.Description);
        check.That("prices", rate.Prices.Count is > 0 and <= MostPrices, $"Must be 1 to {MostPrices} prices.");
        check.That("prices", rate.Prices.Select(price => (price.Meter, price.AboveTokens)).Distinct().Count() == rate.Prices.Count, "Must have each meter, and each of its steps, once.");
        for (var i = 0; i < Math.Min(rate.Prices.Count, MostPrices); i++)
        {
            var price = rate.Prices[i];
            check.That($"prices[{i}].meter", Meters.Priced.Contains(price.Meter), $"Must be one of {string.Join(", ", Meters.Priced)}.");
            check.Price($"prices[{i}]", price.Price, price.Per, Meters.MostPriceOf(price.Meter));
            check.That($"prices[{i}].aboveTokens", Meters.Steps.Contains(price.AboveTokens), $"Must be one of {string.Join(", ", Meters.Steps)}.");
            check.That($"prices[{i}].aboveTokens", price.AboveTokens == 0 || Meters.HasSteps(price.Meter), "Only token meters have steps.");
            check.That(
                $"prices[{i}].aboveTokens", price.AboveTokens == 0 || rate.Prices.Any(lowest => lowest.Meter == price.Meter && lowest.AboveTokens == 0),
                "The meter must have a price from 0 tokens on, too.");
        }

        NotCarried(check, rate);
    }

    /// <summary>A part whose whole is named is said twice, and its usage would be counted as incomplete twice.</summary>
    private static void NotCarried(FieldCheck check, RatePublished rate)
    {
        var named = rate.NotCarried ?? [];
        check.That("notCarried", named.Count <= MostPrices && named.DistinctBy(price => price.Meter).Count() == named.Count, $"At most {MostPrices} meters, each once.");
        foreach (var (i, (meter, above)) in named.Take(MostPrices).Index())
        {
            var whole = Meters.WholeOf(meter);
            check.That($"notCarried[{i}].meter", whole != Meters.Requests && rate.Prices.Any(price => price.Meter == whole), "Must be a meter that has a price here, or a part of one.");
            check.That($"notCarried[{i}].meter", whole == meter || named.All(price => price.Meter != whole), $"{whole} is named, of which it is a part.");
            check.That($"notCarried[{i}].aboveTokens", Meters.Steps.Contains(above) && (above == 0 || Meters.HasSteps(meter)), $"Must be one of {string.Join(", ", Meters.Steps)}, and 0 where the meter has no steps.");
        }
    }

    private static void Discount(FieldCheck check, DiscountPublished discount)
    {
        check.Text("sku", discount.Sku, TextLength.Name);
        check.That("sku", discount.Sku.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == discount.Sku.Length - 1), "A star may only be the last character.");
        check.That("sku", discount.Sku == "*" || discount.Sku.Contains('/', StringComparison.Ordinal), "Must be like provider/model, provider/* or *.");
        check.That("sku", !UsageQuantities.IsCharge(discount.Sku), "Charges are owed as charged.");
        check.Above("percent", discount.Percent, 0, 100);
        check.That("percent", discount.Percent == Math.Round(discount.Percent, PercentDecimals), "At most 4 decimals.");
        check.That("effectiveFrom", BillingPeriod.Covers(discount.EffectiveFrom), "Must be from 2000-01-01 to 2199-12-31.");
        LastDay(check, discount.EffectiveFrom, discount.EffectiveTo);
        check.Text("source", discount.Source, TextLength.Description);
        check.OptionalText("note", discount.Note, TextLength.Description);
    }

    private static void Alias(FieldCheck check, AliasPublished alias)
    {
        check.Text("model", alias.Model, TextLength.Name);
        var slash = alias.Model.IndexOf('/', StringComparison.Ordinal);
        check.That("model", slash > 0 && !alias.Model[..slash].Contains('*', StringComparison.Ordinal), "Must be like provider/model; a star may stand for characters of the model only.");
        check.That("model", !UsageQuantities.IsCharge(alias.Model), "Charges are owed as charged.");
        Sku(check, "sku", alias.Sku);
        check.That("sku", alias.Sku != alias.Model, "Must be another name than the model's.");
        check.OptionalText("note", alias.Note, TextLength.Description);
    }

    private static void ExchangeRate(FieldCheck check, ExchangeRatePublished rate, string reportingCurrency)
    {
        check.Currency("currency", rate.Currency);
        check.That("currency", rate.Currency != reportingCurrency, $"{reportingCurrency} is the reporting currency and worth itself.");
        check.That("effectiveFrom", BillingPeriod.Covers(rate.EffectiveFrom), "Must be from 2000-01-01 to 2199-12-31.");
        check.Above("rate", rate.Rate, 0, PriceBook.MostExchangeRate);
        check.That("rate", rate.Rate == Math.Round(rate.Rate, ExchangeRateDecimals), "At most 10 decimals.");
        check.Text("source", rate.Source, TextLength.Description);
        check.OptionalText("note", rate.Note, TextLength.Description);
    }

    private static void LastDay(FieldCheck check, DateOnly first, DateOnly? last) => check.That(
        "effectiveTo", last is not { } day || (BillingPeriod.Covers(day) && day >= first), "Must not be before effectiveFrom, nor after 2199-12-31.");

    private static void Sku(FieldCheck check, string field, string sku)
    {
        check.Name(field, sku, TextLength.Name);
        check.That(field, sku.Contains('/', StringComparison.Ordinal) && !sku.Contains('*', StringComparison.Ordinal), "Must be like provider/model or labour/role.");
        check.That(field, !UsageQuantities.IsCharge(sku), "Charges are owed as charged; publish an exchange rate for their currency.");
    }
}
