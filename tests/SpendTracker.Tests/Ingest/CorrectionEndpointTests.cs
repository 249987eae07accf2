using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Tests.Ingest;

/// <summary>An event that was wrong is reversed or replaced, once, by whoever is allowed to.</summary>
public sealed class CorrectionEndpointTests : IAsyncLifetime
{
    private const string Path = "/api/v1/usage/corrections";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_event_is_replaced_by_another_that_names_the_correction_as_its_cause()
    {
        await _host.RecordAsync(Given.TokensJson("a"));
        var answer = await CorrectedAsync(Body("a", replacement: Tokens(7)));

        Assert.Equal(("appended", false), (answer.GetProperty("status").GetString(), answer.GetProperty("waiting").GetBoolean()));
        var correction = answer.GetProperty("eventId").GetGuid();
        Assert.Equal(EventId.From(Tenant.Default, "test", "a"), answer.GetProperty("corrects").GetGuid());
        Assert.Equal(
            [$"correction/{answer.GetProperty("corrects").GetGuid()} 1 {{\"reason\": \"Counted twice.\", \"corrects\": \"{answer.GetProperty("corrects").GetGuid()}\", \"replacedBy\": \"{answer.GetProperty("replacement").GetGuid()}\"}}"],
            await TextsAsync($"stream_id || ' ' || version || ' ' || data", correction));
        Assert.Equal([$"7 {correction}"], await TextsAsync("(data->>'inputTokens') || ' ' || causation_id", answer.GetProperty("replacement").GetGuid()));
    }

    [Fact]
    public async Task A_replacement_is_corrected_in_turn_and_a_correction_is_not()
    {
        await _host.RecordAsync(Given.TokensJson("a"));
        var first = await CorrectedAsync(Body("a", replacement: Tokens(7)));
        var replacement = first.GetProperty("replacement").GetGuid();
        var second = await CorrectedAsync($$"""{"corrects":{"eventId":"{{replacement}}"},"reason":"Eight.","replacement":{{Tokens(8, "own")}}}""");

        Assert.Equal(EventId.From(Tenant.Default, "test", "own"), second.GetProperty("replacement").GetGuid());
        var error = await RefusedAsync($$"""{"corrects":{"eventId":"{{second.GetProperty("eventId").GetGuid()}}"},"reason":"No."}""", HttpStatusCode.BadRequest, "corrects");
        Assert.Contains("'usage_corrected'", error, StringComparison.Ordinal);
        Assert.Equal((3, 2), await StoredAsync());
    }

    [Fact]
    public async Task An_event_can_be_corrected_before_it_arrives()
    {
        var answer = await CorrectedAsync("""{"corrects":{"id":"late","source":"elsewhere"},"reason":"Will be wrong."}""");

        Assert.True(answer.GetProperty("waiting").GetBoolean());
        Assert.False(answer.TryGetProperty("replacement", out _));
        Assert.Equal(EventId.From(Tenant.Default, "elsewhere", "late"), answer.GetProperty("corrects").GetGuid());
    }

    [Fact]
    public async Task The_same_correction_again_is_a_duplicate_and_another_one_a_conflict_that_stores_nothing()
    {
        await _host.RecordAsync($"[{Given.TokensJson("a")},{Given.TokensJson("taken")}]");
        await CorrectedAsync(Body("a", replacement: Tokens(7)));

        Assert.Equal("duplicate", (await CorrectedAsync(Body("a", replacement: Tokens(7)))).GetProperty("status").GetString());
        Assert.Contains("Counted twice.", await RefusedAsync(Body("a", "Other.", Tokens(7)), HttpStatusCode.Conflict, "reason"), StringComparison.Ordinal);
        Assert.Contains("sent as nothing", await RefusedAsync(Body("a"), HttpStatusCode.Conflict, "replacedBy"), StringComparison.Ordinal);
        Assert.Contains("Stored as 7, sent as 8.", await RefusedAsync(Body("a", replacement: Tokens(8)), HttpStatusCode.Conflict, "replacement.inputTokens"), StringComparison.Ordinal);
        await RefusedAsync(Body("a", replacement: Tokens(7, "own")), HttpStatusCode.Conflict, "replacedBy");
        await RefusedAsync(Body("not-yet", replacement: Tokens(9, "taken")), HttpStatusCode.Conflict, "replacement.inputTokens");
        Assert.Equal((3, 1), await StoredAsync());
        Assert.Equal(0, await _host.Database.ScalarAsync<long>("select last_value - count(*) from spend.mt_events, spend.mt_events_sequence group by last_value"));
    }

    [Fact]
    public async Task Of_eight_who_correct_one_event_at_once_one_does_and_its_replacement_is_the_only_one()
    {
        await using var other = await TestHost.StartAsync(await TestDatabase.CreateAsync(Task.FromResult(_host.Database.Spend.Options.ConnectionString)));
        await _host.RecordAsync(Given.TokensJson("a"));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            // Two send each correction, one to each host.
            using var response = await (i % 2 == 0 ? _host : other).PostAsync(Path, Body("a", $"Number {i / 2}.", Tokens(i / 2, $"own-{i / 2}")));
            return (Number: i / 2, Status: response.IsSuccessStatusCode ? (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("status").GetString() : response.StatusCode.ToString());
        }));

        var winner = Assert.Single(all, one => one.Status == "appended").Number;
        Assert.All(all, one => Assert.Equal(one.Number == winner, one.Status != nameof(HttpStatusCode.Conflict)));
        Assert.Equal((2, 1), await StoredAsync());
        Assert.Equal(winner.ToString(System.Globalization.CultureInfo.InvariantCulture), await _host.Database.ScalarAsync<string>("select data->>'inputTokens' from spend.mt_events where stream_id like 'usage/%' order by seq_id desc limit 1"));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_the_field_and_stores_nothing()
    {
        (string Body, string Field)[] senseless =
        [
            ("""{"reason":"r"}""", "corrects"),
            ("""{"corrects":{"id":"a"}}""", "reason"),
            ("""{"corrects":{"id":"a"},"reason":" "}""", "reason"),
            ("""{"corrects":{"id":"a"},"reason":"LONG"}""", "reason"),
            ("""{"corrects":{"id":"a"},"reason":"r","amount":1}""", "amount"),
            ("""{"corrects":{"id":"a","key":1},"reason":"r"}""", "corrects.key"),
            ("""{"corrects":{},"reason":"r"}""", "corrects"),
            ("""{"corrects":{"id":"LONG"},"reason":"r"}""", "corrects.id"),
            ("""{"corrects":{"id":"a","source":""},"reason":"r"}""", "corrects.source"),
            ("""{"corrects":{"eventId":"5"},"reason":"r"}""", "corrects.eventId"),
            ("""{"corrects":{"eventId":"4f5b5fd2-3c39-4d0c-8a47-91d1f0bb6e60","id":"a"},"reason":"r"}""", "corrects"),
            ("""{"corrects":{"eventId":"4f5b5fd2-3c39-4d0c-8a47-91d1f0bb6e60","source":"s"},"reason":"r"}""", "corrects.source"),
            ("""{"corrects":{"id":"a"},"reason":"r","replacement":[]}""", "replacement"),
            ("""{"corrects":{"id":"a"},"reason":"r","replacement":{"type":"usage_corrected"}}""", "replacement.type"),
            ("""{"corrects":{"id":"a"},"reason":"r","replacement":{"type":"labour_recorded","workload":"w","prompt":"text"}}""", "replacement.prompt"),
            ($$"""{"corrects":{"id":"a"},"reason":"r","replacement":{{Tokens(7, "a")}}}""", "replacement.id"),
        ];
        foreach (var (body, field) in senseless)
        {
            await RefusedAsync(body.Replace("LONG", new string('x', 1_001), StringComparison.Ordinal), HttpStatusCode.BadRequest, field);
        }

        Assert.Equal("Not a field here.", await RefusedAsync("""{"corrects":{"id":"a","key":1},"reason":"r"}""", HttpStatusCode.BadRequest, "corrects.key"));
        Assert.Equal((0, 0), await StoredAsync());
    }

    [Fact]
    public async Task It_takes_a_key_with_the_scope_to_record()
    {
        List<HttpStatusCode> statuses = [];
        foreach (var key in (string[])["spend_0123456789ab_00", .. await Task.WhenAll(new[] { Scope.Read, Scope.Publish, Scope.Record }.Select(scope => _host.IssueKeyAsync([scope])))])
        {
            _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            using var response = await _host.PostAsync(Path, Body("a"));
            statuses.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Created], statuses);
    }

    [Fact]
    public async Task A_key_bound_to_workloads_corrects_only_what_is_known_to_be_theirs()
    {
        await _host.RecordAsync($"[{Given.TokensJson("ours")},{Given.TokensJson("theirs").Replace("support-chat", "other", StringComparison.Ordinal)}]");
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", await _host.IssueKeyAsync([Scope.Record], "support-chat"));

        var theirs = await RefusedAsync(Body("theirs"), HttpStatusCode.Forbidden, "corrects");
        Assert.Equal(theirs, await RefusedAsync(Body("nobody's"), HttpStatusCode.Forbidden, "corrects"));
        await RefusedAsync(Body("ours", replacement: Tokens(7).Replace("support-chat", "other", StringComparison.Ordinal)), HttpStatusCode.Forbidden, "replacement.workload");
        Assert.Equal((2, 0), await StoredAsync());
        Assert.Equal("appended", (await CorrectedAsync(Body("ours"))).GetProperty("status").GetString());
    }

    private static string Tokens(int input, string? id = null) => Given.TokensJson(id).Replace("1000", $"{input}", StringComparison.Ordinal);

    private static string Body(string id, string reason = "Counted twice.", string? replacement = null) =>
        $$"""{"corrects":{"id":"{{id}}"},"reason":"{{reason}}"{{(replacement is null ? "" : $",\"replacement\":{replacement}")}}}""";

    private async Task<JsonElement> CorrectedAsync(string body)
    {
        using var response = await _host.PostAsync(Path, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }

    /// <returns>What is wrong with the field.</returns>
    private async Task<string> RefusedAsync(string body, HttpStatusCode status, string field)
    {
        using var response = await _host.PostAsync(Path, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == status && answer.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _), answer.ToString());
        return answer.GetProperty("errors").GetProperty(field)[0].GetString()!;
    }

    private Task<IReadOnlyList<string>> TextsAsync(string columns, Guid id) => _host.Database.TextsAsync($"select {columns} from spend.mt_events where id = '{id}'");

    private async Task<(long Usage, long Corrections)> StoredAsync() => (
        await _host.Database.CountUsageAsync(),
        await _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'correction/%'"));
}
