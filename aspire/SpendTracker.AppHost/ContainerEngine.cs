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
        string[] clients = (configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"]) is { Length: > 0 } chosen
            ? [chosen]
            : ["docker", "podman"];
        foreach (var client in clients)
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
            using var process = Process.Start(new ProcessStartInfo(client, ["ps", "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token), process.WaitForExitAsync(patience.Token));
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
