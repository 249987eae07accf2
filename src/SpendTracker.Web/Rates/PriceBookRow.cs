using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Usage;

namespace SpendTracker.Web.Rates;

/// <summary>Where a price is shown.</summary>
public enum PriceColumn { Input, Cached, Output, Batch, Other }

/// <summary>A SKU of the price book as it is on a day.</summary>
/// <param name="Paid">The prices that are paid on the day, before discounts.</param>
/// <param name="Listed">The list prices that hold on the day, also where a negotiated price is paid.</param>
/// <param name="Rates">All that was ever published.</param>
/// <param name="IsUsed">Whether recorded usage is priced as it.</param>
public sealed record PriceBookRow(string Sku, IReadOnlyList<Rate> Paid, IReadOnlyList<Rate> Listed, IReadOnlyList<Rate> Rates, bool IsUsed)
{
    private static readonly string[] Ordered =
    [
        Meters.InputTokens, Meters.OutputTokens, Meters.CachedInputTokens, Meters.Requests, Meters.HostingHours, Meters.GpuHours, Meters.LabourHours, Meters.Items,
        Meters.CacheWriteTokens, Meters.TrainingTokens, Meters.ReasoningTokens,
    ];

    /// <param name="rates">Of the SKU.</param>
    public static PriceBookRow Of(string sku, IReadOnlyList<Rate> rates, bool used, DateOnly day) =>
        new(sku, HeldPrices.Paid(rates, day), HeldPrices.Of(rates, RateKind.List, day), rates, used);

    /// <summary>The lowest context length first, then the standard tier, then by meter.</summary>
    public IEnumerable<Rate> In(PriceColumn column) => InOrder(Paid.Where(rate => ColumnOf(rate.Meter) == column));

    /// <summary>In the same order.</summary>
    public static IReadOnlyList<Rate> InOrder(IEnumerable<Rate> rates) => [.. rates.OrderBy(rate => rate.AboveTokens).ThenBy(rate => Meters.OutOfTier(rate.Meter).Tier).ThenBy(rate => Order(rate.Meter))];

    /// <summary>The publication to withdraw first: of what is paid, otherwise the newest that stands; null where all are withdrawn.</summary>
    public Guid? Standing => ((Paid.Count > 0 ? Paid[0] : null) ?? Rates.Where(rate => !rate.Publication.IsWithdrawn).MaxBy(rate => rate.Publication.PublishedAt))?.Publication.Id;

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

    /// <summary>What most usage has comes first; of batches input and output.</summary>
    private static int Order(string meter) => Array.IndexOf(Ordered, Meters.OutOfTier(meter).Meter) is var place and >= 0 ? place : Ordered.Length;

}
