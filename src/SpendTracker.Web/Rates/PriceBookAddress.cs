using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Web.Rates;

/// <summary>What the list of SKUs shows, as it stands in the page's address.</summary>
/// <param name="Page">From 1.</param>
/// <param name="Open">The SKU whose history is shown; null for none.</param>
/// <param name="Act">What is done with that SKU: <see cref="Price"/> or <see cref="Withdraw"/>; null for nothing.</param>
public sealed record PriceBookAddress(SkuFilter Filter, int Page = 1, string? Open = null, string? Act = null)
{
    public const string Price = "price";
    public const string Withdraw = "withdraw";

    /// <summary>SKUs on a page.</summary>
    public const int Size = 50;

    private const int MostPages = 100_000;

    /// <summary>Reads what an address has; what is not understood is as if it were not there.</summary>
    public static PriceBookAddress Read(string? search, string? provider, string? kind, string? used, string? holds, string? page, string? open, string? act) => new(
        new(search?.Trim() ?? "", string.IsNullOrWhiteSpace(provider) ? null : provider.Trim(), EnumName.TryParse<RateKind>(kind ?? "", out var only) ? only : null, used == "true", holds == "true"),
        int.TryParse(page, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, MostPages) : 1,
        string.IsNullOrWhiteSpace(open) ? null : open,
        act is Price or Withdraw ? act : null);

    public override string ToString()
    {
        (string Name, string? Value)[] parts =
        [
            ("search", Filter.Text), ("provider", Filter.Provider), ("kind", Filter.Kind is { } kind ? EnumName.Of(kind) : null), ("used", Filter.Used ? "true" : null),
            ("holds", Filter.Holds ? "true" : null), ("page", Page > 1 ? Page.ToString(CultureInfo.InvariantCulture) : null), ("open", Open), ("act", Act),
        ];
        var query = string.Join('&', parts.Where(part => !string.IsNullOrEmpty(part.Value)).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
        return query.Length == 0 ? "/price-book" : $"/price-book?{query}";
    }
}
