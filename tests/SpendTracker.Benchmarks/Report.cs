using System.Globalization;
using Spectre.Console;

namespace SpendTracker.Benchmarks;

/// <summary>Collects tables, shows each as it comes, and prints all of them at the end as Markdown for a README.</summary>
internal sealed class Report(string machine)
{
    private readonly List<string> _markdown = [];

    public void Note(string text)
    {
        AnsiConsole.WriteLine(text);
        _markdown.Add(text);
    }

    public void Table(string title, string[] columns, IReadOnlyList<string[]> rows)
    {
        var table = new Table { Title = new TableTitle(Markup.Escape(title)) };
        table.AddColumns([.. columns.Select(Markup.Escape)]);
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        AnsiConsole.Write(table);
        _markdown.Add(string.Join(
            '\n', [$"**{title}**\n", Line(columns), Line([.. columns.Select((_, i) => i == 0 ? "---" : "---:")]), .. rows.Select(Line)]));
    }

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"Measured on {machine}. Ratios are of one run, taken in turns: median (lowest to highest round).");
        foreach (var part in _markdown)
        {
            Console.WriteLine();
            Console.WriteLine(part);
        }
    }

    public static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double value) => value.ToString(value < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture) + " ms";

    public static string Microseconds(double value) => value.ToString(value < 10 ? "0.0" : "#,0", CultureInfo.InvariantCulture) + " µs";

    public static string Ratio(Series ratios) => string.Create(CultureInfo.InvariantCulture, $"{ratios.Median:0.00} ({ratios.Min:0.00} to {ratios.Max:0.00})");

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
