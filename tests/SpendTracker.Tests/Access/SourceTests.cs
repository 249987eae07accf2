using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Access;

/// <summary>A key takes ids of its own source, and learns nothing of events that it may not see.</summary>
public sealed class SourceTests(OneHost one) : IClassFixture<OneHost>
{
    private const string OtherWorkload = "\"workload\":\"payroll\"";

    private TestHost Host => one.Host;

    [Fact]
    public async Task A_key_that_was_not_issued_for_more_takes_ids_of_its_own_source_only()
    {
        using var service = await CallerAsync("service", [Scope.Record], anySource: false);
        var refused = await RecordAsync(service, Given.TokensJson("own-1", ",\"source\":\"gateway\""));
        var taken = await RecordAsync(service, Given.TokensJson("own-1", ",\"source\":\"service\""));

        Assert.Equal((AppendStatus.Refused, "source"), (refused.Status, Assert.Single(refused.Reasons!).Field));
        Assert.Contains("'service'", refused.Reasons![0].Reason, StringComparison.Ordinal);
        Assert.Equal((AppendStatus.Appended, EventId.From(Tenant.Default, "service", "own-1")), (taken.Status, taken.EventId));
    }

    [Fact]
    public async Task A_gateways_key_takes_ids_of_any_source_also_where_it_is_bound_to_workloads()
    {
        using var gateway = await CallerAsync("gateway", [Scope.Record], anySource: true, "support-chat");
        var taken = await RecordAsync(gateway, Given.TokensJson("any-1", ",\"source\":\"elsewhere\""));

        Assert.Equal((AppendStatus.Appended, EventId.From(Tenant.Default, "elsewhere", "any-1")), (taken.Status, taken.EventId));
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "support-chat")]
    public async Task A_key_from_before_goes_on_with_any_source_unless_it_is_bound_to_workloads(bool expected, string workload)
    {
        var keys = Host.Services.GetRequiredService<ApiKeys>();
        var key = await Host.IssueKeyAsync($"old-{expected}", [Scope.Record], workload.Length == 0 ? [] : [workload], anySource: false);
        var id = key.Split('_')[1];
        await Host.Database.ExecuteAsync($"update spend.mt_events set data = data - 'anySource' where stream_id = 'access/key-{id}'");

        Assert.Equal(expected, (await keys.FindAsync(key, TestContext.Current.CancellationToken))!.Value.Key.AnySource);
        Assert.Equal(expected, Assert.Single(await keys.ListAsync(TestContext.Current.CancellationToken), listed => listed.Id == id).AnySource);
    }

    [Fact]
    public async Task A_bound_key_does_not_learn_what_is_stored_for_another_workload()
    {
        using var unbound = await CallerAsync("shared", [Scope.Record], anySource: false);
        using var bound = await CallerAsync("shared", [Scope.Record, Scope.Read], anySource: false, "support-chat");
        await RecordAsync(unbound, Given.TokensJson("secret-1", ",\"variant\":\"top-secret\"").Replace("\"workload\":\"support-chat\"", OtherWorkload, StringComparison.Ordinal));
        var conflict = await RecordAsync(bound, Given.TokensJson("secret-1"));

        Assert.Equal((AppendStatus.Conflict, "id"), (conflict.Status, Assert.Single(conflict.Reasons!).Field));
        Assert.DoesNotContain("payroll", JsonSerializer.Serialize(conflict), StringComparison.Ordinal);
        Assert.DoesNotContain("secret\"", JsonSerializer.Serialize(conflict), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bound_key_learns_the_difference_of_its_own_workloads()
    {
        using var bound = await CallerAsync("mine", [Scope.Record], anySource: false, "support-chat");
        await RecordAsync(bound, Given.TokensJson("mine-1"));
        var conflict = await RecordAsync(bound, Given.TokensJson("mine-1", ",\"variant\":\"x\""));

        Assert.Equal("variant", Assert.Single(conflict.Reasons!).Field);
    }

    [Theory]
    [InlineData(false, "id")]
    [InlineData(true, "variant")]
    public async Task What_others_stored_is_shown_to_a_gateway_that_may_read(bool mayRead, string field)
    {
        using var owner = await CallerAsync("owner", [Scope.Record], anySource: false);
        using var gateway = await CallerAsync("gateway", mayRead ? [Scope.Record, Scope.Read] : [Scope.Record], anySource: true);
        await RecordAsync(owner, Given.TokensJson($"read-{mayRead}"));
        var conflict = await RecordAsync(gateway, Given.TokensJson($"read-{mayRead}", ",\"source\":\"owner\",\"variant\":\"x\""));

        Assert.Equal((AppendStatus.Conflict, field), (conflict.Status, Assert.Single(conflict.Reasons!).Field));
    }

    [Fact]
    public async Task A_replacement_takes_ids_of_its_own_source_only()
    {
        using var service = await CallerAsync("replacing", [Scope.Record], anySource: false);
        await RecordAsync(service, Given.TokensJson("r-1"));
        using var answer = await PostAsync(service, "usage/corrections", $$"""{"corrects":{"id":"r-1"},"reason":"wrong","replacement":{{Given.TokensJson("r-2", ",\"source\":\"gateway\"")}}}""");

        await AssertNamesAsync(answer, HttpStatusCode.Forbidden, "replacement.source");
    }

    [Theory]
    [InlineData("""{"id":"later","source":"gateway"}""", HttpStatusCode.Forbidden)]
    [InlineData("""{"eventId":"01a2b3c4-0000-7000-8000-000000000001"}""", HttpStatusCode.Forbidden)]
    [InlineData("""{"id":"later"}""", HttpStatusCode.OK)]
    [InlineData("""{"id":"later","source":"early"}""", HttpStatusCode.OK)]
    public async Task Ids_of_another_source_cannot_be_corrected_before_they_are_recorded(string corrects, HttpStatusCode expected)
    {
        using var service = await CallerAsync("early", [Scope.Record], anySource: false);
        using var answer = await PostAsync(service, "usage/corrections", $$"""{"corrects":{{corrects}},"reason":"Will be wrong."}""");

        Assert.Equal(expected, answer.IsSuccessStatusCode ? HttpStatusCode.OK : answer.StatusCode); // 201, or 200 if the same was corrected before.
    }

    [Fact]
    public async Task A_replacement_in_the_place_of_another_workloads_event_shows_nothing_of_it()
    {
        using var unbound = await CallerAsync("both", [Scope.Record], anySource: false);
        using var bound = await CallerAsync("both", [Scope.Record], anySource: false, "support-chat");
        await RecordAsync(unbound, Given.TokensJson("other-1").Replace("\"workload\":\"support-chat\"", OtherWorkload, StringComparison.Ordinal));
        await RecordAsync(bound, Given.TokensJson("wrong-1"));
        using var answer = await PostAsync(bound, "usage/corrections", $$"""{"corrects":{"id":"wrong-1"},"reason":"wrong","replacement":{{Given.TokensJson("other-1")}}}""");

        await AssertNamesAsync(answer, HttpStatusCode.Conflict, "replacement.id");
        Assert.DoesNotContain("payroll", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private async Task<HttpClient> CallerAsync(string name, IReadOnlyList<Scope> scopes, bool anySource, params string[] workloads) => new()
    {
        BaseAddress = new Uri(Host.Address),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await Host.IssueKeyAsync(name, scopes, workloads, anySource)) },
    };

    private static async Task<HttpResponseMessage> PostAsync(HttpClient caller, string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await caller.PostAsync(new Uri($"/api/v1/{path}", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    private static async Task<UsageResult> RecordAsync(HttpClient caller, string json)
    {
        using var response = await PostAsync(caller, "usage", json);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return Assert.Single(JsonSerializer.Deserialize(text, ContractsJson.Default.UsageResponse)!.Results);
    }

    private static async Task AssertNamesAsync(HttpResponseMessage answer, HttpStatusCode status, string field)
    {
        var problem = await TestHost.ProblemAsync(answer, status);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }
}
