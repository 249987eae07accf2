using System.Globalization;

namespace SpendTracker.Benchmarks;

/// <summary>Memory of another process, as Linux tells it.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that it ever had in memory, in bytes.</summary>
    public static long Peak(int processId) => Read(processId, "VmHWM:");

    /// <summary>What it has in memory now, in bytes.</summary>
    public static long Current(int processId) => Read(processId, "VmRSS:");

    private static long Read(int processId, string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}
