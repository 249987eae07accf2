using System.CommandLine;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Web.Commands;

/// <summary><c>health</c>: asks the host on this machine, for images that have neither a shell nor curl.</summary>
internal static class HealthCommand
{
    /// <summary>Below the three seconds and more that container engines wait for a check.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);

    public static Command Create()
    {
        var urls = ServeCommand.UrlsOption();
        var command = new Command("health", "Ask the host on this machine whether it is ready. Exit code 1 where it is not.") { urls };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(() => AskAsync(parsed.GetRequiredValue(urls), cancellationToken)));
        return command;
    }

    private static async Task<int> AskAsync(string urls, CancellationToken cancellationToken)
    {
        var address = new Uri(ListenAddress.LoopbackOf(urls.Split(';')), "/health/ready");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address, cancellationToken);
            var text = $"{address} answers {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}.";
            if (!answer.IsSuccessStatusCode)
            {
                return CommandLine.Fail(text);
            }

            Console.WriteLine(text);
            return 0;
        }
        catch (HttpRequestException fault)
        {
            return CommandLine.Fail($"{address} does not answer: {fault.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CommandLine.Fail($"{address} does not answer within {Patience.TotalSeconds} s.");
        }
    }
}
