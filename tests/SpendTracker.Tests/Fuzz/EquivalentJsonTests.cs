using System.Net;
using System.Text;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests.Fuzz;

/// <summary>What other programs write for the same must not be refused: every member of every endpoint that takes JSON.</summary>
public sealed class EquivalentJsonTests(OneHost one) : IClassFixture<OneHost>
{
    private const string Usage = "/api/v1/usage";

    [Fact]
    public async Task What_means_the_same_is_answered_the_same()
    {
        List<string> failures = [];
        foreach (var (path, body) in Examples.Objects.Where(example => example.Path != Usage))
        {
            foreach (var (plain, written) in EquivalentJson.Of(body))
            {
                if (await IsRefusedAsync(path, plain) != await IsRefusedAsync(path, written))
                {
                    failures.Add($"{path}: {written}");
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Usage_that_means_the_same_is_taken_the_same()
    {
        string[] examples =
        [
            .. Examples.Objects.Where(example => example.Path == Usage).Select(example => example.Body),
            Given.TokensJson("1", ",\"source\":\"s\",\"reportedCost\":0.001615,\"reportedCurrency\":\"USD\""),
            $$"""{"type":"dataset_prep_recorded","workload":"w","dataset":"d","activity":"label","amount":0.0000035,"currency":"EUR","preparedAt":"{{Given.At(Given.Day):o}}"}""",
        ];

        Assert.Empty(
            from example in examples
            from pair in EquivalentJson.Of(example)
            where !pair.Written.StartsWith('\uFEFF') && IsTaken(pair.Plain) != IsTaken(pair.Written)
            select pair.Written);
    }

    private static bool IsTaken(string json) => UsageRequest.Read(Encoding.UTF8.GetBytes(json), lines: false, DateTimeOffset.UtcNow)[0].Usage is not null;

    private async Task<bool> IsRefusedAsync(string path, string body)
    {
        var address = path.Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal).Replace("{id}", "b", StringComparison.Ordinal).Replace("{month}", "2026-01", StringComparison.Ordinal);
        var method = address.StartsWith("/api/v1/budgets/", StringComparison.Ordinal) || address.StartsWith("/api/v1/channels/", StringComparison.Ordinal) ? HttpMethod.Put : HttpMethod.Post;
        using var answer = await one.Host.SendAsync(method, address, body);
        return answer.StatusCode == HttpStatusCode.BadRequest;
    }
}
