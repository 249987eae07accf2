using System.Diagnostics;
using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <param name="Start">
/// When it started, in a form of the system's own. With the id it tells a process from a later one of the same id.
/// </param>
internal sealed record RunningProcess(int Id, string Program, string Start)
{
    /// <summary>Null when no such process runs. A zombie does not run: a container's first process may never collect it.</summary>
    public static RunningProcess? Find(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                return FromProc(id);
            }

            using var process = Process.GetProcessById(id);
            return new(id, process.ProcessName, process.StartTime.ToUniversalTime().ToString("s", CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Process.StartTime is worked out from the clock here and moves when the clock is set; the kernel's own count since boot does not.
    private static RunningProcess? FromProc(int id)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
        var open = stat.IndexOf('(', StringComparison.Ordinal);
        var close = stat.LastIndexOf(')'); // The name between them may hold parentheses and spaces.
        var fields = stat[(close + 2)..].Split(' ');
        return fields[0] is "Z" or "X" ? null : new(id, stat[(open + 1)..close], fields[19]); // proc(5): field 22, starttime
    }
}
