using System.ComponentModel;
using System.Diagnostics;

namespace SpendTracker.LocalPostgres;

/// <param name="TimeLimit">The program is ended after that.</param>
internal sealed record ExternalProgram(string FileName, IReadOnlyList<string> Arguments, TimeSpan TimeLimit)
{
    private const int NotFound = 127; // As shells have it, and 124 as timeout(1) has it.
    private const int TookTooLong = 124;

    // A database server outlives us and its environment can be read by its user, so it gets none of our API keys
    // and connection strings, and no PGPORT or PGDATA that would change what we ask for.
    private static readonly string[] PassedOn =
    [
        "PATH", "LD_LIBRARY_PATH", "HOME", "TZ", "TMPDIR",
        "TEMP", "TMP", "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "USERPROFILE", // Windows
    ];

    public string? WorkingFolder { get; init; }

    /// <summary>npm needs its proxy and registry settings. PostgreSQL's programs need next to nothing.</summary>
    public bool WithWholeEnvironment { get; init; }

    public async Task<ProgramResult> RunAsync(CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new(NotFound, "", $"{FileName} could not be started: {e.Message}");
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new(TookTooLong, "", $"{Path.GetFileName(FileName)} was ended after {TimeLimit.TotalSeconds:0} seconds.");
        }

        // On Windows a started server keeps our end of the pipes open, so waiting for their end would last as long as the server.
        // Elsewhere they end with the program, and only a busy machine keeps us from reading them.
        var patience = TimeSpan.FromSeconds(OperatingSystem.IsWindows() ? 2 : 20);
        await Task.WhenAny(Task.WhenAll(output, errors), Task.Delay(patience, CancellationToken.None));
        return new(process.ExitCode, TextOf(output), TextOf(errors));
    }

    private static string TextOf(Task<string> read) => read.IsCompletedSuccessfully ? read.Result : "";

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(FileName, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
            WorkingDirectory = WorkingFolder ?? Path.GetPathRoot(Environment.SystemDirectory) ?? "/",
        };
        if (!WithWholeEnvironment)
        {
            start.Environment.Clear();
            foreach (var name in PassedOn)
            {
                if (Environment.GetEnvironmentVariable(name) is { } value)
                {
                    start.Environment[name] = value;
                }
            }

            start.Environment["LC_ALL"] = "C"; // Messages are searched for "could not bind" and the like.
        }

        return start;
    }
}

internal sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The end of what the program said, for a message to a person.</summary>
    public string LastLines(int count) => string.Join(Environment.NewLine, Lines.TakeLast(count));

    /// <summary>npm says the cause first, then much general advice.</summary>
    public string FirstLines(int count) => string.Join(Environment.NewLine, Lines.Take(count));

    private string[] Lines =>
        $"{Output}\n{Errors}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
