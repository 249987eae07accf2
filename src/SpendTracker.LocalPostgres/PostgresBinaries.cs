using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace SpendTracker.LocalPostgres;

/// <summary>A folder with PostgreSQL's programs that run here.</summary>
/// <param name="Version">E.g. <c>15.18</c>. Source: <c>postgres --version</c>.</param>
internal sealed partial record PostgresBinaries(string Folder, string Version)
{
    /// <summary>Older ones are out of support or about to be.</summary>
    public const int OldestMajor = 14;

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];
    private static readonly string Extension = OperatingSystem.IsWindows() ? ".exe" : "";

    [JsonIgnore]
    public string InitDb => ProgramIn(Folder, "initdb");

    [JsonIgnore]
    public string PgCtl => ProgramIn(Folder, "pg_ctl");

    [JsonIgnore]
    public int Major => MajorOf(Version);

    public static bool IsComplete(string folder) =>
        Needed.All(program => File.Exists(ProgramIn(folder, program)));

    /// <summary>Null when a program is missing, does not run as that user, or is too old.</summary>
    public static async Task<PostgresBinaries?> ProbeAsync(string folder, ServerUser user, CancellationToken cancellationToken)
    {
        if (!IsComplete(folder))
        {
            return null;
        }

        var real = RealFolder(folder);
        var call = new ExternalProgram(ProgramIn(real, "postgres"), ["--version"], TimeSpan.FromSeconds(20));
        var outcome = await user.Run(call).RunAsync(cancellationToken);
        var version = VersionPattern().Match(outcome.Output);
        return outcome.Succeeded && version.Success && MajorOf(version.Groups[1].Value) >= OldestMajor
            ? new(real, version.Groups[1].Value)
            : null;
    }

    public static int MajorOf(string version) => int.Parse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture);

    // Through a link, a program would look for its libraries and for the other programs beside the link.
    private static string RealFolder(string folder)
    {
        var postgres = new FileInfo(ProgramIn(folder, "postgres"));
        var target = postgres.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        return target?.DirectoryName is { } real && IsComplete(real) ? real : folder;
    }

    private static string ProgramIn(string folder, string program) => Path.Combine(folder, program + Extension);

    // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 18beta1"
    [GeneratedRegex(@"PostgreSQL\)\s+(\d+(\.\d+)*)")]
    private static partial Regex VersionPattern();
}
