using System.Text.RegularExpressions;

namespace SpendTracker.Tests.Costs;

/// <summary>Binary fractions lose cents, so the code that handles money has none.</summary>
public sealed partial class ExactMoneyTests
{
    private static readonly string[] Folders =
    [
        "SpendTracker/Costs", "SpendTracker/Rates", "SpendTracker/Closing", "SpendTracker/Estimates", "SpendTracker/Usage",
        "SpendTracker.Web/Costs", "SpendTracker.Web/Rates", "SpendTracker.Web/Closing", "SpendTracker.Contracts",
    ];

    /// <summary>A chart draws with them, after all sums were made; seconds, rates of events and probabilities are no money.</summary>
    private static readonly string[] Exceptions =
    [
        "MonthsChart.razor", "CumulativeChart.razor", "CostSeriesChart.razor", "CostTreemap.razor", "TreemapLayout.cs", "CostFlow.razor", "CostFlowLayout.cs", "SkuHistory.razor",
        "Money.cs: public static string Short(double amount, string currency)", "CostMetrics.cs", "HealthResponse.cs",
        "CompareResponse.cs: public sealed record ComparedShare(", "CompareResponse.cs: double SequentialPValue)", "CompareResponse.cs: public const double Level",
    ];

    [Fact]
    public void Money_is_never_a_binary_fraction()
    {
        var source = Path.Combine(Repository.Root, "src");
        var files = Folders.Select(folder => Path.Combine(source, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).ToArray();
        Assert.True(files.Length > 40, "The folders have other names now; so must this test.");

        var found = files.SelectMany(file => File.ReadLines(file).Where(line => BinaryFraction().IsMatch(line) && !line.TrimStart().StartsWith("///", StringComparison.Ordinal)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"))
            .Where(line => !Exceptions.Any(exception => line.StartsWith(exception, StringComparison.Ordinal)));
        Assert.Empty(found);
    }

    [GeneratedRegex(@"\b(double|float|float4|float8)\b|::real|ToDouble|GetDouble|GetFloat|ToSingle")]
    private static partial Regex BinaryFraction();
}
