using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace SpendTracker.Tests.Web;

/// <summary>What a caller names is replaced by PUT: 201 if it is new, its version as ETag, and the change of another person is not overwritten unseen.</summary>
public sealed class ReplaceTests(OneHost one) : IClassFixture<OneHost>
{
    [Theory]
    [InlineData("workloads/replaced", """{"name":"NAME","team":"Support","approach":"hybrid"}""")]
    [InlineData("channels/replaced", """{"name":"NAME","address":{"kind":"slack","url":"https://hooks.example.com/ai"}}""")]
    [InlineData("budgets/replaced", """{"name":"NAME","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":10}""")]
    [InlineData("plans/replaced", """{"assumptions":{"name":"NAME","from":"2027-01","months":1,"requestsPerMonth":1,"options":[{"name":"A","approach":"hybrid","routes":[{"sku":"openai/gpt-4o","inputTokens":1,"outputTokens":1}]}]}}""")]
    public async Task It_is_created_changed_and_protected_by_its_version(string path, string body)
    {
        using var created = await PutAsync(path, body, none: "*");
        Assert.Equal((HttpStatusCode.Created, $"/api/v1/{path}"), (created.StatusCode, created.Headers.Location?.OriginalString));
        using var read = await one.Host.Client.GetAsync(created.Headers.Location, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, created.Headers.ETag), (read.StatusCode, read.Headers.ETag));

        using var changed = await PutAsync(path, body.Replace("NAME", "Other", StringComparison.Ordinal), created.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(created.Headers.ETag, changed.Headers.ETag);
        foreach (var (match, none) in ((string?, string?)[])[(created.Headers.ETag.Tag, null), (null, "*")])
        {
            using var overtaken = await PutAsync(path, body, match, none);
            await TestHost.ProblemAsync(overtaken, HttpStatusCode.PreconditionFailed);
        }

        foreach (var (match, none) in ((string?, string?)[])[("\"\"", null), ("W/\"1\"", null), (changed.Headers.ETag!.Tag, "*")])
        {
            using var unclear = await PutAsync(path, body, match, none);
            await TestHost.ProblemAsync(unclear, HttpStatusCode.BadRequest);
        }

        using var unconditional = await PutAsync(path, body);
        using var existing = await PutAsync(path, body, match: "*");
        using var nobodys = await PutAsync($"{path}-nobodys", body, match: "*");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (unconditional.StatusCode, existing.StatusCode, nobodys.StatusCode));
    }

    [Fact]
    public async Task A_slash_in_a_name_is_refused_however_it_is_written()
    {
        using var answer = await PutAsync("workloads/team%2Fapp", """{"name":"W","team":"Support","approach":"hybrid"}""");

        Assert.Contains("Must not contain a slash", (await TestHost.ProblemAsync(answer, HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("workload").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("budgets")]
    [InlineData("channels")]
    [InlineData("plans")]
    public async Task A_removal_that_rests_on_a_version_is_refused_rather_than_done_whatever_there_is(string noun)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"{noun}/nobodys?reason=Done.", null, "\"1\"", null);

        Assert.Contains("Only PUT takes it.", (await TestHost.ProblemAsync(answer, HttpStatusCode.BadRequest)).GetProperty("errors").GetProperty("If-Match").ToString(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PutAsync(string path, string body, string? match = null, string? none = null) =>
        SendAsync(HttpMethod.Put, path, new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")), match, none);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, StringContent? content, string? match, string? none)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Content = content };
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        if (none is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", none);
        }

        return await one.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
