using System.Diagnostics;
using System.Globalization;

namespace SpendTracker.LocalPostgres;

/// <summary>
/// Starts the server of a place with pg_ctl, which gives it a session of its own: Ctrl+C in our terminal does not reach it.
/// </summary>
internal sealed class ServerStart(DataPlace place, ServerUser user, LocalServerOptions options)
{
    private const int ReadyLimit = 180; // Seconds. Recovery after a crash reads up to a gigabyte of log.
    private const long LogLimit = 10_000_000; // Bytes.
    private static readonly TimeSpan LeftoversLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Choosing is the caller's, so that a test can offer a port that is taken.</summary>
    public required Func<int, int> ChoosePort { get; init; }

    public async Task<Postmaster> RunAsync(
        PostgresBinaries binaries, ServerRecord record, Cluster cluster, CancellationToken cancellationToken)
    {
        await PrepareLogAsync(cancellationToken);
        var leftovers = Stopwatch.StartNew();
        for (var portsTaken = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            record.Port = ChoosePort(record.Port);
            record.Binaries = binaries;
            record.Owner = RunningProcess.Find(Environment.ProcessId);
            record.Write(place);
            options.Progress?.Report(string.Create(
                CultureInfo.InvariantCulture, $"Starting PostgreSQL {binaries.Version} on 127.0.0.1:{record.Port}"));

            var logged = new FileInfo(place.Log).Length;
            var outcome = await StartAsync(binaries, record.Port);
            if (outcome.Succeeded && Postmaster.Read(place.Data) is { } postmaster)
            {
                return postmaster;
            }

            var said = LogFrom(logged);
            if (said.Contains("could not bind", StringComparison.Ordinal) && ++portsTaken < 5)
            {
                record.Port = 0; // Taken between our look and the server's.
            }
            else if (said.Contains("pre-existing shared memory block", StringComparison.Ordinal) && leftovers.Elapsed < LeftoversLimit)
            {
                await Task.Delay(Pause, cancellationToken); // Processes of a killed server notice its death and end.
            }
            else
            {
                await StopHalfStartedAsync(binaries);
                ThrowIfInterrupted(said, cancellationToken);
                throw cluster.Damaged(LastLines(said.Length > 0 ? said : outcome.LastLines(10), record));
            }
        }
    }

    // Not cancelled half way: pg_ctl would leave the server behind, and its own time limit ends it.
    private Task<ProgramResult> StartAsync(PostgresBinaries binaries, int port)
    {
        // The last of two settings of one name holds, so these cannot be overridden.
        IEnumerable<KeyValuePair<string, string>> settings =
        [
            .. options.Settings,
            new("listen_addresses", "127.0.0.1"),
            new("port", port.ToString(CultureInfo.InvariantCulture)),
            new("unix_socket_directories", ""),
            new("logging_collector", "off"),
        ];
        string[] arguments =
        [
            "start", "-D", place.Data, "-l", place.Log, "-w", "-t", ReadyLimit.ToString(CultureInfo.InvariantCulture),
            "-o", string.Join(' ', settings.Select(setting => $"-c {Quoted($"{setting.Key}={setting.Value}")}")),
        ];
        var call = new ExternalProgram(binaries.PgCtl, arguments, TimeSpan.FromSeconds(ReadyLimit + 30)) { WorkingFolder = place.Folder };
        return user.Run(call).RunAsync(CancellationToken.None);
    }

    // pg_ctl hands -o to the system's shell and knows no other way to give settings.
    private static string Quoted(string text) => OperatingSystem.IsWindows()
        ? $"\"{text}\""
        : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private async Task PrepareLogAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(place.Log) && new FileInfo(place.Log).Length > LogLimit)
        {
            File.Move(place.Log, place.OldLog, overwrite: true);
        }

        if (!File.Exists(place.Log))
        {
            await using (new FileStream(place.Log, Modes.NewPrivateFile()))
            {
            }

            await user.OwnAsync(place.Log, cancellationToken);
        }
    }

    // Ctrl+C reaches pg_ctl too while it waits, and it then stops the server it started. The data are all right.
    private static void ThrowIfInterrupted(string said, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (said.Contains("received fast shutdown request", StringComparison.Ordinal))
        {
            throw new LocalPostgresException("PostgreSQL was told to stop while it started. The data are unharmed: start again.");
        }
    }

    private async Task StopHalfStartedAsync(PostgresBinaries binaries)
    {
        if (Postmaster.Read(place.Data)?.IsRunning() == true)
        {
            await new ServerStop(place, user).RunAsync(binaries, "fast", CancellationToken.None);
        }
    }

    private string LogFrom(long position)
    {
        using var file = new FileStream(place.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Min(position, file.Length);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    // The server does not log the password by itself, but a setting such as log_statement can make it.
    private static string LastLines(string text, ServerRecord record) =>
        new ProgramResult(1, text.Replace(record.Password, "***", StringComparison.Ordinal), "").LastLines(10);
}
