using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpendTracker.Contracts;

namespace SpendTracker.Benchmarks.Soak;

/// <summary>The real program in a process of its own, over HTTP. It is only ever ended by kill -9.</summary>
internal sealed class ProcessHost : SoakHost
{
    private readonly string _connectionString;
    private readonly HttpClient _client;
    private Process? _process;

    private ProcessHost(string connectionString, string key)
    {
        _connectionString = connectionString;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Ports.Free()}") };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public static async Task<ProcessHost> StartAsync(string connectionString, string key, CancellationToken cancellationToken)
    {
        var host = new ProcessHost(connectionString, key);
        await host.BeginAsync(cancellationToken);
        return host;
    }

    public override async Task<AppendStatus[]> AppendAsync(IReadOnlyList<SoakEvent> events, CancellationToken cancellationToken)
    {
        var (_, text) = await PostAsync("usage", new JsonArray([.. events.Select(e => e.ToJson())]), HttpStatusCode.MultiStatus, cancellationToken);
        var answer = JsonSerializer.Deserialize(text, ContractsJson.Default.UsageResponse)!;
        return [.. answer.Results.Select(result => result.Status)];
    }

    public override async Task<AppendStatus> CorrectAsync(SoakCorrection correction, CancellationToken cancellationToken)
    {
        var (status, text) = await PostAsync("usage/corrections", correction.ToJson(), HttpStatusCode.Conflict, cancellationToken);
        return status == HttpStatusCode.Conflict ? AppendStatus.Conflict : JsonSerializer.Deserialize(text, ContractsJson.Default.CorrectionResponse)!.Status;
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, JsonNode body, HttpStatusCode notAll, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _client.PostAsync(new Uri($"/api/v1/{path}", UriKind.Relative), content, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == notAll)
        {
            return (response.StatusCode, text);
        }

        throw response.StatusCode == HttpStatusCode.ServiceUnavailable
            ? new HttpRequestException(text)
            : new InvariantBrokenException($"The host answered {response.StatusCode}: {text}");
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        _client.Dispose();
    }

    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        (_process, var fault) = await HostProgram.ServeAsync(
            _client, _connectionString, new() { ["SpendTracker__Events__PageEvents"] = "50", ["SpendTracker__Events__GapGrace"] = "00:00:00.1" }, cancellationToken);
        if (fault is not null)
        {
            throw new InvariantBrokenException(fault);
        }
    }

    protected override async Task EndAsync()
    {
        if (_process is not null)
        {
            _process.Kill(); // At once: looking for children first would miss the moment.
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _process = null;
        }
    }
}
