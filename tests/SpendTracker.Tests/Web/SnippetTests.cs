using System.Text.Json;
using SpendTracker.Contracts;
using SpendTracker.Web.Connect;
using SpendTracker.Web.Ingest;

namespace SpendTracker.Tests.Web;

public sealed class SnippetTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 21, 0, 5, TimeSpan.FromHours(2));

    [Fact]
    public void Every_language_sends_the_same_body_with_the_key_to_the_address()
    {
        var body = Snippet.Body("support-chat", Approach.FineTuning, "first-1", Now);
        var snippets = Snippet.All("https://spend.example.com/", "spend_1_2", body);

        Assert.Equal(["curl", "C#", "Python", "TypeScript"], snippets.Select(snippet => snippet.Name));
        Assert.All(snippets, snippet =>
        {
            Assert.Contains(body, snippet.Text, StringComparison.Ordinal);
            Assert.Contains("https://spend.example.com/api/v1/usage", snippet.Text, StringComparison.Ordinal);
            Assert.Matches("Bearer(\", \"| )spend_1_2", snippet.Text);
            Assert.Contains("application/json", snippet.Text, StringComparison.Ordinal);
        });
        Assert.All(Snippet.All("https://spend.example.com/", null, body), snippet => Assert.Matches("Bearer(\", \"| )YOUR-KEY", snippet.Text));
    }

    [Fact]
    public void The_body_is_an_event_that_the_API_takes()
    {
        var item = Assert.Single(UsageRequest.Read(System.Text.Encoding.UTF8.GetBytes(Snippet.Body("support-chat", Approach.Hybrid, "first-1", Now)), lines: false, Now));

        Assert.Empty(item.Reasons);
        Assert.Equal(("first-1", "support-chat", Approach.Hybrid), (item.Id, item.Usage!.Workload, item.Usage.Approach));
        Assert.Equal(Now, item.Usage.OccurredAt);
    }

    /// <summary>A workload's id may have any of these; none may end the text that it stands in, in any of the languages.</summary>
    [Theory]
    [InlineData("""it's"a\b""")]
    [InlineData("`${process.exit()}`")]
    [InlineData("\"\"\"+x")]
    [InlineData("täg—☃")]
    public void No_name_ends_the_text_that_it_stands_in(string workload)
    {
        var body = Snippet.Body(workload, Approach.Hybrid, "first-1", Now);
        var line = body.Split('\n').Single(line => line.Contains("\"workload\"", StringComparison.Ordinal));

        Assert.Equal(workload, JsonDocument.Parse(body).RootElement.GetProperty("workload").GetString());
        Assert.DoesNotContain(line, character => character is '\'' or '`' or '$' || character > '~');
        Assert.DoesNotContain("\"\"", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\\\"", line, StringComparison.Ordinal);
    }
}
