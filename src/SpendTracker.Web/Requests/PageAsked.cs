using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Requests;

/// <summary>Which page of a list is asked for. An endpoint takes it as <c>[AsParameters]</c>.</summary>
/// <param name="Limit">How many items at most.</param>
/// <param name="Cursor">The <c>next</c> of the page before.</param>
internal readonly record struct PageAsked([FromQuery(Name = "limit")] string? Limit, [FromQuery(Name = "cursor")] string? Cursor, HttpContext Context)
{
    public const int UsualLimit = 100;
    public const int MostLimit = 1_000;

    /// <summary>What goes before an item's key in a cursor is its place: of a list that lost the item, the next page goes on there.</summary>
    private const char AfterPlace = ' ';

    /// <summary>Reads the limit, and the text in the cursor: null for the first page.</summary>
    public (int Limit, string? After) Read(FieldCheck check)
    {
        var limit = UsualLimit;
        check.That(
            "limit", Limit is null || (int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= MostLimit),
            $"Must be 1 to {MostLimit}.");
        string? after = null;
        var isOpen = Cursor is null || TryOpen(Cursor, out after);
        check.That("cursor", isOpen, NoCursor);
        after = isOpen ? after : null;
        return (Limit is null && (EarlierShapes.AreAskedFor(Context) || FileFormat.IsAsked(Context)) ? int.MaxValue : limit, after);
    }

    public const string NoCursor = "Must be the next of a page before.";

    /// <summary>A page of a list that is in memory.</summary>
    /// <param name="key">Tells an item from all others.</param>
    public Page<T> Of<T>(FieldCheck check, IReadOnlyList<T> items, Func<T, string> key)
    {
        var (limit, after) = Read(check);
        var start = after is null ? 0 : StartAfter(after, items, key);
        check.That("cursor", start is not null, NoCursor);
        T[] page = [.. items.Skip(start ?? 0).Take(limit)];
        var end = (start ?? 0) + page.Length;
        return new(page, end < items.Count && page.Length > 0 ? Seal(string.Create(CultureInfo.InvariantCulture, $"{end}{AfterPlace}{key(page[^1])}")) : null);
    }

    /// <summary>A page of a list that was asked for one item more than the limit.</summary>
    /// <param name="place">Where the item is in the log.</param>
    public static Page<T> OfOneMore<T>(IReadOnlyList<T> items, int limit, Func<T, long> place) => items.Count <= limit
        ? new(items)
        : new([.. items.Take(limit)], Seal(place(items[limit - 1]).ToString(CultureInfo.InvariantCulture)));

    /// <summary>Items may have come or gone since the page before, so the last item of it is looked for; if it is gone, its place counts.</summary>
    private static int? StartAfter<T>(string after, IReadOnlyList<T> items, Func<T, string> key)
    {
        if (after.Split(AfterPlace, 2) is not [var text, var last] || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            return null;
        }

        if (place > 0 && place <= items.Count && key(items[place - 1]) == last)
        {
            return place;
        }

        var found = items.Index().Where(item => key(item.Item) == last).Select(item => (int?)item.Index + 1).FirstOrDefault();
        return found ?? Math.Min(place, items.Count);
    }

    /// <summary>A text as a cursor. It is no secret: it only looks like nothing that a caller should build.</summary>
    public static string Seal(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text of a cursor.</summary>
    public static bool TryOpen(string cursor, out string? text)
    {
        text = Base64Url.IsValid(cursor) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return text is { Length: > 0 } && !text.Any(char.IsControl);
    }
}
