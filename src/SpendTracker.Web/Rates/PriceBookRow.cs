using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Web.Rates;

/// <summary>Where a price is shown.</summary>
internal enum PriceColumn { Input, Cached, Output, Batch, Other }

/// <summary>A SKU of the price book as it is on a day.</summary>
/// <param name="Paid">The prices that are paid on the day, before discounts.</param>
/// <param name="Listed">The list prices that hold on the day, also where a negotiated price is paid.</param>
/// <param name="Rates">All that was ever published.</param>
/// <param name="IsUsed">Whether recorded usage is priced as it.</param>
internal sealed record PriceBookRow(string Sku, IReadOnlyList<Rate> Paid, IReadOnlyList<Rate> Listed, IReadOnlyList<Rate> Rates, bool IsUsed)
{
    /// <param name="rates">Of the SKU.</param>
    public static PriceBookRow Of(string sku, IReadOnlyList<Rate> rates, bool used, DateOnly day) =>
        new(sku, HeldPrices.Paid(rates, day), HeldPrices.Of(rates, RateKind.List, day), rates, used);

    /// <summary>By meter, and within a meter by the context length.</summary>
    public IEnumerable<Rate> In(PriceColumn column) => Paid.Where(rate => ColumnOf(rate.Meter) == column)
        .OrderBy(rate => Order(rate.Meter)).ThenBy(rate => rate.AboveTokens);

    /// <summary>The publication to withdraw first: of what is paid, otherwise the newest that stands; null where all are withdrawn.</summary>
    public Guid? Standing => (Paid.FirstOrDefault() ?? Rates.Where(rate => !rate.Publication.IsWithdrawn).MaxBy(rate => rate.Publication.PublishedAt))?.Publication.Id;

    /// <summary>Since when the SKU is priced as it is, or why it has no price.</summary>
    public string Since(DateOnly day)
    {
        if (Paid.Count > 0)
        {
            var ends = Paid.Where(rate => rate.EffectiveTo is not null).Select(rate => rate.EffectiveTo).DefaultIfEmpty().Min();
            return $"since {RateList.Day(Paid.Max(rate => rate.EffectiveFrom))}{(ends is { } last ? $" until {RateList.Day(last)}" : "")}";
        }

        var standing = Rates.Where(rate => !rate.Publication.IsWithdrawn).ToArray();
        return standing.Length == 0 ? "withdrawn"
            : standing.Where(rate => rate.EffectiveFrom > day).Select(rate => (DateOnly?)rate.EffectiveFrom).Min() is { } next ? $"from {RateList.Day(next)} on"
            : $"ended {RateList.Day(standing.Max(rate => rate.EffectiveTo ?? DateOnly.MinValue))}";
    }

    private static PriceColumn ColumnOf(string meter) => meter switch
    {
        Meters.InputTokens => PriceColumn.Input,
        Meters.CachedInputTokens => PriceColumn.Cached,
        Meters.OutputTokens => PriceColumn.Output,
        _ when Meters.OutOfTier(meter).Tier == ServiceTier.Batch => PriceColumn.Batch,
        _ => PriceColumn.Other,
    };

    private static int Order(string meter)
    {
        for (var i = 0; i < Meters.Priced.Count; i++)
        {
            if (Meters.Priced[i] == meter)
            {
                return i;
            }
        }

        return int.MaxValue;
    }
}
