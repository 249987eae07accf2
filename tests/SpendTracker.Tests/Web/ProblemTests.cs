using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Web;

/// <summary>A refusal is a problem whatever the caller accepts, and a program is never sent to the sign-in page.</summary>
public sealed class ProblemTests(OneHost one) : IClassFixture<OneHost>
{
    private TestHost Host => one.Host;

    public static TheoryData<string> Accepted => ["text/csv", "text/html", "application/xml", "application/json"];

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_missing_key_is_a_401_whatever_the_caller_accepts(string accept)
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/api/v1/costs"), accept, key: null);

        await TestHost.ProblemAsync(answer, HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_key_without_the_scope_is_a_403_whatever_the_caller_accepts(string accept)
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/api/v1/costs"), accept, await Host.IssueKeyAsync([Scope.Record]));

        await TestHost.ProblemAsync(answer, HttpStatusCode.Forbidden);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_fault_within_a_request_is_a_problem_whatever_the_caller_accepts(string accept)
    {
        using var body = new ByteArrayContent(new byte[(16 * 1024 * 1024) + 1]) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/workloads") { Content = body };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await SendAsync(request, accept, Host.Client.DefaultRequestHeaders.Authorization!.Parameter);

        await TestHost.ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("/nowhere", "*/*")]
    [InlineData("/nowhere", "text/html")]
    [InlineData("/v1/usage", "text/csv")]
    [InlineData("/api/v1/nowhere", "text/csv")]
    [InlineData("/api/v1/nowhere", "text/html")]
    public async Task An_unknown_address_is_a_404_for_a_caller_with_a_key(string path, string accept)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var answer = await SendAsync(new(method, path), accept, Host.Client.DefaultRequestHeaders.Authorization!.Parameter);

            await TestHost.ProblemAsync(answer, HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task An_unknown_address_is_a_404_also_with_a_key_that_nobody_issued()
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/nowhere"), "*/*", "nonsense");

        await TestHost.ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_page_takes_no_key()
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/budgets"), "text/html", Host.Client.DefaultRequestHeaders.Authorization!.Parameter);

        await TestHost.ProblemAsync(answer, HttpStatusCode.Unauthorized);
    }

    /// <summary>A proxy before the host may ask browsers for a password of its own.</summary>
    [Fact]
    public async Task A_browser_with_a_password_for_a_proxy_still_gets_to_the_sign_in_page()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("ada:secret")));
        using var answer = await SendAsync(request, "text/html", key: null);

        Assert.Equal((HttpStatusCode.Found, "/sign-in"), (answer.StatusCode, answer.Headers.Location?.AbsolutePath));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string accept, string? key)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Host.Address) };
        request.Headers.Accept.ParseAdd(accept);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
