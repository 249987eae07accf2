using System.Diagnostics;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Benchmarks;

/// <summary>The program itself, as a user starts it.</summary>
internal static class HostProgram
{
    public static Process Run(IEnumerable<string> arguments, string? connectionString, Dictionary<string, string>? environment = null, bool redirect = false)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SpendTrackerHost).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = redirect, RedirectStandardOutput = redirect, RedirectStandardError = redirect,
        };
        start.Environment["ConnectionStrings__spendtracker"] = connectionString;
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Starts serving, with nothing on the console, and waits until the host is ready.</summary>
    /// <param name="client">With the address to serve.</param>
    /// <returns>The process, and what it said where it does not become ready.</returns>
    public static async Task<(Process Process, string? Fault)> ServeAsync(
        HttpClient client, string connectionString, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var process = Run(
            ["serve", "--urls", client.BaseAddress!.GetLeftPart(UriPartial.Authority)], connectionString,
            new(settings) { ["Logging__LogLevel__Default"] = "None" }, redirect: true);
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        return (process, await IsReadyAsync(process, client, cancellationToken) ? null
            : process.HasExited ? $"The host ended: {string.Concat(await said)}" : "The host does not become ready.");
    }

    /// <summary>Asks until the host says that it is ready.</summary>
    /// <returns>False where it ended, or did not get ready within a minute.</returns>
    public static async Task<bool> IsReadyAsync(Process process, HttpClient client, CancellationToken cancellationToken)
    {
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromMinutes(1) && !process.HasExited;)
        {
            try
            {
                using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken); // Or asking would take the core that it starts on.
            }
        }

        return false;
    }
}
