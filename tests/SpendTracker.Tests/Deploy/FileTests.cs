using System.Text.Json;
using System.Text.RegularExpressions;

namespace SpendTracker.Tests.Deploy;

/// <summary>Each file by the best checker there is: the program that reads it, or the schema of its format.</summary>
public sealed partial class FileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spendtracker-deploy");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_alert_rules_are_valid_and_fire_when_they_should_and_only_then()
    {
        await Checker.RunAsync("promtool", "check", "config", Checker.File("monitoring/prometheus.yaml"));
        await Checker.RunAsync("promtool", "test", "rules", Checker.File("monitoring/alerts.test.yaml"));
    }

    [Fact]
    public async Task The_unit_is_valid_and_leaves_the_service_little_to_harm()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/dotnet"), "The unit runs /usr/bin/dotnet.");
        var unit = Checker.File("systemd/spendtracker.service");

        await Checker.RunAsync("systemd-analyze", "verify", "--man=no", unit);
        await Checker.RunAsync("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=15", unit); // Tenths: 1.5 of 10.
    }

    /// <summary>The inventory of what the program is made of, beside it.</summary>
    [Fact]
    public async Task Each_package_that_is_shipped_is_named_with_its_version_and_hash()
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "SpendTracker.Web.deps.json"), TestContext.Current.CancellationToken));
        var packages = file.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package").ToArray();

        Assert.Contains(packages, package => package.Name.StartsWith("Npgsql/", StringComparison.Ordinal));
        Assert.All(packages, package => Assert.StartsWith("sha512-", package.Value.GetProperty("sha512").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_Dockerfile_is_valid_and_what_it_copies_is_there()
    {
        var file = Checker.File("Dockerfile");

        await Checker.NodeAsync("node_modules/dockerfile-utils/bin/dockerfile-utils", "lint", file);
        var sources = CopiedSources().Matches(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).SelectMany(match => match.Groups[1].Value.Split(' ')).ToArray();
        Assert.True(sources.Length > 8, string.Join(' ', sources));
        Assert.DoesNotContain(sources, source => source.Contains('*', StringComparison.Ordinal)
            ? Directory.GetFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(source)!), Path.GetFileName(source)).Length == 0
            : !Path.Exists(Path.Combine(Repository.Root, source)));

        // A project that the program needs and the image lacks fails only where there is an engine to build it.
        var projects = Projects(Path.Combine(Repository.Root, "src/SpendTracker.Web/SpendTracker.Web.csproj")).Distinct();
        Assert.All(projects, project => Assert.Contains($"{Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project)!)}/*.csproj", sources));
    }

    [Fact]
    public async Task The_Compose_files_follow_the_specification_and_what_they_mount_is_there() =>
        await Checker.NodeAsync("compose.js", Checker.File("compose/compose.yaml"), Checker.File("compose/monitoring.yaml"));

    [Theory]
    [InlineData("Deployment Job NetworkPolicy PodDisruptionBudget Service ServiceAccount")]
    [InlineData(
        "Deployment HorizontalPodAutoscaler Ingress Job NetworkPolicy PodDisruptionBudget Service ServiceAccount",
        "ingress.enabled=true", "proxies=10.42.0.0/16", "autoscaling.enabled=true", "otlpEndpoint=http://collector:4317", "database.cidrs={10.1.0.0/16}",
        "environment.SpendTracker__Events__Writers=4", "imagePullSecrets[0].name=registry", "tolerations[0].operator=Exists", "networkPolicy.from[0].podSelector.matchLabels.a=b")]
    public async Task The_chart_is_valid_and_gives_resources_that_Kubernetes_knows_to_the_last_field(string kinds, params string[] settings)
    {
        var chart = Checker.File("helm/spendtracker");
        string[] set = [.. settings.SelectMany(setting => new[] { "--set", setting })];

        await Checker.HelmAsync(["lint", "--strict", chart, .. set]);
        var rendered = Path.Combine(_folder.FullName, "rendered.yaml");
        await File.WriteAllTextAsync(rendered, await Checker.HelmAsync(["template", "spend", chart, .. set]), TestContext.Current.CancellationToken);

        Assert.Equal(kinds, (await Checker.NodeAsync("kubernetes.js", rendered)).Trim());
    }

    /// <summary>A project and those that it refers to.</summary>
    private static IEnumerable<string> Projects(string project) => ProjectReferences().Matches(File.ReadAllText(project))
        .SelectMany(match => Projects(Path.GetFullPath(match.Groups[1].Value, Path.GetDirectoryName(project)!)))
        .Prepend(project);

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex ProjectReferences();

    [GeneratedRegex(@"^COPY (?!--from)(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex CopiedSources();
}
