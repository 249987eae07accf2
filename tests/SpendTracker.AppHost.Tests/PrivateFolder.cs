using System.Diagnostics;
using System.Globalization;
using SpendTracker.LocalPostgres;

namespace SpendTracker.AppHost.Tests;

/// <summary>A folder for the AppHost's PostgreSQL, below one that the server's unprivileged user can enter.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private static readonly Func<string, string?> Variable = Environment.GetEnvironmentVariable;

    private readonly string _parent = Path.Combine(Path.GetTempPath(), $"spendtracker-{Guid.NewGuid():N}");

    /// <summary>No given connection string may lead a test to other data.</summary>
    public string[] Arguments => ["--ConnectionStrings:spendtracker=", $"--SpendTracker:PostgresFolder={Path.Combine(_parent, "server")}"];

    public bool ServerRuns => Server?.IsRunning() ?? false;

    /// <summary>The port of the running server.</summary>
    public int? Port => Server?.Port;

    private Postmaster? Server => Postmaster.Read(Path.Combine(_parent, "server", "data"));

    /// <summary>Skips the test where PostgreSQL is neither installed nor can be fetched.</summary>
    public static async Task<PrivateFolder> CreateAsync()
    {
        try
        {
            var user = await ServerUser.ChooseAsync(TestContext.Current.CancellationToken);
            await new PostgresSearch(Variable, user, new(Variable, user), null).FindAsync(null, TestContext.Current.CancellationToken);
        }
        catch (LocalPostgresException fault)
        {
            Assert.Skip(fault.Message);
        }

        return new();
    }

    public void Dispose()
    {
        if (Server is { } left && left.IsRunning()) // The test has failed.
        {
            using var process = Process.GetProcessById(left.ProcessId);
            // At SIGQUIT it ends after its children. Killed, it leaves them for a moment, and they write files into the folder.
            using var kill = Process.Start("kill", ["-QUIT", left.ProcessId.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
            process.WaitForExit();
        }

        if (Directory.Exists(_parent))
        {
            Directory.Delete(_parent, recursive: true);
        }
    }
}
