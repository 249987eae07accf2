using Microsoft.Playwright;

namespace SpendTracker.PageTests;

/// <summary>What a browser fetches to show the overview: how many bytes, how they are packed, and how long it keeps them.</summary>
public sealed class TransferTests(TransferTests.Shipped shipped) : IClassFixture<TransferTests.Shipped>
{
    /// <summary>Bytes on the wire with headers, for everything but the WebSocket: what the page weighs for a person on a slow line.</summary>
    private const long MostOfFirstVisit = 450_000;

    /// <summary>Bytes on the wire of a second visit: the page itself, and a few questions whether something is new.</summary>
    private const long MostOfSecondVisit = 30_000;

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task A_first_visit_is_small_and_a_second_one_fetches_no_style_sheet_script_or_font_again(ColorScheme look)
    {
        var dashboard = await shipped.DashboardAsync();
        var transfers = await Transfers.OfAsync(await dashboard.NewSignedInPageAsync(look: look));
        var first = await transfers.VisitAsync(dashboard, "/");
        Assert.Contains(first, transfer => transfer.Path.StartsWith("/_framework/blazor.web.", StringComparison.Ordinal));
        Assert.Contains(first, transfer => transfer.Path.EndsWith(".woff2", StringComparison.Ordinal));
        Assert.True(first.Sum(transfer => transfer.Bytes) <= MostOfFirstVisit, $"A first visit: {Transfers.Describe(first)}");

        var second = await transfers.VisitAsync(dashboard, "/");
        Assert.True(second.Sum(transfer => transfer.Bytes) <= MostOfSecondVisit, $"A second visit: {Transfers.Describe(second)}");
        Assert.True(second.Where(IsAsset).All(transfer => transfer.Bytes < 500), $"A second visit: {Transfers.Describe(second)}");
    }

    [Fact]
    public async Task Pages_style_sheets_and_scripts_are_compressed_and_a_browser_keeps_what_is_linked_with_a_fingerprint()
    {
        var dashboard = await shipped.DashboardAsync();
        var transfers = await Transfers.OfAsync(await dashboard.NewSignedInPageAsync());
        var fetched = await transfers.VisitAsync(dashboard, "/");

        Assert.All(fetched.Where(transfer => transfer.Type is "Document" or "Stylesheet" or "Script"), transfer =>
            Assert.True(transfer.Header("content-encoding") is "br", $"{transfer.Path} is sent as {transfer.Header("content-encoding") ?? "it is"}."));
        Assert.True(fetched.Count(transfer => transfer.Type is "Stylesheet" or "Script") >= 9, Transfers.Describe(fetched));
        Assert.All(fetched.Where(transfer => transfer.Type is "Stylesheet" or "Script" or "Image"), transfer =>
            Assert.Equal("max-age=31536000, immutable", transfer.Header("cache-control")));
        Assert.All(fetched.Where(IsAsset), transfer => Assert.NotNull(transfer.Header("cache-control")));
    }

    [Theory]
    [InlineData("same-origin", true)]
    [InlineData("none", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    public async Task A_page_that_another_site_opened_is_not_compressed_so_that_its_size_tells_nothing(string openedBy, bool compressed)
    {
        var dashboard = await shipped.DashboardAsync();
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{dashboard.Address}/sign-in"));
        request.Headers.Add("Accept-Encoding", "gzip, br");
        request.Headers.Add("Sec-Fetch-Site", openedBy);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(compressed ? ["br"] : [], response.Content.Headers.ContentEncoding);
    }

    private static bool IsAsset(Transfer transfer) => transfer.Type is "Stylesheet" or "Script" or "Image" or "Font";

    /// <summary>The program for these tests, which only fetch, with something to draw, so that charts are fetched for, too.</summary>
    public sealed class Shipped : IAsyncDisposable
    {
        private Dashboard? _dashboard;

        public async Task<Dashboard> DashboardAsync()
        {
            if (_dashboard is null)
            {
                _dashboard = await Dashboard.StartAsync(isProgram: true);
                await _dashboard.PublishAsync("test/large", "input-tokens", 1);
                await _dashboard.RecordAsync(Dashboard.Tokens("chat", 10));
            }

            return _dashboard;
        }

        public ValueTask DisposeAsync() => _dashboard?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
