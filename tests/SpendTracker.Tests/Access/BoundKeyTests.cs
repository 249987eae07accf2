using System.Net;
using System.Security.Claims;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Access;

namespace SpendTracker.Tests.Access;

/// <summary>A key that is bound to workloads records and reads for them alone. Every route refuses it unless the table says otherwise: see RouteAccessTests.</summary>
public sealed class BoundKeyTests(OneHost one) : IClassFixture<OneHost>
{
    [Theory]
    [InlineData("chat", true)]
    [InlineData("search", true)]
    [InlineData("chat-2", false)]
    [InlineData("cha", false)]
    [InlineData("Chat", false)]
    public void A_bound_key_covers_the_workloads_that_it_names_and_no_other(string workload, bool covers)
    {
        Assert.Equal(covers, ApiClaims.Covers(CallerOf("chat", "search"), workload));
        Assert.True(ApiClaims.Covers(CallerOf(), workload));
    }

    [Fact]
    public void A_scope_is_covered_if_it_names_the_keys_workloads_and_no_other()
    {
        Assert.True(Covers("workload", "chat"));
        Assert.True(Covers("workload", "chat", "search"));
        Assert.False(Covers("workload", "chat", "other"));
        Assert.False(Covers("team", "chat"));
        Assert.False(ApiClaims.Covers(CallerOf("chat"), new Dictionary<string, IReadOnlyList<string>>()));
        Assert.True(ApiClaims.Covers(CallerOf(), new Dictionary<string, IReadOnlyList<string>>()));

        static bool Covers(string dimension, params string[] values) =>
            ApiClaims.Covers(CallerOf("chat", "search"), new Dictionary<string, IReadOnlyList<string>> { [dimension] = values });
    }

    [Theory]
    [InlineData("costs?where=workload=chat", 200)]
    [InlineData("costs?where=workload=chat&where=team=Support", 200)]
    [InlineData("costs?where=workload=other", 403)]
    [InlineData("costs?where=workload=chat&where=workload=other", 403)]
    [InlineData("costs?where=workload=chat&where=workload=search", 200)]
    [InlineData("costs?where=team=Support", 403)]
    [InlineData("costs?by=workload", 403)]
    [InlineData("costs?WHERE=workload=chat", 200)]
    [InlineData("costs?where=Workload=chat", 403)]
    [InlineData("costs?where=workload=chat&format=csv", 200)]
    [InlineData("forecast?where=workload=chat", 200)]
    [InlineData("forecast", 403)]
    [InlineData("events?workload=chat", 200)]
    [InlineData("events?workload=chat&workload=other", 403)]
    [InlineData("events?workload=chat&workload=search", 403)] // The workload "chat,search" is another one.
    [InlineData("events?workload=other", 403)]
    [InlineData("events?id=00000000-0000-0000-0000-000000000001", 403)]
    [InlineData("events?workload=chat&id=00000000-0000-0000-0000-000000000001", 400)]
    [InlineData("estimates?workload=chat", 200)]
    [InlineData("estimates", 403)]
    [InlineData("anomalies?workload=chat", 200)]
    [InlineData("anomalies?workload=", 403)]
    [InlineData("costs/explain?month=2026-01&workload=chat", 200)]
    [InlineData("costs/changes?where=workload=chat", 200)]
    [InlineData("costs/changes", 403)]
    [InlineData("rates", 403)]
    [InlineData("unpriced", 403)]
    [InlineData("workloads", 200)]
    public async Task What_is_asked_must_name_the_keys_workload(string path, int status)
    {
        var key = await one.Host.IssueKeyAsync([Scope.Read], "chat", "search");
        using var answer = await SendAsync(HttpMethod.Get, path, key);

        if (status == 403)
        {
            var problem = await TestHost.ProblemAsync(answer, HttpStatusCode.Forbidden);
            Assert.StartsWith("This API key is bound to the workloads chat, search.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Lists_hold_what_is_of_the_keys_workloads_and_changes_of_others_are_refused()
    {
        foreach (var workload in (string[])["chat", "other"])
        {
            await AssertAsync(HttpStatusCode.OK, one.Host.PostAsync("/api/v1/workloads", WorkloadOf(workload)));
            await AssertAsync(HttpStatusCode.Created, one.Host.SendAsync(HttpMethod.Put, $"/api/v1/budgets/of-{workload}", BudgetOf($"\"workload\":[\"{workload}\"]")));
        }

        await AssertAsync(HttpStatusCode.Created, one.Host.SendAsync(HttpMethod.Put, "/api/v1/budgets/all", BudgetOf("")));
        await one.Host.GetUntilAsync("/api/v1/budgets/all/allowance", _ => true);
        await one.Host.GetUntilAsync("/api/v1/budgets/of-chat/allowance", _ => true);
        var key = await one.Host.IssueKeyAsync([Scope.Read, Scope.Publish], "chat");

        Assert.Equal(["chat"], await ListedAsync("workloads", "\"id\":\"", key));
        Assert.Equal(["of-chat"], (await ListedAsync("budgets", "\"budget\":\"", key)).Distinct());
        foreach (var (method, path, body, status) in ((HttpMethod, string, string?, HttpStatusCode)[])
            [(HttpMethod.Get, "budgets/of-chat", null, HttpStatusCode.OK), (HttpMethod.Get, "budgets/of-other", null, HttpStatusCode.NotFound), (HttpMethod.Get, "budgets/all", null, HttpStatusCode.NotFound),
             (HttpMethod.Get, "budgets/of-chat/allowance", null, HttpStatusCode.OK), (HttpMethod.Get, "budgets/all/allowance", null, HttpStatusCode.NotFound),
             (HttpMethod.Post, "workloads", WorkloadOf("chat"), HttpStatusCode.OK), (HttpMethod.Post, "workloads", WorkloadOf("other"), HttpStatusCode.Forbidden),
             (HttpMethod.Post, "estimates", EstimateOf("chat"), HttpStatusCode.Created), (HttpMethod.Post, "estimates", EstimateOf("other"), HttpStatusCode.Forbidden)])
        {
            using var answer = await SendAsync(method, path, key, body);
            Assert.True(answer.StatusCode == status, $"{method} {path} answered {answer.StatusCode}.");
        }
    }

    private static string WorkloadOf(string workload) => $$"""{"workload":"{{workload}}","name":"W","team":"Support","approach":"hybrid"}""";

    private static string BudgetOf(string scope) => $$"""{"name":"B","scope":{ {{scope}} },"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1000}""";

    private static string EstimateOf(string workload) =>
        $$"""{"workload":"{{workload}}","approach":"hybrid","from":"2026-01","to":"2026-12","currency":"USD","lines":[{"component":"labour","amount":10.5}]}""";

    private static async Task AssertAsync(HttpStatusCode status, Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        Assert.Equal(status, answer.StatusCode);
    }

    private async Task<string[]> ListedAsync(string path, string member, string key)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, key);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return [.. text.Split(member).Skip(1).Select(rest => rest.Split('"')[0])];
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string key, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/{path}") { Headers = { Authorization = new("Bearer", key) } };
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await one.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static ClaimsPrincipal CallerOf(params string[] workloads) =>
        ApiClaims.For(new ApiKey("1", "Key", [Scope.Record], workloads, AnySource: false, Given.At(Given.Day), Revoked: false), "test");
}
