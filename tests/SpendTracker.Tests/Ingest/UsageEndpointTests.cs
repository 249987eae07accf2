using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SpendTracker.Access;
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
        Assert.Equal(5, await StoredAsync());
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
        Assert.Equal(2, await StoredAsync());
    }

    [Theory]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":-1", "inputTokens", "Must be from 0 to 1,000,000,000,000.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":\"many\"", "inputTokens", "Must be a whole number.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1.5", "inputTokens", "Must be a whole number.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":99999999999999999999", "inputTokens", "Must be a whole number.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":null", "inputTokens", "Must be a whole number.")]
    [InlineData("\"inputTokens\":1000,", "", "inputTokens", "Missing.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"inputTokens\":1", "inputTokens", "Given twice.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"cachedInputTokens\":1001", "cachedInputTokens", "cannot exceed inputTokens")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"reasoningTokens\":101", "reasoningTokens", "Cannot exceed outputTokens")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"prompt\":\"secret text\"", "prompt", "Not a field of this type")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"requests\":0", "requests", "Must be from 1 to 1,000,000,000.")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"occurredAt\":\"2026-05-01T12:00:00Z\"", "occurredAt", "Not a field of this type")]
    [InlineData("prompt-engineering", "vibes", "approach", "Must be one of prompt-engineering, fine-tuning, hybrid.")]
    [InlineData("\"approach\":\"prompt-engineering\"", "\"approach\":0", "approach", "Must be one of prompt-engineering, fine-tuning, hybrid.")]
    [InlineData("\"workload\":\"support-chat\"", "\"workload\":\"a/b\"", "workload", "Must not contain a slash or a blank.")]
    [InlineData("\"workload\":\"support-chat\"", "\"workload\":\"\"", "workload", "Must not be empty.")]
    [InlineData("\"model\":\"gpt-4o\"", "\"model\":\"a\\u0000b\"", "model", "Must not contain control characters.")]
    [InlineData("\"workload\":\"support-chat\"", "\"workload\":null", "workload", "Must be a text.")]
    [InlineData("\"type\":\"token_usage_recorded\"", "\"type\":\"token_usage_recorded\",\"id\":\"\"", "id", "Must not be empty.")]
    [InlineData("\"type\":\"token_usage_recorded\"", "\"type\":\"token_usage_recorded\",\"id\":7", "id", "Must be a text, given once.")]
    [InlineData("\"type\":\"token_usage_recorded\",", "", "type", "Missing; must be one of token_usage_recorded")]
    public async Task A_broken_rule_is_refused_with_field_and_limit_and_stores_nothing(string right, string wrong, string field, string reason)
    {
        var (status, answer) = await _host.RecordAsync(Given.TokensJson().Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        var result = Assert.Single(answer.Results);
        Assert.Equal(AppendStatus.Refused, result.Status);
        Assert.Null(result.EventId);
        Assert.Contains(result.Reasons!, r => r.Field == field && r.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(0, await StoredAsync());
    }

    [Theory]
    [InlineData(6, "Cannot be more than 5 minutes ahead.")]
    [InlineData(-5 * 366 * 24 * 60, "Cannot be more than 5 years back.")]
    public async Task Usage_too_far_ahead_or_back_is_refused(int minutes, string reason)
    {
        var (_, answer) = await _host.RecordAsync(Given.TokensJson(usedAt: DateTimeOffset.UtcNow.AddMinutes(minutes).ToString("o")));

        Assert.Equal(new FieldReason("usedAt", reason), Assert.Single(answer.Results[0].Reasons!));
    }

    [Theory]
    [InlineData("2026-01-05T10:00:00")]
    [InlineData("2026-01-05")]
    [InlineData("yesterday")]
    public async Task A_time_that_does_not_say_its_offset_is_refused(string usedAt)
    {
        var (_, answer) = await _host.RecordAsync(Given.TokensJson(usedAt: usedAt));

        Assert.Equal("usedAt", Assert.Single(answer.Results[0].Reasons!).Field);
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

    [Theory]
    [InlineData("{\"type\":\"token_usage_recorded\",\n  \"workload\": oops}", "application/json", "Line 2, position 15")]
    [InlineData("", "application/json", "Line 1, position 1")]
    [InlineData("[{}", "application/json", "Line 1, position 4")]
    [InlineData("{} {}", "application/json", "Line 1, position 4")]
    [InlineData("{}\n{\"a\":}\n", "application/x-ndjson", "Line 2, position 6")]
    public async Task Malformed_JSON_is_refused_whole_and_names_line_and_position(string body, string contentType, string where)
    {
        using var response = await _host.PostAsync("/api/v1/usage", body, contentType);

        var problem = await AssertProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.StartsWith(where, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await StoredAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public async Task Another_content_type_is_refused(string contentType)
    {
        using var response = await _host.PostAsync("/api/v1/usage", Given.TokensJson(), contentType);

        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Compressed_bodies_are_refused()
    {
        using var content = new StringContent(Given.TokensJson(), Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await _host.Client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, TestContext.Current.CancellationToken);

        await AssertProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task An_empty_list_is_refused()
    {
        using var response = await _host.PostAsync("/api/v1/usage", "[]");

        await AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Ten_thousand_events_are_taken_and_one_more_is_refused_whole()
    {
        var lines = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
        {
            lines.Append(Given.TokensJson(i.ToString(CultureInfo.InvariantCulture))).Append('\n');
        }

        using (var tooMany = await _host.PostAsync("/api/v1/usage", lines + Given.TokensJson("one more"), "application/x-ndjson"))
        {
            var problem = await AssertProblemAsync(tooMany, HttpStatusCode.RequestEntityTooLarge);
            Assert.Contains("10,000", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            Assert.Equal(0, await StoredAsync());
        }

        var (status, answer) = await _host.RecordAsync(lines.ToString(), "application/x-ndjson");
        Assert.Equal((HttpStatusCode.OK, 10_000), (status, answer.Appended));
    }

    [Fact]
    public async Task An_oversized_body_is_refused_before_it_is_read()
    {
        // Only the headers are sent: whoever answers now has not waited for the body.
        using var socket = new TcpClient();
        var address = new Uri(_host.Address);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /api/v1/usage HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {_host.Client.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: {16 * 1024 * 1024 + 1}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        var rest = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("application/problem+json", rest, StringComparison.Ordinal);
        Assert.Contains("At most 16 MiB", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_cut_off_at_the_limit()
    {
        // No longer than it takes: a client that still sends when the answer comes loses it with the connection.
        using var content = new ByteArrayContent([.. Enumerable.Repeat((byte)' ', (16 * 1024 * 1024) + 1)]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/usage") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer spend_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("Basic c3BlbmQ6c3BlbmQ=")]
    public async Task Without_a_valid_key_nothing_is_taken(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_host.Address), "/api/v1/usage"))
        {
            Content = new StringContent(Given.TokensJson(), Encoding.UTF8, "application/json"),
        };
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        using var stranger = new HttpClient();
        using var response = await stranger.SendAsync(request, TestContext.Current.CancellationToken);

        await AssertProblemAsync(response, HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(0, await StoredAsync());
    }

    [Fact]
    public async Task A_key_without_the_scope_is_forbidden()
    {
        _host.Client.DefaultRequestHeaders.Authorization = new("Bearer", await _host.IssueKeyAsync([Scope.Read]));
        using var response = await _host.PostAsync("/api/v1/usage", Given.TokensJson());

        var problem = await AssertProblemAsync(response, HttpStatusCode.Forbidden);
        Assert.Contains("'record'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
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

    [Fact]
    public async Task A_path_that_does_not_exist_is_a_problem_too()
    {
        using var lost = await _host.Client.GetAsync(new Uri("/api/v1/nowhere", UriKind.Relative), TestContext.Current.CancellationToken);
        await AssertProblemAsync(lost, HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        return problem;
    }

    private Task<long> StoredAsync() => _host.Database.ScalarAsync<long>("select count(*) from spend.mt_events where stream_id like 'usage/%'");
}
