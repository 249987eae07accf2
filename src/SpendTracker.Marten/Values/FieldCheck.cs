using System.Buffers;
using System.Globalization;
using System.Text;
using SpendTracker.Contracts;

namespace SpendTracker;

/// <summary>Collects what is wrong with the fields of a request, all of it, so that a caller needs to try only once more.</summary>
public sealed class FieldCheck
{
    /// <summary>Bidirectional embeddings, overrides and isolates: with them, a text reads as another one.</summary>
    private static readonly SearchValues<char> Turns = SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");
    private static readonly SearchValues<char> Controls = AllOf(char.IsControl);
    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> SlashesAndBlanks = AllOf(c => c == '/' || char.IsWhiteSpace(c));

    private const int UnitPriceDecimals = 12;

    private readonly FieldReasons _reasons = new();

    /// <summary>
    /// Whether the fields are of an event in the log. What may be recorded has become stricter about blanks and invisible
    /// characters, and events from before go on counting.
    /// </summary>
    public bool IsStored { get; init; }

    public FieldReasons Reasons => _reasons;

    public void That(string field, bool holds, string reason)
    {
        if (!holds)
        {
            _reasons.Add(field, reason);
        }
    }

    /// <summary>What somebody else found.</summary>
    public void Add(IEnumerable<FieldReason> reasons) => _reasons.Add(reasons);

    /// <summary>A name of an enum's member, as it is written; it may be left out.</summary>
    /// <returns>Null where it is left out, or is none of the names.</returns>
    public T? OptionalEnum<T>(string field, string? name)
        where T : struct, Enum
    {
        var known = EnumName.TryParse<T>(name, out var value);
        That(field, known || name is null, $"Must be one of {string.Join(", ", EnumName.All<T>())}.");
        return known ? value : null;
    }

    /// <summary>A text that must say something.</summary>
    public void Text(string field, string? text, int longest)
    {
        That(field, !string.IsNullOrWhiteSpace(text), "Must not be empty.");
        OptionalText(field, text, longest);
    }

    public void OptionalText(string field, string? text, int longest)
    {
        if (text?.Length > longest)
        {
            Refuse(field, $"At most {longest:#,0} characters.");
        }

        if (IsUnusual(text))
        {
            That(field, !text.AsSpan().ContainsAny(Controls), "Must not contain control characters.");
            That(field, IsStored || !text.AsSpan().ContainsAny(Turns), "Must not contain characters that turn the direction of the text.");
        }
    }

    /// <summary>A text that others are told apart from: nothing in it may be invisible, since two names would look alike.</summary>
    public void Name(string field, string? text, int longest)
    {
        That(field, !string.IsNullOrWhiteSpace(text), "Must not be empty.");
        OptionalName(field, text, longest);
    }

    public void OptionalName(string field, string? text, int longest)
    {
        OptionalText(field, text, longest);
        That(field, IsStored || text is not { Length: > 0 } || !(char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])), "Must not begin or end with a blank.");
        if (!IsStored && IsUnusual(text) && FirstInvisible(text!) is { } invisible)
        {
            Refuse(field, $"Must not contain U+{invisible.Value:X4}, which is invisible.");
        }
    }

    /// <summary>A text that is part of a stream's or a SKU's name: no slash, and no blank that two spellings could differ by.</summary>
    public void Key(string field, string? text)
    {
        Name(field, text, TextLength.Key);
        That(field, text is null || !text.AsSpan().ContainsAny(SlashesAndBlanks), "Must not contain a slash or a blank.");
        NotAPlace(field, text);
    }

    /// <summary>What people type and links carry: lower-case letters, digits, dots and dashes.</summary>
    public void Id(string field, string? text)
    {
        Text(field, text, TextLength.Key);
        That(field, text is null || !text.AsSpan().ContainsAnyExcept(IdCharacters), "Only lower-case letters, digits, dots and dashes.");
        NotAPlace(field, text);
    }

    /// <summary>Each must be a name of the enum.</summary>
    public void Names<T>(string field, IReadOnlyList<string>? names)
        where T : struct, Enum
    {
        var known = EnumName.All<T>();
        That(field, names is null || names.All(known.Contains), $"Must be of {string.Join(", ", known)}.");
    }

    public void Range(string field, decimal value, decimal least, decimal most)
    {
        if (value < least || value > most)
        {
            Refuse(field, $"Must be from {least:#,0.######} to {most:#,0.######}.");
        }
    }

    public void Above(string field, decimal value, decimal below, decimal most)
    {
        if (value <= below || value > most)
        {
            Refuse(field, $"Must be above {below:#,0.######} and at most {most:#,0.######}.");
        }
    }

    public void Currency(string field, string? code) =>
        That(field, SpendTracker.Currency.IsCode(code), "Must be an ISO 4217 code, e.g. USD.");

    /// <summary>A price for so many units, which must give an exact unit price of at most 12 decimals.</summary>
    /// <param name="mostOfOne">The largest price of one unit.</param>
    public void Price(string field, decimal price, decimal per, decimal mostOfOne)
    {
        var known = per is 1 or 1_000 or 1_000_000;
        That($"{field}.per", known, "Must be 1, 1,000 or 1,000,000.");
        Range($"{field}.price", price, 0, mostOfOne * (known ? per : 1));
        That($"{field}.price", per == 0 || Math.Round(price / per, UnitPriceDecimals) * per == price, "The price of one unit may have at most 12 decimals.");
    }

    /// <summary>The price if only the noise of a double keeps that of one unit from having at most 12 decimals.</summary>
    public static decimal PriceWithoutNoise(decimal price, decimal per) => Noise.Cut(price, UnitPriceDecimals - per switch { 1_000 => 3, 1_000_000 => 6, _ => 0 });

    /// <summary>In an address, these are the folder and the one above: browsers and proxies take them out.</summary>
    private void NotAPlace(string field, string? text) => That(field, IsStored || text is not ("." or ".."), "Must not be . or .. alone.");

    /// <summary>Whether anything but printable ASCII is in a text. Nearly no text of usage is, and those that are not need no closer look.</summary>
    private static bool IsUnusual(string? text) => text is not null && text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static Rune? FirstInvisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsInvisible(rune))
            {
                return rune;
            }
        }

        return null;
    }

    /// <summary>Unicode's Default_Ignorable_Code_Point, the separators of lines and paragraphs, and the empty Braille cell.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);

    private static SearchValues<char> AllOf(Func<char, bool> belongs) =>
        SearchValues.Create([.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(belongs)]);

    /// <summary>Limits are put into words only for what breaks them: that took longer than all checks of an event.</summary>
    private void Refuse(string field, FormattableString reason) => _reasons.Add(field, reason.ToString(CultureInfo.InvariantCulture));
}
