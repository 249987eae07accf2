using System.Net;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Ingest;

public sealed class UsageEndpointTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_object_an_array_and_lines_are_taken_alike()
    {
        var (one, _) = await _host.RecordAsync(Given.TokensJson("a"));
        var (array, _) = await _host.RecordAsync($"[{Given.TokensJson("b")},{Given.TokensJson("c")}]");
        var (lines, answer) = await _host.RecordAsync($"{Given.TokensJson("d")}\n\n{Given.TokensJson("e")}\r\n{Given.TokensJson("a")}\n", "application/x-ndjson");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], [one, array, lines]);
        Assert.Equal((2, 1), (answer.Appended, answer.Duplicate));
        Assert.Equal([(0, "d", AppendStatus.Appended), (1, "e", AppendStatus.Appended), (2, "a", AppendStatus.Duplicate)], answer.Results.Select(r => (r.Index, r.Id, r.Status)));
        Assert.Equal(5, await _host.Database.CountUsageAsync());
    }

    [Fact]
    public async Task All_seven_kinds_are_taken_and_stored_under_their_names()
    {
        var (status, answer) = await _host.RecordAsync(Given.OfEachKindJson, "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 7), (status, answer.Appended));
        Assert.Equal(
            ["charge_recorded", "dataset_prep_recorded", "evaluation_recorded", "hosting_hours_recorded", "labour_recorded", "token_usage_recorded", "training_run_recorded"],
            await _host.Database.TextsAsync("select type from spend.mt_events where stream_id like 'usage/w/%' order by type collate \"C\""));
        Assert.Equal("7", await _host.Database.ScalarAsync<string>("select headers->>'sourceId' from spend.mt_events where type = 'evaluation_recorded'"));
    }

    [Fact]
    public async Task What_is_stored_is_what_was_sent_in_full_and_nothing_else()
    {
        await _host.RecordAsync(Given.TokensJson("a", ",\"variant\":\"few-shot/v3\"", Given.At(Given.Day, 10).AddTicks(1_234_567).ToOffset(TimeSpan.FromHours(2)).ToString("o")));

        Assert.Equal(
            ["approach", "cacheWriteTokens", "cachedInputTokens", "inputTokens", "model", "outcome", "outputTokens", "provider", "reasoningTokens", "requests", "serviceTier", "usedAt", "variant", "workload"],
            await _host.Database.TextsAsync("select key from spend.mt_events, jsonb_object_keys(data) as key where type = 'token_usage_recorded' order by key collate \"C\""));
        Assert.Equal($"{Given.Day:yyyy-MM-dd}T10:00:00.1234567Z", await _host.Database.ScalarAsync<string>("select data->>'usedAt' from spend.mt_events where type = 'token_usage_recorded'"));
    }

    [Fact]
    public async Task An_event_without_an_id_gets_one_that_settles_a_retry()
    {
        var (_, first) = await _host.RecordAsync(Given.TokensJson());
        var id = Assert.Single(first.Results).Id;
        var (_, again) = await _host.RecordAsync(Given.TokensJson(id));

        Assert.Equal(AppendStatus.Duplicate, again.Results[0].Status);
    }

    [Fact]
    public async Task One_id_from_two_sources_is_two_records()
    {
        var (_, answer) = await _host.RecordAsync($"[{Given.TokensJson("1", ",\"source\":\"a\"")},{Given.TokensJson("1", ",\"source\":\"b\"")}]");

        Assert.Equal(2, answer.Appended);
    }

    [Fact]
    public async Task Of_a_mixed_request_the_good_are_stored_and_each_bad_one_says_why()
    {
        await _host.RecordAsync(Given.TokensJson("known"));
        var (status, answer) = await _host.RecordAsync(
            $"[{Given.TokensJson("new")},{Given.TokensJson("known").Replace("1000", "1001", StringComparison.Ordinal)},7,{{\"type\":\"nonsense\",\"id\":\"x\"}}]");

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        Assert.Equal([AppendStatus.Appended, AppendStatus.Conflict, AppendStatus.Refused, AppendStatus.Refused], answer.Results.Select(result => result.Status));
        Assert.Equal("inputTokens", answer.Results[1].Reasons![0].Field);
        Assert.Equal("Must be an object.", answer.Results[2].Reasons![0].Reason);
        Assert.Contains("hosting_hours_recorded", answer.Results[3].Reasons![0].Reason, StringComparison.Ordinal);
        Assert.Equal(2, await _host.Database.CountUsageAsync());
    }

    [Fact]
    public async Task A_plus_that_the_callers_serialiser_escapes_is_a_plus()
    {
        var (_, answer) = await _host.RecordAsync(Given.TokensJson(usedAt: $"{Given.Day:yyyy-MM-dd}T12:00:00\\u002B02:00"));

        Assert.Equal(1, answer.Appended);
        Assert.Equal($"{Given.Day:yyyy-MM-dd}T10:00:00Z", await _host.Database.ScalarAsync<string>("select data->>'usedAt' from spend.mt_events where type = 'token_usage_recorded'"));
    }

    [Fact]
    public async Task Text_at_its_limit_is_taken_and_one_character_more_is_refused()
    {
        var (taken, _) = await _host.RecordAsync(Given.TokensJson(new string('i', 255), $",\"variant\":\"{new string('ü', 200)}\""));
        var (refused, answer) = await _host.RecordAsync(Given.TokensJson(new string('i', 256), $",\"variant\":\"{new string('ü', 201)}\""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.MultiStatus), (taken, refused));
        Assert.Equal([new("id", "At most 255 characters."), new("variant", "At most 200 characters.")], answer.Results[0].Reasons!);
    }

    [Fact]
    public async Task Ten_thousand_events_are_taken()
    {
        var (status, answer) = await _host.RecordAsync(Given.Lines(10_000), "application/x-ndjson");

        Assert.Equal((HttpStatusCode.OK, 10_000), (status, answer.Appended));
    }

    [Fact]
    public async Task A_key_bound_to_workloads_records_for_no_other()
    {
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", await _host.IssueKeyAsync([Scope.Record], "support-chat"));
        var (status, answer) = await _host.RecordAsync($"[{Given.TokensJson("a")},{Given.TokensJson("b").Replace("support-chat", "other", StringComparison.Ordinal)}]");

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        Assert.Equal([AppendStatus.Appended, AppendStatus.Refused], answer.Results.Select(result => result.Status));
        Assert.Equal("workload", answer.Results[1].Reasons![0].Field);
    }
}
