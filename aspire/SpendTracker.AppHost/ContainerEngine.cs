using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace SpendTracker.AppHost;

/// <summary>Docker or Podman, whichever Aspire would use.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Whether an engine answers. An installed client is not enough: its daemon may not run.</summary>
    public static async Task<bool> AnswersAsync(IConfiguration configuration)
    {
        var chosen = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        foreach (var client in string.IsNullOrEmpty(chosen) ? ["docker", "podman"] : new[] { chosen })
        {
            if (await AnswersAsync(client))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> AnswersAsync(string client)
    {
        try
        {
            var start = new ProcessStartInfo(client, ["ps", "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token),
                    process.WaitForExitAsync(patience.Token));
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return false;
            }
        }
        catch (Win32Exception)
        {
            return false; // Not installed.
        }
    }
}
