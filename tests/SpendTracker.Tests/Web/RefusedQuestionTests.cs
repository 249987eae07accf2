using System.Net;
using System.Text;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Web;

/// <summary>What is asked or published without sense is refused with its field, or for want of a scope. Nothing is left behind, so one host does.</summary>
public sealed class RefusedQuestionTests(OneHost one) : IClassFixture<OneHost>
{
    private readonly TestHost _host = one.Host;

    [Theory]
    [InlineData("/api/v1/costs?from=2026-13", "from")]
    [InlineData("/api/v1/costs?from=2026-02&to=2026-01", "to")]
    [InlineData("/api/v1/costs?from=2001-01&to=2026-01", "to")]
    [InlineData("/api/v1/costs?by=colour", "by")]
    [InlineData("/api/v1/costs?format=xml", "format")]
    [InlineData("/api/v1/estimates?from=soon", "from")]
    public async Task A_question_that_makes_no_sense_names_the_field(string path, string field)
    {
        using var response = await _host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        await AssertFieldAsync(response, field);
    }

    [Theory]
    [InlineData("workloads", """{"workload":"a b","name":"n","team":"t","approach":"hybrid"}""", "workload")]
    [InlineData("workloads", """{"workload":"a","name":"n","approach":"hybrid"}""", "team")]
    [InlineData("workloads", """{"workload":"a","name":"n","team":"t","approach":"hybrid","colour":"red"}""", "colour")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"EURO","prices":[{"meter":"input-tokens","price":1}],"source":"s"}""", "currency")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":-1}],"source":"s"}""", "prices[0].price")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"smiles","price":1}],"source":"s"}""", "prices[0].meter")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":1,"per":7}],"source":"s"}""", "prices[0].per")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":0.0000000000001}],"source":"s"}""", "prices[0].price")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[],"source":"s"}""", "prices")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"tomorrow","currency":"USD","prices":[],"source":"s"}""", "effectiveFrom")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":1},{"meter":"input-tokens","price":2}],"source":"s"}""", "prices")]
    [InlineData("estimates", """{"workload":"a","approach":"hybrid","from":"2026-02","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1}]}""", "to")]
    [InlineData("estimates", """{"workload":"a","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage"}]}""", "lines[0]")]
    [InlineData("estimates", """{"workload":"a","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1,"quantity":1,"price":1}]}""", "lines[0]")]
    [InlineData("estimates", """{"workload":"a","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[]}""", "lines")]
    public async Task What_is_published_is_checked_field_by_field(string noun, string body, string field)
    {
        using var response = await _host.PostAsync($"/api/v1/{noun}", body);

        await AssertFieldAsync(response, field);
    }

    [Theory]
    [InlineData("workloads")]
    [InlineData("rates")]
    [InlineData("estimates")]
    public async Task Publishing_needs_its_scope_and_reading_needs_its_own(string noun)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_host.Address) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await _host.IssueKeyAsync([Scope.Record, Scope.Read]));
        using (var post = await client.PostAsync(new Uri($"/api/v1/{noun}", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);
        }

        client.DefaultRequestHeaders.Authorization = new("Bearer", await _host.IssueKeyAsync([Scope.Record, Scope.Publish]));
        foreach (var path in (string[])[$"/api/v1/{noun}", "/api/v1/costs"])
        {
            using var get = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, get.StatusCode);
        }

        client.DefaultRequestHeaders.Authorization = null;
        using var open = await client.GetAsync(new Uri($"/api/v1/{noun}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, open.StatusCode);
    }

    [Fact]
    public async Task Health_answers_without_a_key()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(_host.Address) };
        foreach (var path in (string[])["/health/live", "/health/ready"])
        {
            using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static async Task AssertFieldAsync(HttpResponseMessage response, string field)
    {
        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }
}
