using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Web;

/// <summary>What the documents show works as it stands there.</summary>
public sealed partial class ReadmeTests : IAsyncLifetime
{
    /// <summary>The first event, then the API by example: later examples rest on earlier ones.</summary>
    private static readonly string[] Documents = ["README.md", "src/SpendTracker.Web/README.md"];

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() =>
        _host = await TestHost.StartAsync(await TestDatabase.CreateAsync(clock: new FixedClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_request_by_curl_is_taken()
    {
        var documents = string.Join('\n', await Task.WhenAll(
            Documents.Select(path => File.ReadAllTextAsync(Path.Combine(Repository.Root, path), TestContext.Current.CancellationToken))));
        var posts = PostByCurl().Matches(documents);
        var gets = GetByCurl().Matches(documents);

        Assert.True(posts.Count >= 17 && gets.Count >= 4, "The documents' examples look different now; so must this test.");
        foreach (var channel in (string[])["ops", "finance", "on-call"]) // A budget names no others than there are.
        {
            await AssertTakenAsync(HttpMethod.Put, $"/api/v1/channels/{channel}", """{"name":"A channel","address":{"kind":"slack","url":"https://hooks.example.com/ai"}}""");
        }

        foreach (var post in posts.Where(post => !post.Groups["path"].Value.Contains("/ID/", StringComparison.Ordinal))) // Of what does not exist here.
        {
            var body = post.Groups["body"].Value;
            if (body.Contains("PUBLICATION", StringComparison.Ordinal))
            {
                var id = await _host.Database.ScalarAsync<Guid>("select id from spend.mt_events where type = 'discount_published'");
                body = body.Replace("PUBLICATION", id.ToString(), StringComparison.Ordinal);
            }

            body = body.Replace("18230.41", "0", StringComparison.Ordinal); // What the month comes to here.
            body = body.Replace("whsec_…", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", StringComparison.Ordinal);
            await AssertTakenAsync(post.Groups["method"].Value is { Length: > 0 } method ? new(method) : HttpMethod.Post, post.Groups["path"].Value, body);
        }

        foreach (Match get in gets)
        {
            using var response = await _host.Client.GetAsync(new Uri(get.Groups["path"].Value, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_request_by_CSharp_is_taken()
    {
        var http = _host.Client;
        const string requestId = "req-1";
        var usage = new TokenUsageRecorded(
            "support-chat", Approach.PromptEngineering, "openai", "gpt-4o", InputTokens: 1840, OutputTokens: 212, _host.Database.Spend.Options.Clock.GetUtcNow());
        var json = JsonSerializer.SerializeToNode(usage, ContractsJson.Default.TokenUsageRecorded)!.AsObject();
        json["type"] = "token_usage_recorded";
        json["id"] = requestId; // The same at every try.
        using var response = await http.PostAsJsonAsync("/api/v1/usage", json, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task AssertTakenAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var taken = response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.MultiStatus; // 207: a part of it was refused.
        Assert.True(taken, $"{method} {path}: {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    [GeneratedRegex(@"curl (-X (?<method>\w+) )?[^\n]*?(?<path>/api/v1/[\w/-]+)[^\n]*? -d '(?<body>[^']*)'")]
    private static partial Regex PostByCurl();

    [GeneratedRegex(@"curl -H [^\n]*'http://127\.0\.0\.1:5080(?<path>/api/v1/(costs|events)[^']*)'")]
    private static partial Regex GetByCurl();
}
