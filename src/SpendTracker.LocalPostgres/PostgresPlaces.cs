using System.Buffers;
using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>Folders where an installed PostgreSQL's programs may be, best first. None of them need exist.</summary>
internal static class PostgresPlaces
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static IEnumerable<string> Of(string? path) => OnPath(path).Concat(UsualPlaces()).Distinct();

    private static IEnumerable<string> OnPath(string? path) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified);

    private static IEnumerable<string> UsualPlaces()
    {
        if (OperatingSystem.IsWindows())
        {
            return Versions(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "*", "bin");
        }

        if (OperatingSystem.IsMacOS())
        {
            return
            [
                .. Versions("/opt/homebrew/opt", "postgresql@*", "bin"), // Homebrew on Apple silicon
                .. Versions("/usr/local/opt", "postgresql@*", "bin"), // Homebrew on Intel
                .. Versions("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
            ];
        }

        return [.. Versions("/usr/lib/postgresql", "*", "bin"), .. Versions("/usr", "pgsql-*", "bin")]; // Debian's, Red Hat's
    }

    private static IEnumerable<string> Versions(string folder, string pattern, string below) =>
        Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, pattern).OrderByDescending(NumberAtTheEnd).Select(found => Path.Combine(found, below))
            : [];

    // "postgresql@17" is 17, "latest" is 0.
    private static decimal NumberAtTheEnd(string folder)
    {
        var name = Path.GetFileName(folder);
        var number = name[(name.AsSpan().LastIndexOfAnyExcept(NumberCharacters) + 1)..];
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
