using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using SpendTracker.Closing;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Tests.Closing;

/// <summary>Closing, reopening, explaining and asking for the past, over HTTP, while the days go by.</summary>
public sealed class ClosingEndpointTests : IAsyncLifetime
{
    private static readonly DateOnly January = new(2026, 1, 15);

    private readonly FixedClock _clock = new(Given.At(January));
    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(await TestDatabase.CreateAsync("UTC", _clock));
        await _host.Database.PublishAsync("openai/m", new(2025, 1, 1), new MeterPrice("input-tokens", 1));
        await UseAsync(January, 100);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_closed_month_keeps_its_total_and_late_usage_is_booked_in_the_open_month_with_a_link_until_it_is_reopened()
    {
        On(2026, 2, 3);
        var closing = await PostAsync("2026-01/close", """{"reason": "month end"}""", HttpStatusCode.OK);
        Assert.Equal((100, "month end"), (closing.GetProperty("total").GetDecimal(), closing.GetProperty("reason").GetString()));

        On(2026, 2, 10);
        await UseAsync(January, 7);
        var february = await PeriodAsync("2026-02", period => period.GetProperty("corrections").GetDecimal() == 7);
        Assert.Equal(("2026-01", "2026-02", 7), Booking(Assert.Single(february.GetProperty("bookings").EnumerateArray())));
        var january = await PeriodAsync("2026-01", period => period.GetProperty("history").GetArrayLength() == 1);
        Assert.Equal((true, 100), (january.GetProperty("isClosed").GetBoolean(), january.GetProperty("total").GetDecimal()));
        Assert.Equal(("2026-01", "2026-02", 7), Booking(Assert.Single(january.GetProperty("bookings").EnumerateArray())));

        var explained = await _host.GetAsync("/api/v1/costs/explain?month=2026-02&from=2026-02-01&to=2026-02-10&workload=support-chat");
        Assert.Equal(
            "/api/v1/costs/explain?month=2026-01&from=2026-02-01&to=2026-02-10&workload=support-chat",
            Assert.Single(explained.GetProperty("bookings").EnumerateArray()).GetProperty("explanation").GetString());

        On(2026, 2, 11);
        await PostAsync("2026-01/reopen", """{"reason": "forgot something"}""", HttpStatusCode.OK);
        january = await PeriodAsync("2026-01", period => period.GetProperty("total").GetDecimal() == 107);
        var history = Assert.Single(january.GetProperty("history").EnumerateArray());
        Assert.Equal("forgot something", history.GetProperty("reopenedBecause").GetString());
        Assert.StartsWith("key:", history.GetProperty("reopenedBy").GetString(), StringComparison.Ordinal);

        await PostAsync("2026-01/close", """{"reason": "now all of it"}""", HttpStatusCode.OK);
        var list = await _host.GetUntilAsync("/api/v1/billing-periods", a => a.GetProperty("items")[0].GetProperty("history").GetArrayLength() == 2);
        Assert.Equal(("2026-01", true, 107), Row(Assert.Single(list.GetProperty("items").EnumerateArray())));
    }

    [Fact]
    public async Task A_closing_that_may_not_be_says_why_by_the_field()
    {
        await _host.Database.RecordAsync(
            Given.Tokens(Given.At(January), model: "unheard-of"),
            new ChargeRecorded("support-chat", Approach.Hybrid, Component.Other, 5, "GBP", Given.At(January)));
        On(2026, 2, 1);

        await RefusedAsync("soon/close", """{"reason": "r"}""", HttpStatusCode.BadRequest, "month");
        await RefusedAsync("2026-01/close", """{"reason": " "}""", HttpStatusCode.BadRequest, "reason");
        await RefusedAsync("2026-01/close", "{}", HttpStatusCode.BadRequest, "reason");
        await RefusedAsync("2026-01/close", """{"reason": "r", "force": true}""", HttpStatusCode.BadRequest, "force");
        await RefusedAsync("2026-01/close", """{"reason": "r", "acceptUnconverted": true}""", HttpStatusCode.BadRequest, "acceptUnpriced");
        await RefusedAsync("2026-01/close", """{"reason": "r", "acceptUnpriced": true}""", HttpStatusCode.BadRequest, "acceptUnconverted");
        await RefusedAsync("2026-02/close", """{"reason": "r"}""", HttpStatusCode.Conflict, "month");
        await RefusedAsync("2026-01/close", """{"reason": "r", "acceptUnpriced": true, "acceptUnconverted": true, "total": 99.99}""", HttpStatusCode.Conflict, "total");
        await RefusedAsync("2026-01/reopen", """{"reason": "r"}""", HttpStatusCode.Conflict, "month");
        await RefusedAsync("2026-01/reopen", """{"reason": ""}""", HttpStatusCode.Conflict, "reason");
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'period/%'"));
        await PostAsync("2026-01/close", """{"reason": "agreed", "acceptUnpriced": true, "acceptUnconverted": true}""", HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_month_is_closed_once_however_many_people_close_it_at_once()
    {
        On(2026, 2, 1);
        var periods = _host.Database.Get<BillingPeriods>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => periods.CloseAsync(
            new(2026, 1), new CloseRequest($"by {i}"), new Recorder($"person:{i}"), TestContext.Current.CancellationToken)));

        Assert.Single(outcomes, outcome => outcome.Closing is not null);
        Assert.All(outcomes.Where(outcome => outcome.Closing is null), outcome => Assert.Equal("month", Assert.Single(outcome.Reasons).Field));
        Assert.Equal(1, await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'billing_period_closed'"));
        await PostAsync("2026-01/close", """{"reason": "again"}""", HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task While_something_recorded_is_not_counted_a_month_is_not_closed_and_the_caller_may_try_again()
    {
        On(2026, 2, 1);

        // Another program has drawn a number, and may still fill it.
        await using var other = await _host.Database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var open = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var draw = new NpgsqlCommand("select nextval('spend.mt_events_sequence')", other);
        await draw.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        await _host.Database.RecordAsync(Given.Tokens(Given.At(January), model: "m"));

        using var response = await _host.PostAsync("/api/v1/billing-periods/2026-01/close", """{"reason": "r"}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Looking_needs_the_scope_read_and_closing_a_scope_of_its_own()
    {
        On(2026, 2, 1);
        await AssertMayAsync(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized);
        await AssertMayAsync([Scope.Record, Scope.Publish], HttpStatusCode.Forbidden, HttpStatusCode.Forbidden);
        await AssertMayAsync([Scope.Read, Scope.Publish, Scope.Record], HttpStatusCode.OK, HttpStatusCode.Forbidden);
        await AssertMayAsync([Scope.Close], HttpStatusCode.Forbidden, HttpStatusCode.OK);
    }

    private async Task AssertMayAsync(Scope[]? scopes, HttpStatusCode get, HttpStatusCode post)
    {
        _host.Client.DefaultRequestHeaders.Authorization = scopes is null ? null : new("Bearer", await _host.IssueKeyAsync(scopes));
        foreach (var path in (string[])["billing-periods", "billing-periods/2026-01", "costs/explain?month=2026-01"])
        {
            using var looked = await _host.Client.GetAsync(new Uri($"/api/v1/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(get, looked.StatusCode);
        }

        foreach (var path in (string[])["close", "reopen"])
        {
            using var closed = await _host.PostAsync($"/api/v1/billing-periods/2026-01/{path}", """{"reason": "r"}""");
            Assert.Equal(post, closed.StatusCode);
        }
    }

    [Fact]
    public async Task An_explanation_names_the_late_usage_and_the_publication_and_adds_up()
    {
        On(2026, 2, 5);
        await UseAsync(January, 7);
        await PublishAsync(new RatePublished("openai/m", new(2026, 1, 10), "USD", [new("input-tokens", 3)], "contract 17"));
        await PublishAsync(new DiscountPublished("openai/*", 50, new(2026, 1, 1), "contract 18"));
        var answer = await _host.GetUntilAsync("/api/v1/costs/explain?month=2026-01&to=2026-02-05", a => a.GetProperty("after").GetDecimal() == 160.5m);

        Assert.Equal((100, 60.5m), (answer.GetProperty("before").GetDecimal(), answer.GetProperty("explained").GetDecimal()));
        var usage = answer.GetProperty("usage").EnumerateArray().Single(move => move.GetProperty("meter").GetString() == "input-tokens");
        Assert.Equal((7, 10.5m), (usage.GetProperty("quantity").GetDecimal(), usage.GetProperty("amount").GetDecimal()));
        Assert.Contains("recordedFrom=2026-02-01&recordedTo=2026-02-05", usage.GetProperty("eventsPage").GetString(), StringComparison.Ordinal);
        var price = Assert.Single(answer.GetProperty("prices").EnumerateArray());
        Assert.Equal((1, 1.5m, 50), (price.GetProperty("unitPriceBefore").GetDecimal(), price.GetProperty("unitPriceAfter").GetDecimal(), price.GetProperty("amount").GetDecimal()));
        Assert.Equal(
            [("rate", "contract 17", "test:pricing"), ("discount", "contract 18", "test:pricing")],
            price.GetProperty("causes").EnumerateArray().Select(cause => (cause.GetProperty("kind").GetString(), cause.GetProperty("why").GetString(), cause.GetProperty("by").GetString())));
    }

    [Fact]
    public async Task Costs_as_known_on_a_day_are_what_they_were_and_a_day_that_nothing_is_known_of_is_refused()
    {
        On(2026, 2, 5);
        await UseAsync(January, 7);
        const string path = "/api/v1/costs?from=2026-01&to=2026-01";
        await _host.GetUntilAsync(path, a => a.GetProperty("total").GetProperty("actual").GetDecimal() == 107);

        var known = await _host.GetAsync($"{path}&knownOn=2026-02-04");
        Assert.Equal((100, "2026-02-04"), (known.GetProperty("total").GetProperty("actual").GetDecimal(), known.GetProperty("knownOn").GetString()));
        var january = await _host.GetAsync("/api/v1/billing-periods/2026-01?knownOn=2026-02-04");
        Assert.Equal((100, false), (january.GetProperty("total").GetDecimal(), january.TryGetProperty("lag", out _)));
        using var csv = await _host.Client.GetAsync(new Uri($"{path}&knownOn=2026-02-04&format=csv", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("2026-01,prompt-engineering,100,", await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        string[] others = ["billing-periods?", "billing-periods/2026-01?", "unpriced?", "reported-costs?", "estimates?"];
        foreach (var (asked, day, reason) in ((string, string, string)[])
            [(path, "2026-02-06", "future: today is 2026-02-05"), (path, "2026-01-14", "first event was recorded on 2026-01-15"), .. others.Select(other => ($"/api/v1/{other}", "then", "Must be a day"))])
        {
            using var response = await _host.Client.GetAsync(new Uri($"{asked}&knownOn={day}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Contains(reason, problem.GetProperty("errors").GetProperty("knownOn")[0].GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_explanation_that_cannot_be_given_names_the_field()
    {
        foreach (var (query, field) in ((string, string)[])
            [("", "month"), ("?month=2026-1", "month"), ("?month=2026-01&from=yesterday", "from"), ("?month=2026-01&to=2027-01-01", "to"), ("?month=2026-01&from=2026-01-14&to=2026-01-13", "from")])
        {
            using var response = await _host.Client.GetAsync(new Uri($"/api/v1/costs/explain{query}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        }
    }

    private void On(int year, int month, int day) => _clock.Now = Given.At(new DateOnly(year, month, day));

    private Task<AppendResult[]> UseAsync(DateOnly day, long tokens) => _host.Database.RecordAsync(Given.Tokens(Given.At(day), model: "m", input: tokens, output: 0));

    private Task<Guid> PublishAsync(IEvent publication) => _host.Database.Get<PriceBook>()
        .PublishAsync(publication, new Recorder("test:pricing"), TestContext.Current.CancellationToken);

    private Task<JsonElement> PeriodAsync(string month, Func<JsonElement, bool> expected) => _host.GetUntilAsync($"/api/v1/billing-periods/{month}", expected);

    private static (string?, string?, decimal) Booking(JsonElement booking) => (
        booking.GetProperty("origin").GetString(), booking.GetProperty("booked").GetString(), booking.GetProperty("amount").GetDecimal());

    private static (string?, bool, decimal) Row(JsonElement period) => (
        period.GetProperty("month").GetString(), period.GetProperty("isClosed").GetBoolean(), period.GetProperty("total").GetDecimal());

    private async Task RefusedAsync(string path, string body, HttpStatusCode status, string field)
    {
        var problem = await PostAsync(path, body, status);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), $"{path} {problem}");
    }

    private async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode status)
    {
        using var response = await _host.PostAsync($"/api/v1/billing-periods/{path}", body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{response.StatusCode} {answer}");
        return answer;
    }
}
