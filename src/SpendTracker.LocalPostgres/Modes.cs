namespace SpendTracker.LocalPostgres;

/// <summary>Unix file modes by what they are for.</summary>
internal static class Modes
{
    public const UnixFileMode FileOurs = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode FolderOurs = FileOurs | UnixFileMode.UserExecute;

    public const UnixFileMode FolderOthersPass =
        FolderOurs | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>A new file that nobody else can read, not even for a moment.</summary>
    public static FileStreamOptions NewPrivateFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileOurs;
        }

        return options;
    }
}
