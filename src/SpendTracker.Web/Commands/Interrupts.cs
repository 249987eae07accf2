using System.Runtime.InteropServices;

namespace SpendTracker.Web.Commands;

/// <summary>
/// Shells start background jobs of scripts with SIGINT ignored, and .NET leaves an ignored signal ignored. Then the signal
/// that Ctrl+C sends could stop neither the host nor the PostgreSQL server it started, so it is taken back first of all.
/// </summary>
internal static partial class Interrupts
{
    private const int SigInt = 2;
    private const nint Default = 0;

    public static void Heed()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Signal(SigInt, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);
}
