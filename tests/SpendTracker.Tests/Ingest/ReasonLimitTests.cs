using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Ingest;

/// <summary>An answer is not many times as large as the mistakes in what was sent.</summary>
public sealed class ReasonLimitTests(OneHost one) : IClassFixture<OneHost>
{
    private TestHost Host => one.Host;

    [Fact]
    public async Task Of_a_record_20_reasons_are_named_and_the_others_counted()
    {
        var (status, answer) = await Host.RecordAsync(Given.TokensJson(extra: Unknown(100_000)).Replace("\"approach\":\"prompt-engineering\",", "", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.MultiStatus, status);
        var result = Assert.Single(answer.Results);
        Assert.Equal((20, 100_001 - 20), (result.Reasons!.Count, result.MoreReasons));
        Assert.Equal(result.MoreReasons, answer.MoreReasons);
        Assert.Equal(new FieldReason("approach", "Missing."), result.Reasons[0]); // What it lacks goes before what is too much.
    }

    [Fact]
    public async Task Of_an_answer_1000_reasons_are_named_and_each_record_counts_the_others()
    {
        var (_, answer) = await Host.RecordAsync(string.Join('\n', Enumerable.Repeat(Given.TokensJson(extra: Unknown(15)), 100)), "application/x-ndjson");

        Assert.Equal(1_000, answer.Results.Sum(result => result.Reasons!.Count));
        Assert.Equal(500, answer.MoreReasons);
        Assert.All(answer.Results, result => Assert.Equal(15, result.Reasons!.Count + (result.MoreReasons ?? 0)));
        Assert.Null(answer.Results[0].MoreReasons);
        Assert.Equal(AppendStatus.Refused, answer.Results[^1].Status);
    }

    [Fact]
    public async Task A_reason_that_is_named_needs_no_count()
    {
        var (_, answer) = await Host.RecordAsync(Given.TokensJson(extra: Unknown(20)));

        Assert.Equal((20, null), (answer.Results[0].Reasons!.Count, answer.Results[0].MoreReasons));
        Assert.Null(answer.MoreReasons);
    }

    [Theory]
    [InlineData("POST", "workloads", """{"workload":"w","name":"n","team":"t","approach":"hybrid"UNKNOWN}""")]
    [InlineData("POST", "usage/corrections", """{"corrects":{"id":"1"},"reason":"r","replacement":{"type":"labour_recorded"UNKNOWN}}""")]
    [InlineData("PUT", "budgets/b", """{"name":"b","scope":{},"period":{"kind":"month","from":"2026-01"},"currency":"USD","amounts":{MONTHS}}""")]
    [InlineData("POST", "estimates", """{"workload":"w","approach":"hybrid","from":"2026-01","to":"2026-01","currency":"USD","lines":[{"component":"usage","amount":1}],"assumptions":{TEXTS}}""")]
    [InlineData("POST", "usage/corrections", """{"corrects":{"id":"1"},"reason":"r","replacement":{TEXTS}}""")]
    public async Task A_problem_names_20_reasons_and_counts_the_others(string method, string path, string body)
    {
        var many = Enumerable.Range(0, 1_000);
        body = body.Replace("UNKNOWN", Unknown(1_000), StringComparison.Ordinal)
            .Replace("MONTHS", string.Join(',', many.Select(i => $"\"x{i}\":1")), StringComparison.Ordinal)
            .Replace("TEXTS", string.Join(',', many.Select(i => $"\"x{i}\":\"\\ud800\"")), StringComparison.Ordinal);
        using var response = await Host.SendAsync(new HttpMethod(method), $"/api/v1/{path}", body);

        var problem = await TestHost.ProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(20, problem.GetProperty("errors").EnumerateObject().Sum(field => field.Value.GetArrayLength()));
        Assert.InRange(problem.GetProperty("moreReasons").GetInt32(), 979, 1_100);
    }

    [Fact]
    public async Task A_long_value_is_shortened_in_a_conflict()
    {
        string Training(string loss) => $$"""{"type":"training_run_recorded","id":"losses","workload":"w","provider":"p","model":"m","runId":"r","gpuHours":1,"completedAt":"{{DateTimeOffset.UtcNow:yyyy-MM-dd}}T00:00:00Z","trainingLoss":[{{loss}}]}""";
        await Host.RecordAsync(Training(string.Join(',', Enumerable.Range(1, 1_000).Select(i => $"0.{i}"))));
        var (_, answer) = await Host.RecordAsync(Training("1"));

        var reason = Assert.Single(answer.Results[0].Reasons!);
        Assert.Equal("trainingLoss", reason.Field);
        Assert.InRange(reason.Reason.Length, 200, 300);
    }

    private static string Unknown(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $",\"u{i}\":{i}"));
}
