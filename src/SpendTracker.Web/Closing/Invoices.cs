using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Closing;

/// <summary>What a provider's usage of a month costs here, beside what the provider says.</summary>
/// <param name="Computed">By the price book, in the reporting currency.</param>
/// <param name="Reported">What the provider's answers said that usage costs; null where none did, or it cannot be converted.</param>
/// <param name="IsPartlyReported">Whether only some of the events carry what the provider says.</param>
/// <param name="Invoice">The typed amount; null where there is none.</param>
/// <param name="Lacking">What of its usage has no price, or not all of it: the invoice may be higher for it. Empty where nothing lacks.</param>
public sealed record InvoiceRow(string Provider, decimal Computed, decimal? Reported, bool IsPartlyReported, decimal? Invoice, string Lacking)
{
    /// <summary>The invoice less what it costs here; without one what was reported for all events less that. Null if there is neither.</summary>
    public decimal? Difference => (Invoice ?? (IsPartlyReported ? null : Reported)) - Computed;
}

/// <summary>Compares a month with the invoices of its providers.</summary>
/// <param name="Rows">By provider, the largest cost first.</param>
/// <param name="Other">What no provider invoices by usage: labour, datasets, charges.</param>
/// <param name="Corrections">What corrects closed months.</param>
public sealed record Invoices(IReadOnlyList<InvoiceRow> Rows, decimal Other, decimal Corrections)
{
    /// <summary>Why an invoice is not compared: what was typed is no amount.</summary>
    public IReadOnlyList<string> Unreadable { get; private init; } = [];

    /// <param name="costs">Of the month, by origin and model.</param>
    /// <param name="reported">Of the month.</param>
    /// <param name="typed">By provider.</param>
    public static Invoices Of(string month, IReadOnlyList<MonthlyCost> costs, IReadOnlyList<ReportedCost> reported, IReadOnlyDictionary<string, string> typed)
    {
        var text = new AmountText(AmountText.MarkOf(typed.Values));
        var amounts = typed.Select(invoice => (Provider: invoice.Key, Read: text.Read(invoice.Value))).ToArray();
        var invoiced = amounts.Where(invoice => invoice.Read.Amount is not null).ToDictionary(invoice => invoice.Provider, invoice => invoice.Read.Amount!.Value);
        var used = costs.Where(cost => cost.Keys["origin"] == month).ToLookup(cost => cost.Keys["model"] == CostDimension.None ? "" : ProviderOf(cost.Keys["model"]));
        var said = reported.ToLookup(cost => ProviderOf(cost.Sku));
        string[] providers = [.. used.Select(provider => provider.Key).Concat(typed.Keys).Where(provider => provider.Length > 0).Distinct()];
        return new(
            [
                .. providers.Select(provider => new InvoiceRow(
                    provider, used[provider].Sum(cost => cost.Actual),
                    said[provider].Any() && said[provider].All(cost => cost.Converted is not null) ? said[provider].Sum(cost => cost.Converted) : null,
                    said[provider].Any(cost => cost.Share < 1) || !used[provider].Select(cost => cost.Keys["model"]).All(said[provider].Select(cost => cost.Sku).Contains),
                    invoiced.TryGetValue(provider, out var amount) ? amount : null,
                    ExplainWords.Of(LackingTotal.Of(used[provider]))))
                    .OrderByDescending(row => Math.Abs(row.Computed)).ThenBy(row => row.Provider, StringComparer.Ordinal),
            ],
            used[""].Sum(cost => cost.Actual), costs.Where(cost => cost.Keys["origin"] != month).Sum(cost => cost.Actual))
        {
            Unreadable = [.. amounts.Where(invoice => invoice.Read.Reason is not null).Select(invoice => $"{invoice.Provider}: {invoice.Read.Reason}")],
        };
    }

    /// <summary>What a closing's reason may say of it: <c>Compared with invoices: openai $100.50 (+$0.50)</c>. Null without an invoice.</summary>
    public string? Reason(string currency)
    {
        var compared = Rows.Where(row => row.Invoice is not null).ToArray();
        return compared.Length == 0 ? null
            : $"Compared with invoices: {string.Join(", ", compared.Select(row => $"{row.Provider} {Money.Text(row.Invoice!.Value, currency)} ({(row.Difference == 0 ? "no difference" : Money.Change(row.Difference!.Value, currency))})"))}";
    }

    private static string ProviderOf(string sku) => sku[..Math.Max(0, sku.IndexOf('/', StringComparison.Ordinal))] is { Length: > 0 } provider ? provider : sku;
}
