namespace SpendTracker;

/// <summary>Currencies by their ISO 4217 codes. Only the shape is checked: three capital letters.</summary>
public static class Currency
{
    public static bool IsCode(string? text) => text is { Length: 3 } && text.All(char.IsAsciiLetterUpper);
}
