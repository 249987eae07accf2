namespace SpendTracker.Web.Costs;

/// <summary>Where a tile lies, in shares of the whole.</summary>
public readonly record struct TreemapArea(double X, double Y, double Width, double Height);

/// <summary>
/// Divides a rectangle of 2.4 : 1 among amounts, into tiles as square as can be: rows along the shorter side, which grow while that makes
/// their worst tile squarer (M. Bruls, K. Huizing, J. van Wijk, Squarified Treemaps, 2000). Pure.
/// </summary>
public static class TreemapLayout
{
    private const double Wide = 2.4;

    /// <param name="amounts">Above 0, largest first.</param>
    /// <returns>An area for each, in their order.</returns>
    public static IReadOnlyList<TreemapArea> Of(IReadOnlyList<double> amounts)
    {
        List<TreemapArea> areas = [];
        var (x, y, width, height) = (0.0, 0.0, Wide, 1.0);
        for (var at = 0; at < amounts.Count;)
        {
            var left = amounts.Skip(at).Sum();
            var (shorter, scale) = (Math.Min(width, height), width * height / left);
            var count = 1;
            while (at + count < amounts.Count && Worst(amounts, at, count + 1, scale, shorter) <= Worst(amounts, at, count, scale, shorter))
            {
                count++;
            }

            var sum = amounts.Skip(at).Take(count).Sum();
            var thick = sum * scale / shorter;
            for (var (i, along) = (at, 0.0); i < at + count; i++)
            {
                var length = amounts[i] / sum * shorter;
                areas.Add(width >= height ? new(x / Wide, y + along, thick / Wide, length) : new((x + along) / Wide, y, length / Wide, thick));
                along += length;
            }

            (x, y, width, height) = width >= height ? (x + thick, y, width - thick, height) : (x, y + thick, width, height - thick);
            at += count;
        }

        return areas;
    }

    private static double Worst(IReadOnlyList<double> amounts, int at, int count, double scale, double side)
    {
        var sum = 0.0;
        for (var i = at; i < at + count; i++)
        {
            sum += amounts[i] * scale;
        }

        var (largest, smallest) = (amounts[at] * scale, amounts[at + count - 1] * scale);
        return Math.Max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest));
    }
}
