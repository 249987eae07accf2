using System.Text.RegularExpressions;

namespace SpendTracker.Tests.Architecture;

/// <summary>The table of requirements in <c>src/SECURITY.md</c> is whole, and names tests that exist.</summary>
public sealed partial class SecurityTableTests
{
    /// <summary>Requirements of ASVS 5.0.0 at levels 1 and 2: how many each section has, numbered from 1.</summary>
    private const string Sections =
        "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 "
        + "6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 "
        + "11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2";

    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "src", "SECURITY.md")).Where(line => RowPattern().IsMatch(line))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Every_requirement_has_one_row()
    {
        var expected = Sections.Split(' ').Select(section => section.Split(':')).SelectMany(section => Enumerable.Range(1, int.Parse(section[1])).Select(i => $"{section[0]}.{i}"));

        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows.SelectMany(row => Points(row[0])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_state_is_one_that_is_explained_and_every_test_exists()
    {
        var known = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => (string[])[Path.GetFileNameWithoutExtension(file), $"{(file.Contains("PageTests", StringComparison.Ordinal) ? "PageTests." : "")}{Path.GetFileNameWithoutExtension(file)}"])
            .ToHashSet();

        Assert.All(Rows, row => Assert.Contains(row[2], (string[])["met", "in part", "not met", "operator", "none"]));
        string[] unknown = [.. Rows.SelectMany(row => NamePattern().Matches(row.Length > 4 ? row[4] : "").Select(name => name.Groups[1].Value)).Where(name => !known.Contains(name))];
        Assert.Equal([], unknown);
    }

    /// <summary><c>1.2.6–1.2.8, 1.3.1</c>.</summary>
    private static IEnumerable<string> Points(string text) => text.Split(", ").SelectMany(part => part.Split('–') is [var first, var last]
        ? Enumerable.Range(Number(first), Number(last) - Number(first) + 1).Select(i => $"{first[..first.LastIndexOf('.')]}.{i}") : [part]);

    private static int Number(string point) => int.Parse(point[(point.LastIndexOf('.') + 1)..]);

    [GeneratedRegex(@"^\| \d+\.\d+\.\d+")]
    private static partial Regex RowPattern();

    [GeneratedRegex("`([A-Za-z.]+Tests)`")]
    private static partial Regex NamePattern();
}
