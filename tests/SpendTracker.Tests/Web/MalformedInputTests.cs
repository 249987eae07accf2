using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Web;

/// <summary>Input that no rule of the domain looks at, since it is no text, no list or no form. It is refused by the field's name, like all else.</summary>
public sealed class MalformedInputTests(OneHost one) : IClassFixture<OneHost>
{
    private const string HalfPair = "\\ud800";

    private static readonly string Month = BillingPeriod.Of(Given.Day).ToString();

    private TestHost Host => one.Host;

    [Theory]
    [InlineData("gpt-4o", HalfPair, "model")]
    [InlineData("\"approach\"", "\"appr\\udc00\"", "")]
    [InlineData("\"type\"", "\"\\uDBFF\":1,\"type\"", "")]
    [InlineData("\"approach\"", "\"id\":\"\\uD83D\",\"approach\"", "id")]
    [InlineData("gpt-4o", "\u0001", "model")] // Stands for a byte that UTF-8 does not have.
    [InlineData("\"approach\"", "\"a\u0001\"", "")]
    public async Task An_event_with_a_text_that_is_no_Unicode_is_refused_and_the_others_are_stored(string right, string wrong, string field)
    {
        var good = Given.TokensJson(Guid.NewGuid().ToString());
        var bad = Given.TokensJson().Replace(right, wrong, StringComparison.Ordinal);
        foreach (var (body, contentType) in new[] { ($"[{bad},{good},{{\"variant\":\"\\ud83d\\udcb8\"}}]", "application/json"), ($"{bad}\n{good}\n{{}}", "application/x-ndjson") })
        {
            using var content = new ByteArrayContent(Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
            using var response = await Host.Client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.MultiStatus, response.StatusCode);
            var results = JsonSerializer.Deserialize(text, ContractsJson.Default.UsageResponse)!.Results;
            Assert.Equal(field, Assert.Single(results[0].Reasons!).Field);
            Assert.Contains(results[1].Status, (AppendStatus[])[AppendStatus.Appended, AppendStatus.Duplicate]);
            Assert.Equal("type", Assert.Single(results[2].Reasons!).Field);
        }
    }

    [Theory]
    [InlineData("POST", "workloads", """{"workload":"w","name":"\ud800","team":"t","approach":"hybrid"}""", "name")]
    [InlineData("POST", "workloads", """{"workload":"w","name":"n","team":"t","approach":"hybrid","tags":{"\ud800":"v"}}""", "tags")]
    [InlineData("POST", "workloads", """{"workload":"w","\ud800":"n"}""", "")]
    [InlineData("POST", "workloads", "{\"workload\":\"w\",\"name\":\"n\u0001\"}", "name")]
    [InlineData("POST", "usage/corrections", """{"corrects":{"id":"\ud800"},"reason":"r"}""", "corrects.id")]
    [InlineData("POST", "usage/corrections", """{"corrects":{"id":"1"},"reason":"r","replacement":{"\udfff":1}}""", "replacement")]
    [InlineData("PUT", "budgets/b", """{"name":"b","scope":{"team":["a","\ud800"]},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1}""", "scope.team[1]")]
    [InlineData("POST", "rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","prices":[null],"source":"s"}""", "prices")]
    [InlineData("POST", "estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1},null]}""", "lines")]
    [InlineData("POST", "estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1}],"assumptions":{"calls":null}}""", "assumptions.calls")]
    [InlineData("PUT", "budgets/b", """{"name":"b","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amount":1,"thresholds":[null]}""", "thresholds")]
    [InlineData("PUT", "channels/c", """{"name":"c","address":{}}""", "address.kind")]
    [InlineData("PUT", "channels/c", """{"name":"c","address":{"url":"https://example.com"}}""", "address.kind")]
    [InlineData("PUT", "channels/c", """{"name":"c","address":{"kind":"email","server":"s","port":25,"tls":false,"from":"a@b.c","to":[null]}}""", "address.to")]
    public async Task A_body_that_cannot_be_taken_names_the_field(string method, string path, string body, string field)
    {
        using var content = new ByteArrayContent(Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}") { Content = content };
        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertNamesAsync(response, field);
    }

    [Theory]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","source":"s","prices":[{"meter":"input-tokens","price":"x"}]}""", "prices[0].price", "Must be a number with at most 28 digits.")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","source":"s","prices":[{"meter":"input-tokens"}]}""", "prices[0]", "Missing: price.")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","source":"s","prices":[{"meter":null,"price":1}]}""", "prices[0].meter", "Must be a text.")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"2026-01-01","currency":"USD","source":"s","prices":{}}""", "prices", "Must be a list or an object of the documented shape.")]
    [InlineData("rates", """{"sku":"a/b","effectiveFrom":"1.1.26","currency":"USD","source":"s","prices":[]}""", "effectiveFrom", "Must be a day like 2026-01-31.")]
    [InlineData("usage/corrections", """{"corrects":{"eventId":"x"},"reason":"r"}""", "corrects.eventId", "Must be an id like 01a2b3c4-0000-7000-8000-000000000001.")]
    [InlineData("workloads", """{"workload":"w","name":"n","team":"t","approach":"hybrid","tags":{"a":1}}""", "tags.a", "Must be a text.")]
    [InlineData("workloads", """{"workload":"w","name":"n","team":"t","approach":"hybrid","tags":[]}""", "tags", "Must be a list or an object of the documented shape.")]
    [InlineData("estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"nonsense"}]}""", "lines[0].component", "Must be one of ")]
    public async Task A_value_that_cannot_be_taken_is_told_in_the_callers_words(string path, string body, string field, string reason)
    {
        using var response = await Host.PostAsync($"/api/v1/{path}", body);

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.StartsWith(reason, problem.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"m":{"litellm_provider":"openai","mode":"\ud800"}}""", "m.mode")]
    [InlineData("""{"\ud800":{"litellm_provider":"openai"}}""", "Unicode")]
    [InlineData("""{"m":{"\ud800":1}}""", "m:")]
    public async Task A_price_map_with_a_text_that_is_no_Unicode_is_refused_with_the_place(string body, string place)
    {
        using var response = await Host.PostAsync("/api/v1/rates/import", body);

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(place, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("costs?where=team=%00", "where")]
    [InlineData("costs/explain?month=2026-01&workload=%00", "workload")]
    [InlineData("events?workload=a%00b", "workload")]
    [InlineData("events?workload=a&sku=%00", "sku")]
    [InlineData("events?workload=a&unheard%00of=1", "unheard�of")]
    [InlineData("estimates?workload=%00", "workload")]
    [InlineData("rates?sku=%00", "sku")]
    [InlineData("rates?sku=%0A", "sku")]
    [InlineData("alerts?budget=%00", "budget")]
    public async Task A_control_character_in_the_query_is_refused_by_the_parameters_name(string query, string field)
    {
        using var response = await Host.Client.GetAsync(new Uri($"/api/v1/{query}", UriKind.Relative), TestContext.Current.CancellationToken);

        await AssertNamesAsync(response, field);
    }

    [Theory]
    [InlineData("DELETE", "budgets/none?reason=%00", "reason")]
    [InlineData("DELETE", "channels/none?reason=%00", "reason")]
    [InlineData("POST", "rates/import?provider=%00", "provider")]
    [InlineData("POST", "exchange-rates/import?currency=%00", "currency")]
    public async Task So_it_is_where_something_would_change(string method, string query, string field)
    {
        using var response = await Host.SendAsync(new HttpMethod(method), $"/api/v1/{query}", "{}");

        await AssertNamesAsync(response, field);
    }

    [Theory]
    [InlineData("to=x", "to")]
    [InlineData("from=x", "from")]
    [InlineData("to=0001-01-01", "to")]
    [InlineData("from=x&to=x", "from")]
    public async Task A_day_of_an_explanation_that_is_none_is_refused(string query, string field)
    {
        using var response = await Host.Client.GetAsync(new Uri($"/api/v1/costs/explain?month={Month}&{query}", UriKind.Relative), TestContext.Current.CancellationToken);

        await AssertNamesAsync(response, field);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/acknowledge")]
    public async Task A_form_that_cannot_be_read_is_refused(string path)
    {
        using var many = new FormUrlEncodedContent(Enumerable.Range(0, 1_025).Select(i => new KeyValuePair<string, string>($"field{i}", "")));
        using var unbounded = Multipart("multipart/form-data", "--x\r\n");
        using var unended = Multipart("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc");
        using var garbled = Multipart("multipart/form-data; boundary=x", "--x\r\nno header\r\n\r\nabc\r\n--x--\r\n");
        foreach (var form in (HttpContent[])[many, unbounded, unended, garbled])
        {
            using var response = await Host.Client.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);

            await AssertNamesAsync(response, "form");
        }
    }

    /// <summary>The field's own refusal, in the answer to a request that is wrong as a whole.</summary>
    private static async Task AssertNamesAsync(HttpResponseMessage response, string field)
    {
        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
    }

    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => b == 1 ? (byte)0xFF : b)];

    private static ByteArrayContent Multipart(string contentType, string body)
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }
}
