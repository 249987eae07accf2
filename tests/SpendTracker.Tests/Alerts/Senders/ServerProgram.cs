using System.Diagnostics;
using System.Threading.Channels;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>A server of somebody else's making, which runs until the test is over.</summary>
internal sealed class ServerProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    private ServerProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _ = line.Data is null ? _lines.Writer.TryComplete() : _lines.Writer.TryWrite(line.Data);
        process.ErrorDataReceived += (_, _) => { }; // Read, so that it can go on writing.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static ServerProgram Start(string program, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!);

    /// <summary>Python with a module; null where there is none.</summary>
    public static async Task<string?> PythonAsync(string module)
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                if (process.ExitCode == 0)
                {
                    return python;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return null;
    }

    /// <summary>A program in the folder of this file, as it is in the repository.</summary>
    public static string Script(string name) => Path.Combine(Repository.Root, "tests", "SpendTracker.Tests", "Alerts", "Senders", name);

    /// <summary>The next line that it writes.</summary>
    public async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _lines.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
