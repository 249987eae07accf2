using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace SpendTracker.PageTests;

/// <summary>What a page fetches, as Chromium counts it.</summary>
internal sealed class Transfers
{
    private readonly ConcurrentDictionary<string, Transfer> _transfers = new();
    private readonly IPage _page;

    private Transfers(IPage page) => _page = page;

    public static async Task<Transfers> OfAsync(IPage page)
    {
        var transfers = new Transfers(page);
        var session = await page.Context.NewCDPSessionAsync(page);
        session.Event("Network.responseReceived").OnEvent += (_, data) => transfers.Received(data!.Value);
        session.Event("Network.loadingFinished").OnEvent += (_, data) => transfers.Finished(data!.Value);
        await session.SendAsync("Network.enable");
        return transfers;
    }

    /// <summary>Opens an address, and returns what was fetched for it until the page answers and nothing is under way any more.</summary>
    public async Task<IReadOnlyCollection<Transfer>> VisitAsync(Dashboard dashboard, string path)
    {
        _transfers.Clear();
        await dashboard.GoAsync(_page, path);
        await _page.EvaluateAsync("document.fonts.ready");
        await _page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        return [.. _transfers.Values.Where(transfer => !transfer.Url.StartsWith("data:", StringComparison.Ordinal))];
    }

    public static string Describe(IEnumerable<Transfer> transfers) => string.Join(
        '\n', transfers.OrderByDescending(transfer => transfer.Bytes).Select(transfer => $"{transfer.Bytes} {transfer.Path}").Prepend($"{transfers.Sum(transfer => transfer.Bytes)} bytes"));

    private void Received(JsonElement data)
    {
        var response = data.GetProperty("response");
        var headers = response.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        _transfers[data.GetProperty("requestId").GetString()!] = new(response.GetProperty("url").GetString()!, data.GetProperty("type").GetString()!, headers);
    }

    private void Finished(JsonElement data)
    {
        if (_transfers.TryGetValue(data.GetProperty("requestId").GetString()!, out var transfer))
        {
            transfer.Bytes = (long)data.GetProperty("encodedDataLength").GetDouble();
        }
    }
}

/// <param name="Type">As Chromium names it: Document, Stylesheet, Script, Font, Image and others.</param>
internal sealed record Transfer(string Url, string Type, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>On the wire, headers included; 0 if the browser had it already.</summary>
    public long Bytes { get; set; }

    public string Path => new Uri(Url).AbsolutePath;

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
