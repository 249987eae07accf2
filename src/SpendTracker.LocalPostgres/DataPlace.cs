namespace SpendTracker.LocalPostgres;

/// <summary>The folder of one server and what lies in it. The folder is ours; data and log are the server's user's.</summary>
internal sealed record DataPlace(string Folder)
{
    public string Data => Path.Combine(Folder, "data");

    /// <summary>
    /// A cluster being created. It gets the name <see cref="Data"/> when it is whole. Another name each time, as the
    /// initdb of a start that was killed may still be at work.
    /// </summary>
    public string NewData { get; } = Path.Combine(Folder, $"data.new-{Guid.NewGuid():N}");

    public string Log => Path.Combine(Folder, "postgres.log");

    public string OldLog => Log + ".1";

    public string Lock => Path.Combine(Folder, "start.lock");

    /// <summary>Holds the password for the moment initdb reads it: an argument could be read by everyone.</summary>
    public string PasswordFile => Path.Combine(Folder, "password.new");

    public string Record => Path.Combine(Folder, "server.json");

    private bool LooksLikeOurs =>
        File.Exists(Record) || File.Exists(Path.Combine(Data, "PG_VERSION")) || !Directory.EnumerateFileSystemEntries(Data).Any();

    public static async Task<DataPlace> OpenAsync(
        LocalServerOptions options, ServerUser user, UserFolders folders, CancellationToken cancellationToken)
    {
        var folder = options.Folder is null ? await folders.DataAsync(options.Name, cancellationToken) : Path.GetFullPath(options.Folder);

        // pg_ctl puts the path between double quotes for the system's shell, where these keep a meaning.
        if (folder.Any(c => char.IsControl(c) || c is '"' or '$' or '`' or '%' || (c == '\\' && !OperatingSystem.IsWindows())))
        {
            throw new LocalPostgresException(
                $"The data folder {folder} has a character that pg_ctl cannot cope with. Choose another folder.");
        }

        if (await folders.CanReachAsync(folder, cancellationToken))
        {
            folders.Create(folder);
            if (await user.CanReachAsync(folder, cancellationToken))
            {
                return new(folder);
            }
        }

        throw new LocalPostgresException(
            $"PostgreSQL has to run as the user '{user.Name}', who cannot get to the folder {folder}. "
            + "Choose a folder that other users can pass through, or run this program as an ordinary user.");
    }

    /// <summary>Deletes what an interrupted creation of a cluster left.</summary>
    public void DeleteUnfinished()
    {
        File.Delete(PasswordFile);
        Leftovers.Delete(Folder, "data.new-*");
    }

    /// <summary>Deletes what a server keeps here. The lock stays, as we hold it.</summary>
    public void Clear()
    {
        // A mistyped folder may have something else called "data" in it.
        if (Directory.Exists(Data) && !LooksLikeOurs)
        {
            throw new LocalPostgresException(
                $"{Data} does not look like data of PostgreSQL, so it was not deleted. Delete it yourself, or choose another folder.");
        }

        DeleteUnfinished();
        if (Directory.Exists(Data))
        {
            Directory.Delete(Data, recursive: true);
        }

        foreach (var file in (string[])[Record, Log, OldLog])
        {
            File.Delete(file);
        }
    }
}
