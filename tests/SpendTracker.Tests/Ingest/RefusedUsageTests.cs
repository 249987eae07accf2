using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Ingest;

/// <summary>What is refused, one host for all: none of these tests may leave an event.</summary>
public sealed class RefusedUsageTests(OneHost one) : IClassFixture<OneHost>
{
    private TestHost Host => one.Host;

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
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"audioInputTokens\":1001", "audioInputTokens", "Cannot exceed inputTokens")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"audioOutputTokens\":50,\"reasoningTokens\":51", "audioOutputTokens", "together cannot exceed outputTokens")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"cacheWriteTokens\":5,\"cacheWrite1hTokens\":6", "cacheWrite1hTokens", "Cannot exceed cacheWriteTokens")]
    [InlineData("\"inputTokens\":1000", "\"inputTokens\":1000,\"audioInputTokens\":-1", "audioInputTokens", "Must be from 0 to 1,000,000,000,000.")]
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
        var (status, answer) = await Host.RecordAsync(Given.TokensJson().Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        var result = Assert.Single(answer.Results);
        Assert.Equal(AppendStatus.Refused, result.Status);
        Assert.Null(result.EventId);
        Assert.Contains(result.Reasons!, r => r.Field == field && r.Reason.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(0, await Host.Database.CountUsageAsync());
    }

    [Theory]
    [InlineData(6, "Cannot be more than 5 minutes ahead.")]
    [InlineData(-5 * 366 * 24 * 60, "Cannot be more than 5 years back.")]
    public async Task Usage_too_far_ahead_or_back_is_refused(int minutes, string reason)
    {
        var (_, answer) = await Host.RecordAsync(Given.TokensJson(usedAt: DateTimeOffset.UtcNow.AddMinutes(minutes).ToString("o")));

        Assert.Equal(new FieldReason("usedAt", reason), Assert.Single(answer.Results[0].Reasons!));
    }

    [Theory]
    [InlineData("2026-01-05T10:00:00")]
    [InlineData("2026-01-05")]
    [InlineData("yesterday")]
    public async Task A_time_that_does_not_say_its_offset_is_refused(string usedAt)
    {
        var (_, answer) = await Host.RecordAsync(Given.TokensJson(usedAt: usedAt));

        Assert.Equal("usedAt", Assert.Single(answer.Results[0].Reasons!).Field);
    }

    [Theory]
    [InlineData("{\"type\":\"token_usage_recorded\",\n  \"workload\": oops}", "application/json", "Line 2, position 15")]
    [InlineData("", "application/json", "Line 1, position 1")]
    [InlineData("[{}", "application/json", "Line 1, position 4")]
    [InlineData("{} {}", "application/json", "Line 1, position 4")]
    [InlineData("{}\n{\"a\":}\n", "application/x-ndjson", "Line 2, position 6")]
    public async Task Malformed_JSON_is_refused_whole_and_names_line_and_position(string body, string contentType, string where)
    {
        using var response = await Host.PostAsync("/api/v1/usage", body, contentType);

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.StartsWith(where, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await Host.Database.CountUsageAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public async Task Another_content_type_is_refused(string contentType)
    {
        using var response = await Host.PostAsync("/api/v1/usage", Given.TokensJson(), contentType);

        await TestHost.ProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Compressed_bodies_are_refused()
    {
        using var content = new StringContent(Given.TokensJson(), Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await Host.Client.PostAsync(new Uri("/api/v1/usage", UriKind.Relative), content, TestContext.Current.CancellationToken);

        await TestHost.ProblemAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task An_empty_list_is_refused()
    {
        using var response = await Host.PostAsync("/api/v1/usage", "[]");

        await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task More_than_ten_thousand_events_are_refused_whole()
    {
        using var response = await Host.PostAsync("/api/v1/usage", Given.Lines(10_001), "application/x-ndjson");

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("10,000", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await Host.Database.CountUsageAsync());
    }

    [Fact]
    public async Task An_oversized_body_is_refused_before_it_is_read()
    {
        // Only the headers are sent: whoever answers now has not waited for the body.
        using var socket = new TcpClient();
        var address = new Uri(Host.Address);
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /api/v1/usage HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {Host.Client.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: {16 * 1024 * 1024 + 1}\r\n\r\n"),
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
        using var response = await Host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        await TestHost.ProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer spend_0123456789ab_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("Basic c3BlbmQ6c3BlbmQ=")]
    public async Task Without_a_valid_key_nothing_is_taken(string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(Host.Address), "/api/v1/usage"))
        {
            Content = new StringContent(Given.TokensJson(), Encoding.UTF8, "application/json"),
        };
        if (authorization is not null)
        {
            request.Headers.Authorization = AuthenticationHeaderValue.Parse(authorization);
        }

        using var stranger = new HttpClient();
        using var response = await stranger.SendAsync(request, TestContext.Current.CancellationToken);

        await TestHost.ProblemAsync(response, HttpStatusCode.Unauthorized);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(0, await Host.Database.CountUsageAsync());
    }

    [Fact]
    public async Task A_key_without_the_scope_is_forbidden()
    {
        using var reader = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", await Host.IssueKeyAsync([Scope.Read])) } };
        using var content = new StringContent(Given.TokensJson(), Encoding.UTF8, "application/json");
        using var response = await reader.PostAsync(new Uri($"{Host.Address}/api/v1/usage"), content, TestContext.Current.CancellationToken);

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.Forbidden);
        Assert.Contains("'record'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_a_problem_too()
    {
        using var lost = await Host.Client.GetAsync(new Uri("/api/v1/nowhere", UriKind.Relative), TestContext.Current.CancellationToken);
        await TestHost.ProblemAsync(lost, HttpStatusCode.NotFound);
    }
}
