using System.Diagnostics;
using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Benchmarks;

/// <summary>What a piece of work took. Processor time is that of all threads, so it may exceed the time that passed.</summary>
/// <param name="OwnCpu">Seconds of processor time in this process: SpendTracker, and the client that loads it.</param>
/// <param name="ServerCpu">Seconds of processor time in PostgreSQL's processes; 0 where the system does not tell.</param>
/// <param name="Allocated">Bytes allocated in this process.</param>
internal sealed record Work(long Count, double Seconds, double OwnCpu, double ServerCpu, long Allocated)
{
    private const double TicksPerSecond = 100; // USER_HZ: what /proc counts in, on every Linux that .NET runs on.

    public double Rate => Count / Seconds;

    public static async Task<Work> MeasureAsync(BenchmarkServer server, long count, Func<Task> run)
    {
        var (own, other) = (Environment.CpuUsage.TotalTime, ServerTime(server.ProcessId));
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        await run();
        return new Work(
            count, Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - own).TotalSeconds,
            ServerTime(server.ProcessId) - other, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    /// <summary>Of the server's first process, its children, and its children that have ended.</summary>
    private static double ServerTime(int postmaster)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        long ticks = 0;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                // After the name in brackets: state, parent, and as 12th to 15th the times: user, system, the same of ended children.
                var text = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                long Field(int i) => long.Parse(fields[i], CultureInfo.InvariantCulture);
                ticks += Path.GetFileName(folder) == postmaster.ToString(CultureInfo.InvariantCulture) ? Field(11) + Field(12) + Field(13) + Field(14)
                    : Field(1) == postmaster ? Field(11) + Field(12) : 0;
            }
            catch (IOException)
            {
                // Ended meanwhile.
            }
        }

        return ticks / TicksPerSecond;
    }
}
