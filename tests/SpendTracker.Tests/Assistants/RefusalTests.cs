using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Web.Assistants;

namespace SpendTracker.Tests.Assistants;

/// <summary>Who is not let in, and what is not answered.</summary>
[Collection<AssistedTests>]
public sealed class RefusalTests(AssistedHost assisted)
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    [Fact]
    public async Task Nobody_asks_without_a_key_that_can_read()
    {
        var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => assisted.ConnectAsync(null));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => assisted.ConnectAsync("spend_000000000000_nonsense"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var records = await assisted.Host.IssueKeyAsync([.. Enum.GetValues<Scope>().Where(scope => scope != Scope.Read)]);
        refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => assisted.ConnectAsync(records));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        await TestHost.ProblemAsync(await PostAsync(List, null), HttpStatusCode.Unauthorized);
        await TestHost.ProblemAsync(await PostAsync(List, records), HttpStatusCode.Forbidden);
        Assert.DoesNotContain(assisted.Logged, line => line.Contains("AuthenticationScheme", StringComparison.Ordinal)); // Who guesses keys does not fill the log.
    }

    [Theory]
    [InlineData("get_costs", "by", "workload", "Ask for one of them with where=workload=")]
    [InlineData("get_costs", "where", "workload=chat", "Ask for one of them with where=workload=")]
    [InlineData("get_events", "workload", "chat", "Ask for one of them with workload=")]
    [InlineData("explain_costs", "month", "2026-05", "Ask for one of them with workload=")]
    [InlineData("get_unpriced", "from", "2026-06", "This answer is about the whole organisation")]
    [InlineData("get_rates", "sku", "openai/m", "This answer is about the whole organisation")]
    public async Task A_key_that_is_bound_to_workloads_is_told_of_no_other(string tool, string argument, string value, string reason)
    {
        var key = await assisted.Host.IssueKeyAsync([Scope.Read], "mail");
        await using var bound = await assisted.ConnectAsync(key);

        var refused = await bound.CallToolAsync(tool, new Dictionary<string, object?> { [argument] = value }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(refused.IsError);
        Assert.StartsWith($"This API key is bound to the workload mail. {reason}", AssistedHost.TextOf(refused), StringComparison.Ordinal);

        var own = await bound.CallToolAsync("get_costs", new Dictionary<string, object?> { ["where"] = new[] { "workload=mail" } }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(own.IsError is not true);
        var listed = AssistedHost.TextOf(await bound.CallToolAsync("get_workloads", cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("mail", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("chat", listed, StringComparison.Ordinal);
    }

    /// <summary>A page that its owner led to this host, or one that found a key.</summary>
    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    public async Task No_page_of_another_site_asks_even_with_a_key(string origin) =>
        await TestHost.ProblemAsync(await PostAsync(List, assisted.Key, origin), HttpStatusCode.Forbidden);

    [Fact]
    public async Task A_page_of_the_host_may_ask_with_a_key()
    {
        using var answer = await PostAsync(List, assisted.Key, assisted.Host.Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Mcp-Session-Id")); // Any host answers any request.
    }

    [Theory]
    [InlineData("get_costs", "from", "June", "from: Must be a month like 2026-01.")]
    [InlineData("get_costs", "to", "2020-01", "to: Must not be before from.")]
    [InlineData("get_costs", "by", "colour", "by: Must be one or several of ")]
    [InlineData("get_costs", "where", "team", "where: Must be like team=Support, with one of ")]
    [InlineData("get_costs", "knownOn", "2027-01-01", "knownOn: Must not be in the future: today is 2026-06-20.")]
    [InlineData("get_costs", "limit", 0, "limit: Must be a whole number from 1 to 200.")]
    [InlineData("get_costs", "limit", 1e30, "limit: Must be a whole number from 1 to 200.")]
    [InlineData("get_costs", "limit", "all", "limit: Must be a whole number from 1 to 200.")]
    [InlineData("get_costs", "cursor", "-1", "cursor: Must be the `next` of an answer to the same question.")]
    [InlineData("get_costs", "cursor", "2026-05.4", "cursor: Must be the `next` of an answer to the same question.")]
    [InlineData("get_costs", "form", "2026-05", "form: Not an argument here; these are from, to, by, where, knownOn, limit, cursor.")]
    [InlineData("get_costs", "by", true, "by: Must be a text.")]
    [InlineData("get_costs", "where", "team=\u0000", "where: Must not contain control characters.")]
    [InlineData("get_unpriced", "cursor", "1", "cursor: Not an argument here; these are from, to, knownOn, limit.")]
    [InlineData("get_events", "cursor", "2026", "cursor: Must be the next of a page before.")]
    [InlineData("get_events", "approach", "magic", "approach: Must be one of prompt-engineering, fine-tuning, hybrid.")]
    [InlineData("get_alerts", "cursor", "x", "cursor: Must be the next of a page before.")]
    [InlineData("get_advice", "needs", "luck", "workload: Must be given.")]
    [InlineData("compare", "amortisationMonths", 121, "amortisationMonths: Must be a whole number from 1 to 120.")]
    [InlineData("get_budget", "id", "none", "There is no such budget.")]
    [InlineData("get_budget", "id", "../costs?by=team", "There is no such budget.")]
    [InlineData("get_billing_period", "month", "..", "month: Must be a month like 2026-01.")]
    [InlineData("get_events", "id", "00000000-0000-0000-0000-000000000000", "There is no usage event of that id.")]
    public async Task A_refusal_names_the_argument_and_the_limit(string tool, string argument, object value, string reason)
    {
        var refusal = await assisted.RefusalAsync(tool, (argument, value));

        Assert.StartsWith(reason, refusal.Split('\n').First(line => line.StartsWith(reason[..Math.Min(reason.Length, 10)], StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_are_bounded()
    {
        Assert.Contains($"by: At most {ToolArgument.MostCharacters:#,0} characters.", await assisted.RefusalAsync("get_costs", ("by", new string('x', 5_000))), StringComparison.Ordinal);
        Assert.Contains($"where: At most {ToolArgument.MostValues} values.", await assisted.RefusalAsync("get_costs", ("where", Enumerable.Repeat("team=x", 11).ToArray())), StringComparison.Ordinal);
        using var five = JsonDocument.Parse("5.0");
        Assert.Equal(5, (await assisted.AskAsync("get_costs", ("limit", five.RootElement)))["query"]!["limit"]!.GetValue<int>());
        var large = $"{List[..^1]},\"params\":{{\"cursor\":\"{new string('x', 100_000)}\"}}}}";
        await TestHost.ProblemAsync(await PostAsync(large, assisted.Key), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task No_secret_is_answered_or_logged()
    {
        StringBuilder answers = new();
        foreach (var tool in Tools.All)
        {
            answers.Append(AssistedHost.TextOf(await assisted.CallAsync(tool.Name)));
        }

        var secret = assisted.Key.Split('_')[2];
        Assert.DoesNotContain(secret, answers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Password", answers.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(assisted.Logged, line => line.Contains(secret, StringComparison.Ordinal));
        await TestHost.ProblemAsync(await PostAsync(List, "spend_000000000000_nonsense"), HttpStatusCode.Unauthorized);
        Assert.Contains(assisted.Logged, line => line.Contains("unknown, wrong or revoked", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    public async Task What_is_not_said_to_be_JSON_is_refused(string? type) =>
        await TestHost.ProblemAsync(await PostAsync(List, assisted.Key, type: type), HttpStatusCode.UnsupportedMediaType);

    private async Task<HttpResponseMessage> PostAsync(string body, string? key, string? origin = null, string? type = "application/json")
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{assisted.Host.Address}/mcp") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
