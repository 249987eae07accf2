using System.Globalization;
using System.Text;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>Texts of others as they may be shown: one line without control characters, of limited length.</summary>
internal static class ShownText
{
    /// <summary>Shorter parts of a secret are everyday words, and guess nothing.</summary>
    private const int ShortestSecret = 6;

    /// <param name="most">UTF-16 units, the ellipsis included.</param>
    public static string Line(string text, int most)
    {
        var line = new StringBuilder(Math.Min(text.Length, most + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            // Format characters turn the direction of what follows; a private or broken one says nothing.
            var blank = Rune.IsControl(rune) || Rune.IsWhiteSpace(rune);
            if (blank ? line.Length > 0 && line[^1] != ' ' : Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            {
                line.Append(blank ? " " : rune.ToString());
            }

            if (line.Length > most)
            {
                line.Length = char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1;
                return line.Append('…').ToString();
            }
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>What the other side said, in case that it repeats what it was sent.</summary>
    public static string Answer(string text, IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length >= ShortestSecret).OrderByDescending(secret => secret.Length))
        {
            text = text.Replace(secret, "…", StringComparison.OrdinalIgnoreCase);
        }

        return Line(text, 200);
    }

    /// <summary>The parts of a URL that let somebody in: its path and its query, as sent and as meant.</summary>
    public static IEnumerable<string> SecretsOf(Uri url) =>
        new[] { url.PathAndQuery }.Concat(url.PathAndQuery.Split('/', '?', '&', '=')).SelectMany(part => new[] { part, Uri.UnescapeDataString(part) });
}
