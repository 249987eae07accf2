using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>What postmaster.pid says of the server of a data folder. PostgreSQL writes it; a crash leaves it behind.</summary>
internal sealed record Postmaster(string PidFile, string Text)
{
    private string[] Lines => Text.Split('\n', StringSplitOptions.TrimEntries);

    public int ProcessId => Number(0);

    public int Port => Number(3);

    /// <summary>Created, but not yet written.</summary>
    public bool IsEmpty => string.IsNullOrWhiteSpace(Text);

    /// <summary>Line 8 of the file. Before that, it may be recovering from a crash.</summary>
    public bool IsReady => Lines.ElementAtOrDefault(7) is "ready" or "standby";

    public static Postmaster? Read(string dataFolder)
    {
        var file = Path.Combine(dataFolder, "postmaster.pid");
        try
        {
            return new(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public bool IsRunning() => RunningProcess.Find(ProcessId) is { Program: "postgres" } && WorksHere();

    /// <summary>
    /// PostgreSQL would take the other program that got the id for a server, and refuse to start. If some of the old
    /// server's processes still run, it notices that by the shared memory they hold, not by this file.
    /// </summary>
    public void DeleteStale() => File.Delete(PidFile);

    // The id may have passed to a server of another folder. A postmaster works in its data folder, so there it sees
    // its own file. Where the system does not tell, it is ours: a server wrongly taken for dead would be worse.
    private bool WorksHere()
    {
        try
        {
            var seen = string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/cwd/postmaster.pid");
            return !OperatingSystem.IsLinux() || File.ReadAllText(seen) == File.ReadAllText(PidFile);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private int Number(int line) =>
        int.TryParse(Lines.ElementAtOrDefault(line), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
