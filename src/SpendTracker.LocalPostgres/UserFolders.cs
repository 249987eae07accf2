namespace SpendTracker.LocalPostgres;

/// <summary>Where the user's system keeps data and caches.</summary>
internal sealed class UserFolders(Func<string, string?> variable, ServerUser user)
{
    // Root's home is closed to others, so the unprivileged user could not get at data and binaries in it.
    private const string SystemData = "/var/lib/spendtracker";
    private const string SystemCache = "/var/cache/spendtracker";

    public Task<string> DataAsync(string name, CancellationToken cancellationToken) =>
        ReachableAsync(Path.Combine(DataHome(), "spendtracker", name), Path.Combine(SystemData, name), cancellationToken);

    public Task<string> CacheAsync(CancellationToken cancellationToken) =>
        ReachableAsync(Path.Combine(CacheHome(), "spendtracker"), SystemCache, cancellationToken);

    /// <summary>Creates the folder so that the server's user can pass through it, whatever our umask.</summary>
    public void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        if (!Directory.Exists(folder))
        {
            if (Path.GetDirectoryName(folder) is { } parent)
            {
                Create(parent);
            }

            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, user.IsOther ? Modes.FolderOthersPass : Modes.FolderOurs);
        }
    }

    /// <summary>Whether the user gets to the folder, or to the last folder above it that exists (those below, we create).</summary>
    public Task<bool> CanReachAsync(string folder, CancellationToken cancellationToken)
    {
        var existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
        {
            existing = parent;
        }

        return user.CanReachAsync(existing, cancellationToken);
    }

    private async Task<string> ReachableAsync(string wanted, string otherwise, CancellationToken cancellationToken) =>
        await CanReachAsync(wanted, cancellationToken) ? wanted : otherwise;

    private string DataHome() =>
        Rooted("XDG_DATA_HOME")
        ?? (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(Home(), ".local", "share"));

    private string CacheHome() =>
        Rooted("XDG_CACHE_HOME")
        ?? (OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(Home(), "Library", "Caches")
            : Path.Combine(Home(), ".cache"));

    // The XDG specification: a relative path is to be ignored.
    private string? Rooted(string name) => variable(name) is { } path && Path.IsPathFullyQualified(path) ? path : null;

    private static string Home() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
