using System.Globalization;

namespace SpendTracker.Web.Reports;

/// <summary>
/// The scale of a chart that the server draws: it prints as it is, and needs no script. Drawn with doubles; each sum was made in decimal.
/// </summary>
/// <param name="Width">In the units of the picture, as are all lengths.</param>
internal sealed record ReportPlot(double Width, double Height, double Least, double Most)
{
    public const double Left = 56, Right = 8, Top = 8, Bottom = 20;
    private const int Lines = 4;

    /// <summary>From 0, or from what is below it.</summary>
    public static ReportPlot Of(double width, double height, IEnumerable<decimal> values)
    {
        var all = values.Select(value => (double)value).Append(0).ToArray();
        return new(width, height, all.Min(), all.Max() > all.Min() ? all.Max() : all.Min() + 1);
    }

    /// <summary>Round values for lines across the plot: 1, 2 or 5 times a power of ten apart.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            var rough = (Most - Least) / Lines;
            var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            var step = power * (rough / power <= 1 ? 1 : rough / power <= 2 ? 2 : rough / power <= 5 ? 5 : 10);
            for (var at = Math.Ceiling(Least / step); at * step <= Most; at++)
            {
                yield return at * step;
            }
        }
    }

    /// <param name="share">From 0 at the left to 1 at the right.</param>
    public double X(double share) => Left + (share * (Width - Left - Right));

    public double Y(double value) => Top + ((Most - value) / (Most - Least) * (Height - Top - Bottom));

    public static string Text(double length) => length.ToString("0.##", CultureInfo.InvariantCulture);
}
