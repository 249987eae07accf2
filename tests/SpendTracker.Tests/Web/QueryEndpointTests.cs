using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Web;

/// <summary>Costs, workloads, rates and estimates over HTTP.</summary>
public sealed class QueryEndpointTests : IAsyncLifetime
{
    private static readonly string Month = BillingPeriod.Of(Given.Day).ToString();

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Recorded_usage_shows_in_the_costs_and_totals_are_the_sum_of_parts()
    {
        await PostOkAsync("/api/v1/workloads", """{"workload":"support-chat","name":"Support chat","team":"Support","approach":"prompt-engineering","tags":{"product":"checkout","it's":"$1"}}""");
        await PostOkAsync("/api/v1/estimates", $$"""{"workload":"support-chat","approach":"prompt-engineering","from":"{{Month}}","to":"{{Month}}","currency":"USD","lines":[{"component":"usage","quantity":2000000,"price":2.5,"per":1000000},{"component":"labour","amount":10.5}]}""");
        await _host.RecordAsync($"[{Given.TokensJson("1")},{Given.TokensJson("2").Replace("gpt-4o", "unheard-of", StringComparison.Ordinal)}]");

        var costs = await _host.GetUntilAsync(
            $"/api/v1/costs?from={Month}&to={Month}&by=team,component",
            answer => answer.GetProperty("total").GetProperty("estimated").GetDecimal() == 15.5m && answer.GetProperty("total").GetProperty("actual").GetDecimal() == 0.0035m);

        var total = costs.GetProperty("total");
        Assert.Equal(1_100m, total.GetProperty("unpriced").GetProperty("tokens").GetDecimal());
        var toDate = total.GetProperty("estimatedToDate").GetDecimal();
        Assert.InRange(toDate, 0, 15.5m);
        Assert.Equal(0.0035m - toDate, total.GetProperty("variance").GetDecimal());
        Assert.Equal(total.GetProperty("actual").GetDecimal(), costs.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("actual").GetDecimal()));
        Assert.Equal("USD", costs.GetProperty("currency").GetString());
        var daily = await _host.GetUntilAsync($"/api/v1/costs?from={Month}&to={Month}&by=team,component&granularity=day", answer => answer.GetProperty("days").GetArrayLength() == 1);
        Assert.Equal(0.0035m, daily.GetProperty("days")[0].GetProperty("actual").GetDecimal());
        Assert.Equal("Support", daily.GetProperty("days")[0].GetProperty("keys").GetProperty("team").GetString());
        Assert.Equal($"{Given.Day:yyyy-MM-dd}", daily.GetProperty("days")[0].GetProperty("day").GetString());
        Assert.False(costs.TryGetProperty("days", out _));
        foreach (var (question, field) in ((string, string)[])[("granularity=week", "granularity"), ("granularity=day&by=origin", "by"), ("granularity=day&from=2020-01", "from"), ("granularity=day&from=2026-01&to=2026-06", "to"), ("granularity=day&where=origin=2026-01", "where")])
        {
            using var refused = await _host.Client.GetAsync(new Uri($"/api/v1/costs?{question}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.True((await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("errors").TryGetProperty(field, out _), question);
        }

        Assert.All(costs.GetProperty("rows").EnumerateArray(), row => Assert.Equal("Support", row.GetProperty("keys").GetProperty("team").GetString()));
        foreach (var (asked, value, actual) in ((string, string, decimal)[])
        [
            ("by=tag.product&where=tag.it's=$1&where=team=Support", "checkout", 0.0035m), ("by=tag.it's,tag.product&where=tag.product=checkout", "checkout", 0.0035m),
            ("by=tag.product&where=tag.product=(none)", "checkout", 0), ("by=tag.other&where=tag.product=checkout", "(none)", 0.0035m),
        ])
        {
            foreach (var granularity in (string[])["", "&granularity=day"])
            {
                var answer = await _host.GetAsync($"/api/v1/costs?from={Month}&to={Month}&{asked}{granularity}");
                Assert.Equal(actual, answer.GetProperty("total").GetProperty("actual").GetDecimal());
                var rows = answer.GetProperty(granularity.Length > 0 ? "days" : "rows");
                Assert.All(rows.EnumerateArray(), row => Assert.Equal(value, row.GetProperty("keys").EnumerateObject().Last(key => key.Name.StartsWith("tag.", StringComparison.Ordinal)).Value.GetString()));
                Assert.Equal(actual > 0, rows.GetArrayLength() > 0);
            }
        }

        var compared = await _host.GetAsync($"/api/v1/compare?from={Month}&to={Month}&where=tag.product=checkout&where=tag.it's=$1");
        Assert.Equal(0.0035m, compared.GetProperty("total").GetProperty("running").GetDecimal());
        Assert.Equal(0, (await _host.GetAsync($"/api/v1/compare?from={Month}&to={Month}&where=tag.product=other")).GetProperty("total").GetProperty("running").GetDecimal());
        var forecast = (await _host.GetAsync("/api/v1/forecast?by=tag.product&where=tag.it's=$1")).GetProperty("rows");
        Assert.All(forecast.EnumerateArray(), row => Assert.Equal("checkout", row.GetProperty("keys").GetProperty("tag.product").GetString()));
        Assert.True(forecast.GetArrayLength() == 1 || Given.Day.Month == 12); // In January, the month before is of another year.
    }

    [Fact]
    public async Task Costs_as_CSV_have_a_column_each_and_no_cell_that_a_spreadsheet_would_run()
    {
        await _host.RecordAsync(Given.TokensJson("1").Replace("support-chat", "=cmd", StringComparison.Ordinal));
        await _host.GetUntilAsync($"/api/v1/costs?from={Month}&to={Month}", answer => answer.GetProperty("total").GetProperty("actual").GetDecimal() > 0);
        using var response = await _host.Client.GetAsync(
            new Uri($"/api/v1/costs?from={Month}&to={Month}&by=workload,approach&format=csv", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("month,workload,approach,actual,estimated,estimated_to_date,variance,listed,corrections,unpriced_tokens,unpriced_hours,unpriced_items,unpriced_amounts,unconverted,unpriced_requests,incomplete_tokens,incomplete_hours,incomplete_items,incomplete_amounts,incomplete_requests", lines[0]);
        Assert.Equal([$"{Month},\"'=cmd\",prompt-engineering,0.0035,0,0,0.0035,0.0035,0,0,0,0,0,,0,0,0,0,0,0"], lines[1..]);
    }

    [Theory]
    [InlineData("workloads", """{"workload":"w","name":"W","team":"t","approach":"hybrid"}""", "workload/w", "workload_registered", """{"name": 1}""", null, "JSON")]
    [InlineData("workloads", """{"workload":"w","name":"W","team":"t","approach":"hybrid"}""", "workload/w", "workload_moved", "{}", null, "Event type 'workload_moved' is not known.")]
    public async Task Where_a_stream_holds_an_event_that_cannot_be_read_publishing_names_it_and_stores_nothing(
        string noun, string body, string stream, string type, string data, string? headers, string reason)
    {
        var seqId = await OtherProgram.WriteAsync(_host.Database, type, data, headers, stream);
        using var post = await _host.PostAsync($"/api/v1/{noun}", body);

        var problem = await TestHost.ProblemAsync(post, HttpStatusCode.InternalServerError);
        Assert.Equal("An event that is needed cannot be read here.", problem.GetProperty("title").GetString());
        var detail = problem.GetProperty("detail").GetString();
        Assert.StartsWith($"Stream '{stream}' holds an event that cannot be read here, seq_id {seqId}: ", detail, StringComparison.Ordinal);
        Assert.Contains(reason, detail, StringComparison.Ordinal);
        Assert.Equal(1, await _host.Database.ScalarAsync<long>($"select count(*) from spend.mt_events where stream_id = '{stream}'"));
    }

    [Fact]
    public async Task An_estimate_depends_on_no_earlier_one_and_is_taken_also_where_that_cannot_be_read()
    {
        await OtherProgram.WriteAsync(_host.Database, "estimate_submitted", """{"from": 1}""", null, "estimate/w");
        await PostOkAsync("/api/v1/estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1}]}""");

        // What stands before it in its stream cannot be applied, so that both are left to the projection.
        await Eventually.Async(() => _host.Database.ScalarAsync<bool>("select coalesce(sum(amount), 0) = 1 from spend.monthly_estimate where workload = 'w'"));
    }

    [Fact]
    public async Task A_rate_is_listed_superseded_ones_are_marked_and_what_lacks_a_rate_is_named()
    {
        await PostOkAsync("/api/v1/rates", """{"sku":"own/model","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":3,"per":1000000}],"source":"contract"}""");
        await PostOkAsync("/api/v1/rates", """{"sku":"own/model","effectiveFrom":"2026-01-01","currency":"USD","prices":[{"meter":"input-tokens","price":2,"per":1000000}],"source":"contract","note":"renewed"}""");
        await _host.RecordAsync(Given.TokensJson("1").Replace("\"openai\"", "\"own\"", StringComparison.Ordinal).Replace("gpt-4o", "model", StringComparison.Ordinal));

        var answer = await _host.GetUntilAsync("/api/v1/rates?sku=own/model", a => a.GetProperty("items").GetArrayLength() == 2);
        Assert.Equal([(2m, false), (3m, true)], answer.GetProperty("items").EnumerateArray().Select(r => (r.GetProperty("price").GetDecimal(), r.GetProperty("superseded").GetBoolean())));
        await _host.GetUntilAsync("/api/v1/unpriced", a => a.GetProperty("unpriced").EnumerateArray().Any(row => row.GetProperty("meter").GetString() == "output-tokens"));
    }

    [Fact]
    public async Task Starting_rates_are_there_from_the_first_start_with_their_source()
    {
        var answer = await _host.GetUntilAsync("/api/v1/rates?limit=1000", a => a.GetProperty("items").GetArrayLength() > 50);

        Assert.All(answer.GetProperty("items").EnumerateArray(), rate => Assert.NotEmpty(rate.GetProperty("source").GetString()!));
        Assert.Contains(answer.GetProperty("items").EnumerateArray(), rate =>
            rate.GetProperty("sku").GetString() == "azure/gpt-35-turbo-fine-tuned" && rate.GetProperty("meter").GetString() == "hosting-hours" && rate.GetProperty("price").GetDecimal() == 7m);
    }

    [Fact]
    public async Task Registering_again_changes_the_details_and_the_same_again_appends_nothing()
    {
        const string Before = """{"workload":"w","name":"W","team":"red","approach":"hybrid"}""";
        const string After = """{"workload":"w","name":"W","team":"blue","approach":"hybrid"}""";
        await PostOkAsync("/api/v1/workloads", Before);
        await PostOkAsync("/api/v1/workloads", After);
        await PostOkAsync("/api/v1/workloads", After);

        await _host.GetUntilAsync("/api/v1/workloads", a => a.GetProperty("items") is var items && items.GetArrayLength() == 1 && items[0].GetProperty("team").GetString() == "blue");
        Assert.Equal(["workload_registered", "workload_changed"], await _host.Database.TextsAsync("select type from spend.mt_events where stream_id = 'workload/w' order by version"));
    }

    private async Task PostOkAsync(string path, string body)
    {
        using var response = await _host.PostAsync(path, body);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
