using SpendTracker.Contracts;

namespace SpendTracker.Rates;

/// <summary>A price of 0 is somebody's word: it is shown with whose.</summary>
public static class FreePrice
{
    /// <summary><c>free by the list of …</c>; null for any other price.</summary>
    public static string? Of(decimal price, RateKind kind, string source) => price != 0 ? null : $"free by {(kind == RateKind.List ? "the list of " : "")}{source}";
}
