using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Workloads;

namespace SpendTracker.Tests.Explorer;

/// <summary>The events behind a number over HTTP, and the links that lead to them.</summary>
public sealed class EventEndpointTests : IAsyncLifetime
{
    private const string Path = "/api/v1/events";

    private static readonly DateOnly January = new(2026, 1, 15);

    private readonly FixedClock _clock = new(Given.At(January));
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(await TestDatabase.CreateAsync("UTC", _clock));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Events_come_fifty_a_page_newest_first_with_what_they_count_for_and_links_lead_on_and_back()
    {
        await _host.Database.PublishAsync("openai/m", new(2025, 1, 1), new MeterPrice("input-tokens", 2));
        await _host.Database.RecordAsync([.. Enumerable.Range(1, 120).Select(tokens => Used(January, tokens)), Used(January, 7) with { Model = "other" }]);
        await _host.GetUntilAsync("/api/v1/costs?from=2026-01&to=2026-01", costs => costs.GetProperty("total").GetProperty("actual").GetDecimal() == 2 * 120 * 121 / 2);

        const string Asked = $"{Path}?workload=support-chat&month=2026-01&sku=openai/m&meter=input-tokens&approach=prompt-engineering&component=usage";
        var first = await _host.GetAsync(Asked);
        var second = await _host.GetAsync($"{Asked}&cursor={Text(first, "next")}");
        var third = await _host.GetAsync($"{Asked}&cursor={Text(second, "next")}");
        Assert.Equal(Enumerable.Range(1, 120).Reverse().Select(tokens => 2m * tokens), new[] { first, second, third }.SelectMany(Amounts));
        Assert.Equal((false, false), (third.TryGetProperty("next", out _), first.TryGetProperty("previous", out _)));
        Assert.Equal(Amounts(second), Amounts(await _host.GetAsync($"{Asked}&cursor={Text(third, "previous")}")));

        var newest = first.GetProperty("items")[0];
        Assert.Equal(("token_usage_recorded", "usage/support-chat/2026-01", 120), (Text(newest, "type"), Text(newest, "stream"), newest.GetProperty("data").GetProperty("inputTokens").GetInt32()));
        var counting = Assert.Single(newest.GetProperty("quantities").EnumerateArray(), quantity => quantity.GetProperty("counts").GetBoolean());
        Assert.Equal(("2026-01-15", "openai/m", "input-tokens"), (Text(counting, "day"), Text(counting, "sku"), Text(counting, "meter")));
        Assert.Equal((120, 2, 240), (Number(counting, "quantity"), Number(counting, "unitPrice"), Number(counting, "amount")));
        Assert.All(await Task.WhenAll(
            _host.GetAsync($"{Path}?workload=support-chat&month=2026-01&recordedTo=2026-01-14"), _host.GetAsync($"{Path}?workload=nobody&month=2026-01"),
            _host.GetAsync($"{Path}?workload=support-chat&month=2026-01&variant=v2")), none => Assert.Equal((0, true), (none.GetProperty("items").GetArrayLength(), none.GetProperty("complete").GetBoolean())));
    }

    [Fact]
    public async Task Events_of_all_workloads_come_newest_first_and_narrowed_page_by_page()
    {
        await _host.Database.Get<WorkloadRegistry>().RegisterAsync(
            new("search", "Search", "Risk", Approach.PromptEngineering, Tags: new Dictionary<string, string> { ["product"] = "helpdesk" }), new Recorder("test"), TestContext.Current.CancellationToken);
        var december = January.AddMonths(-1);
        foreach (var i in Enumerable.Range(1, 5))
        {
            // One after the other: of those recorded together, any may get the first place.
            await _host.Database.RecordAsync(Used(January, i));
            await _host.Database.RecordAsync(Used(december, 10 + i) with { Workload = "search" });
            await _host.Database.RecordAsync(new ChargeRecorded("other", Approach.Hybrid, Component.Other, 20 + i, "USD", Given.At(January)));
        }

        async Task<string> ListAsync(string query)
        {
            List<string> found = [];
            for (string? cursor = null; ;)
            {
                var page = await _host.GetAsync($"{Path}?limit=2{query}{(cursor is null ? "" : $"&cursor={cursor}")}");
                found.AddRange(page.GetProperty("items").EnumerateArray().Select(e => (e.GetProperty("data") is var data && data.TryGetProperty("inputTokens", out var tokens) ? tokens : data.GetProperty("amount")).GetRawText()));
                if (!page.TryGetProperty("next", out var next))
                {
                    return string.Join(' ', found);
                }

                cursor = next.GetString();
            }
        }

        Assert.Equal("25 15 5 24 14 4 23 13 3 22 12 2 21 11 1", await ListAsync(""));
        Assert.Equal("15 14 13 12 11", await ListAsync("&team=Risk"));
        Assert.Equal("15 14 13 12 11", await ListAsync("&tag.product=helpdesk"));
        Assert.Equal("15 14 13 12 11", await ListAsync("&to=2025-12&from=2025-12"));
        Assert.Equal("25 5 24 4 23 3 22 2 21 1", await ListAsync("&team=(unregistered)"));
        Assert.Equal("25 15 24 14 23 13 22 12 21 11", await ListAsync("&workload=search&workload=other"));
        Assert.Equal("25 24 23 22 21", await ListAsync("&type=charge_recorded"));
        Assert.Equal("25 24 23 22 21", await ListAsync("&approach=hybrid&component=other"));
        Assert.Equal("15 5 14 4 13 3 12 2 11 1", await ListAsync("&model=openai/m"));
        Assert.Equal("", await ListAsync("&team=Nobody"));
        Assert.Equal("", await ListAsync("&trace=4bf92f3577b34da6a3ce929d0e0e4736"));
        Assert.Equal("", await ListAsync("&from=2026-02"));
    }

    [Fact]
    public async Task One_event_is_found_by_either_id_with_its_correction_and_what_replaced_it()
    {
        await _host.Database.RecordAsync(("wrong", Used(January, 5)));
        await _host.Database.CorrectAsync("wrong", Used(January, 6), "right");
        var wrong = EventId.From(Tenant.Default, "test", "wrong");

        var one = await _host.GetAsync($"{Path}?id=wrong&source=test");
        Assert.Equal(one.GetRawText(), (await _host.GetAsync($"{Path}?id={wrong}")).GetRawText());
        var corrected = Assert.Single(one.GetProperty("items").EnumerateArray().ToArray());
        Assert.Equal((0, "wrong", "test"), (Number(corrected, "amount"), Text(corrected, "id"), Text(corrected, "source")));
        var by = corrected.GetProperty("correctedBy");
        Assert.Equal((wrong, EventId.From(Tenant.Default, "test", "right")), (by.GetProperty("corrects").GetGuid(), by.GetProperty("replacedBy").GetGuid()));

        var both = await _host.GetAsync($"{Path}?id={Text(by, "eventId")}");
        Assert.Equal(["wrong", "right"], both.GetProperty("items").EnumerateArray().Select(e => Text(e, "id")));
        Assert.Equal(by.GetRawText(), both.GetProperty("items")[1].GetProperty("replaces").GetRawText());
        await _host.Database.CorrectAsync("to come");
        var waiting = await _host.GetAsync($"{Path}?id=to%20come&source=test");
        Assert.Equal((0, EventId.From(Tenant.Default, "test", "to come")), (waiting.GetProperty("items").GetArrayLength(), waiting.GetProperty("correction").GetProperty("corrects").GetGuid()));
        await RefusedAsync($"{Path}?id={Guid.NewGuid()}", HttpStatusCode.NotFound, null);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_named_with_the_parameter()
    {
        (string Query, string Field)[] senseless =
        [
            ("?month=2026-13", "month"), ("?type=order_placed", "type"), ("?cursor=x", "cursor"), ("?before=2026-01.5", "before"), ("?knownOn=2026-01-14", "knownOn"), ("?approach=magic", "approach"),
            ("?from=2026-02&to=2026-01", "to"), ("?month=2026-01&from=2026-01", "month"), ("?source=s", "source"), ("?where=team=a", "where"), ("?workload=w&month=2026-13", "month"), ("?workload=w&approach=magic", "approach"), ("?workload=w&component=magic", "component"),
            ("?workload=w&recordedFrom=soon", "recordedFrom"), ("?workload=w&recordedTo=2026-02-30", "recordedTo"), ("?workload=w&knownOn=2026-01-16", "knownOn"),
            ("?workload=w&before=5", "before"), ("?workload=w&after=2026-01.9223372036854775807", "after"), ("?workload=w&before=2026-01.5&after=2026-01.5", "after"),
            ("?workload=w&source=s", "source"), ("?workload=w&colour=red", "colour"), ("?id=mine", "id"), ("?id=mine&source=s&workload=w", "workload"),
        ];
        foreach (var (query, field) in senseless)
        {
            await RefusedAsync(Path + query, HttpStatusCode.BadRequest, field);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("record,publish,close", HttpStatusCode.Forbidden)]
    [InlineData("read", HttpStatusCode.OK)]
    public async Task Looking_at_events_needs_the_scope_read(string? scopes, HttpStatusCode status)
    {
        _host.Client.DefaultRequestHeaders.Authorization = scopes is null ? null : new("Bearer", await _host.IssueKeyAsync([.. scopes.Split(',').Select(EnumName.Parse<Scope>)]));
        using var response = await _host.Client.GetAsync(new Uri($"{Path}?workload=w", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task What_is_in_no_amount_leads_to_its_events_in_every_month_and_not_only_the_last()
    {
        var december = January.AddMonths(-1);
        var charge = new ChargeRecorded("search", Approach.Hybrid, Component.Other, 8, "EUR", Given.At(december));
        await _host.Database.RecordAsync(Used(January, 1), Used(december, 2), Used(december, 3) with { Workload = "search" }, charge, charge with { Amount = 4, ChargedAt = Given.At(January) });
        await _host.Database.ProjectAsync();
        var answer = await _host.GetAsync("/api/v1/unpriced");

        Assert.Equal(
            [("support-chat", "2026-01", 1, "1"), ("search", "2025-12", 3, "3"), ("support-chat", "2025-12", 2, "2")],
            await UsesAsync(answer.GetProperty("unpriced")[0], "inputTokens"));
        Assert.Equal([("search", "2026-01", 4, "4"), ("search", "2025-12", 8, "8")], await UsesAsync(answer.GetProperty("unconverted")[0], "amount"));
        Assert.Single((await _host.GetAsync("/api/v1/unpriced?from=2026-01")).GetProperty("unpriced")[0].GetProperty("usedBy").EnumerateArray());
    }

    [Fact]
    public async Task What_is_not_in_the_totals_is_one_list_with_what_it_might_be_worth()
    {
        await _host.Database.PublishAsync("openai/m", new(2025, 1, 1), new MeterPrice("input-tokens", 2));
        await _host.Database.RecordAsync(
            Used(January, 1), Used(January, 3) with { Model = "m-2", Workload = "search" }, new ChargeRecorded("search", Approach.Hybrid, Component.Other, 8, "EUR", Given.At(January)));
        var answer = await _host.GetUntilAsync("/api/v1/not-in-totals", a => a.GetProperty("count").GetInt32() == 4);

        var rows = answer.GetProperty("rows").EnumerateArray().ToDictionary(row => $"{Text(row, "kind")} {(row.TryGetProperty("workload", out var workload) ? workload.GetString() : "")}".Trim());
        Assert.Equal(["no-exchange-rate", "no-price", "unregistered search", "unregistered support-chat"], rows.Keys.Order());
        Assert.Equal(("openai/m-2", "input-tokens", 3), (Text(rows["no-price"], "sku"), Text(rows["no-price"], "meter"), Number(rows["no-price"], "quantity")));
        var worth = rows["no-price"].GetProperty("worth");
        Assert.Equal((6, 6, "the price of openai/m"), (Number(worth, "atLeast"), Number(worth, "atMost"), Text(worth, "basis")));
        Assert.Equal((8, "EUR", false), (Number(rows["no-exchange-rate"], "quantity"), Text(rows["no-exchange-rate"], "quantityCurrency"), rows["no-exchange-rate"].TryGetProperty("worth", out _)));
        Assert.Equal((2, "/workloads?register=support-chat"), (Number(rows["unregistered support-chat"], "amount"), Text(rows["unregistered support-chat"], "page")));
    }

    [Fact]
    public async Task What_is_unpriced_is_the_sum_of_who_used_it_also_while_usage_comes_in()
    {
        var asking = Task.Run(async () =>
        {
            for (var asked = 0; asked < 200; asked++)
            {
                foreach (var missing in (await _host.GetAsync("/api/v1/unpriced")).GetProperty("unpriced").EnumerateArray())
                {
                    Assert.Equal(Number(missing, "quantity"), missing.GetProperty("usedBy").EnumerateArray().Sum(use => Number(use, "quantity")));
                }
            }
        }, TestContext.Current.CancellationToken);
        while (!asking.IsCompleted)
        {
            await _host.Database.RecordAsync(Used(January, 1));
        }

        await asking;
    }

    [Fact]
    public async Task Each_move_of_an_explanation_leads_to_the_events_that_it_is_of()
    {
        await _host.Database.PublishAsync("openai/m", new(2025, 1, 1), new MeterPrice("input-tokens", 2));
        await _host.Database.RecordAsync(("early", Used(January, 100)));
        await _host.Database.ProjectAsync();
        _clock.Now = Given.At(new(2026, 2, 5));
        await _host.Database.RecordAsync(("late", Used(January, 7)));
        await _host.Database.CorrectAsync("early", Used(January, 90), "replacement");
        await _host.Database.PublishAsync("openai/m", new(2026, 1, 1), new MeterPrice("input-tokens", 3));
        var answer = await _host.GetUntilAsync("/api/v1/costs/explain?month=2026-01&to=2026-02-05", a => a.GetProperty("after").GetDecimal() == 291);

        Assert.Equal(["replacement", "late"], await IdsAsync(Assert.Single(answer.GetProperty("usage").EnumerateArray(), move => Text(move, "meter") == "input-tokens")));
        Assert.Equal(["early"], await IdsAsync(Assert.Single(answer.GetProperty("prices").EnumerateArray())));
        Assert.Equal(["early"], await IdsAsync(Assert.Single(answer.GetProperty("corrections").EnumerateArray())));
    }

    private static TokenUsageRecorded Used(DateOnly day, long tokens) => Given.Tokens(Given.At(day), model: "m", input: tokens, output: 0);

    private static IEnumerable<decimal> Amounts(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(e => Number(e, "amount"));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static decimal Number(JsonElement element, string name) => element.GetProperty(name).GetDecimal();

    private async Task<IEnumerable<string?>> IdsAsync(JsonElement move) =>
        (await _host.GetAsync(Text(move, "eventsList")!)).GetProperty("items").EnumerateArray().Select(e => Text(e, "id"));

    /// <summary>Who used it, when, how much, and that member of the events that the link leads to.</summary>
    private async Task<IEnumerable<(string?, string?, decimal, string)>> UsesAsync(JsonElement missing, string member) =>
        await Task.WhenAll(missing.GetProperty("usedBy").EnumerateArray().Select(async use => (
            Text(use, "workload"), Text(use, "month"), Number(use, "quantity"),
            string.Join(',', (await _host.GetAsync(Text(use, "eventsList")!)).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("data").GetProperty(member).GetRawText())))));

    private async Task RefusedAsync(string path, HttpStatusCode status, string? field)
    {
        using var response = await _host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        var problem = await TestHost.ProblemAsync(response, status);
        Assert.True(field is null || problem.GetProperty("errors").TryGetProperty(field, out _), $"{path}: {problem}");
    }
}
