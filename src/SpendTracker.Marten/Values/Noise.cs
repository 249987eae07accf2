namespace SpendTracker;

/// <summary>
/// The digits that binary floating point leaves at the end of a number: a program that adds 0.1 and 0.2 sends 0.30000000000000004.
/// </summary>
public static class Noise
{
    /// <summary>Of the number. A double is exact to about 10⁻¹⁶; a sum of thousands of doubles is less so.</summary>
    private const decimal Largest = 0.000_000_000_001m;

    /// <summary>Divided by this, a decimal loses the zeros at its end.</summary>
    private const decimal OneWithAllDecimals = 1.0000000000000000000000000000m;

    /// <summary>The number with so many decimals if only noise is cut off; otherwise the number itself.</summary>
    public static decimal Cut(decimal number, int decimals) =>
        Math.Abs(number - Math.Round(number, decimals)) > Math.Abs(number) * Largest ? number : Round(number, decimals);

    /// <summary>The number with so many decimals, whatever is cut off; without zeros at its end if there is something.</summary>
    public static decimal Round(decimal number, int decimals) =>
        Math.Round(number, decimals) is var kept && kept == number ? number : kept / OneWithAllDecimals;
}
