using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>The data of one server: created once, checked before each start.</summary>
internal sealed class Cluster(DataPlace place, ServerUser user)
{
    public const string SuperUser = "spendtracker";

    private const string WayOn = "Restore the folder from a backup, or start over with an empty database: demo --reset.";

    private bool IsPresent => Directory.Exists(place.Data) && Directory.EnumerateFileSystemEntries(place.Data).Any();

    /// <summary>The major version the data need, or null before there are data.</summary>
    public int? Major()
    {
        if (!IsPresent)
        {
            return null;
        }

        var file = Path.Combine(place.Data, "PG_VERSION");
        var text = File.Exists(file) ? File.ReadAllText(file).Trim() : "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new LocalPostgresException(
                $"The data folder {place.Data} is damaged: its file PG_VERSION is missing or unreadable. {WayOn}");
    }

    /// <summary>The record of the cluster, which is created if missing.</summary>
    public async Task<ServerRecord> EnsureAsync(PostgresBinaries binaries, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (IsPresent)
        {
            return ServerRecord.Read(place) ?? throw NoRecord();
        }

        progress?.Report("Creating a database cluster");
        place.DeleteUnfinished();
        var record = ServerRecord.New();
        record.Write(place); // Before the data: data without a password would be of no use.
        try
        {
            await PrivateFolderAsync(cancellationToken);
            await WritePasswordAsync(record, cancellationToken);
            await InitDbAsync(binaries, cancellationToken);
            if (Directory.Exists(place.Data)) // Empty, else IsPresent.
            {
                Directory.Delete(place.Data);
            }

            Directory.Move(place.NewData, place.Data);
            return record;
        }
        finally
        {
            place.DeleteUnfinished();
        }
    }

    public LocalPostgresException NoData() => new($"The data in {place.Data} are gone. {WayOn}");

    public LocalPostgresException NoRecord() => new(
        $"The password of the database in {place.Data} is lost: {place.Record} is missing or damaged. {WayOn}");

    public LocalPostgresException Damaged(string lastLines) => new(
        $"PostgreSQL does not start on the data in {place.Data}. {WayOn} The last lines of {place.Log}:{Environment.NewLine}{lastLines}");

    private async Task PrivateFolderAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(place.NewData);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(place.NewData, Modes.FolderOurs);
        }

        await user.OwnAsync(place.NewData, cancellationToken);
    }

    private async Task WritePasswordAsync(ServerRecord record, CancellationToken cancellationToken)
    {
        await using (var file = new StreamWriter(new FileStream(place.PasswordFile, Modes.NewPrivateFile())))
        {
            await file.WriteLineAsync(record.Password);
        }

        await user.OwnAsync(place.PasswordFile, cancellationToken);
    }

    private async Task InitDbAsync(PostgresBinaries binaries, CancellationToken cancellationToken)
    {
        // Locale C: every system has it, and the order of text is the same everywhere and after an upgrade of the system.
        string[] arguments =
        [
            "-D", place.NewData, "--encoding=UTF8", "--locale=C", $"--username={SuperUser}", $"--pwfile={place.PasswordFile}",
            "--auth=scram-sha-256", "--data-checksums",
        ];
        var call = new ExternalProgram(binaries.InitDb, arguments, TimeSpan.FromMinutes(3)) { WorkingFolder = place.Folder };
        var outcome = await user.Run(call).RunAsync(cancellationToken);
        if (!outcome.Succeeded)
        {
            cancellationToken.ThrowIfCancellationRequested(); // Ctrl+C reaches initdb too.
            throw new LocalPostgresException(
                $"{binaries.InitDb} could not create a database cluster in {place.Folder}. Check that the disk has room and the "
                + $"folder can be written, or name another PostgreSQL with {PostgresSearch.BinVariable}. "
                + $"It said:{Environment.NewLine}{outcome.LastLines(6)}");
        }
    }
}
