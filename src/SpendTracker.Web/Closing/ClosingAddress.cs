using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Closing;

/// <summary>Where somebody is who closes a month, as it stands in the page's address.</summary>
/// <param name="Step">From 1 to <see cref="Last"/>.</param>
/// <param name="Since">The day after which changes are shown; null for the one that the month suggests.</param>
/// <param name="Invoices">What providers' invoices come to, as it was typed, by provider.</param>
public sealed record ClosingAddress(BillingPeriod Month, int Step, DateOnly? Since, IReadOnlyDictionary<string, string> Invoices)
{
    public const int Last = 4;

    /// <summary>What the names of fields begin with that have an invoice's amount; the provider follows.</summary>
    public const string InvoicePrefix = "invoice.";

    private const int MostInvoices = 100;
    private const int MostCharacters = 40;

    /// <summary>Reads what an address has; what is not understood is as if it were not there.</summary>
    /// <param name="query">From the question mark on.</param>
    public static ClosingAddress Read(BillingPeriod month, string query)
    {
        var parts = QueryHelpers.ParseQuery(query);
        return new(
            month,
            int.TryParse(parts.GetValueOrDefault("step"), CultureInfo.InvariantCulture, out var step) ? Math.Clamp(step, 1, Last) : 1,
            DateOnly.TryParseExact(parts.GetValueOrDefault("since"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var since) ? since : null,
            parts.Where(part => part.Key.StartsWith(InvoicePrefix, StringComparison.Ordinal) && part.Value.ToString().Trim().Length is > 0 and <= MostCharacters).Take(MostInvoices)
                .ToDictionary(part => part.Key[InvoicePrefix.Length..], part => part.Value.ToString().Trim()));
    }

    public string At(int step) => $"/closing?{string.Join('&', ((string?[])
        [$"month={Month}", $"step={step}", Since is { } since ? $"since={since:yyyy-MM-dd}" : null, .. Invoices.OrderBy(invoice => invoice.Key, StringComparer.Ordinal).Select(Part)]).OfType<string>())}";

    private static string Part(KeyValuePair<string, string> invoice) => $"{Uri.EscapeDataString(InvoicePrefix + invoice.Key)}={Uri.EscapeDataString(invoice.Value)}";
}
