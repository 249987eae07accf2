using System.Text;
using System.Text.Json;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>Slack's and Teams' messages within the limits that these document, also at their worst.</summary>
public sealed class ChatSenderTests
{
    /// <summary>Names as long as they may be, of characters that take the most room when written.</summary>
    private static NoticedAlert Worst(int id)
    {
        var alert = Sending.Alert(string.Concat(Enumerable.Repeat("&<!channel>", 50)), at: 123_456_789_012_345.678901m, id: id);
        var contributors = Enumerable.Range(0, 5).Select(i => new Contributor(new string('&', 100), 123_456_789_012_345m, [])).ToArray();
        return alert with { Raised = (BudgetThresholdCrossed)alert.Raised with { Contributors = contributors, Currency = "XAF", PeriodEnd = new(2027, 2, 1) } };
    }

    public static TheoryData<int> Counts => [1, 2, 20, 60];

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task A_message_to_Slack_stays_within_the_limits_of_Block_Kit_and_mentions_nobody(int alerts)
    {
        var (message, body) = await SentAsync(address => new SlackAddress(address), http => new SlackSender(http), Digest(alerts));

        var blocks = message.GetProperty("blocks");
        Assert.InRange(blocks.GetArrayLength(), 1, 50);
        Assert.InRange(message.GetProperty("text").GetString()!.Length, 1, 4_000);
        foreach (var block in blocks.EnumerateArray())
        {
            Assert.Equal("section", block.GetProperty("type").GetString());
            AssertText(block.GetProperty("text"), 3_000);
            if (block.TryGetProperty("fields", out var fields))
            {
                Assert.InRange(fields.GetArrayLength(), 1, 10);
                Assert.All(fields.EnumerateArray(), field => AssertText(field, 2_000));
            }
        }

        Assert.DoesNotContain("<!", body, StringComparison.Ordinal);
        Assert.Equal(alerts > 20, body.Contains($"{alerts - 20} more alerts are not listed here.", StringComparison.Ordinal));

        static void AssertText(JsonElement text, int most)
        {
            Assert.Equal("mrkdwn", text.GetProperty("type").GetString());
            Assert.InRange(text.GetProperty("text").GetString()!.Length, 1, most);
        }
    }

    [Fact]
    public async Task A_message_to_Slack_reads_well()
    {
        var (message, _) = await SentAsync(address => new SlackAddress(address), http => new SlackSender(http), Sending.Notice(NoticeKind.Crossed, Sending.Alert("R&D <new>")));

        Assert.Equal("R&amp;D &lt;new&gt; reached 80 % of its budget", message.GetProperty("text").GetString());
        var block = Assert.Single(message.GetProperty("blocks").EnumerateArray());
        Assert.Equal(
            "*R&amp;D &lt;new&gt; reached 80 % of its budget*\n" +
            "$812.50 of $1,000.00 (81.25 %) was spent in November 2026 when this was noticed. The forecast for the period's end is $1,240.00.\n" +
            "<https://spend.example.com/alerts/00000001-0000-0000-0000-000000000000|Open> · " +
            "<https://spend.example.com/acknowledge?a=00000001-0000-0000-0000-000000000000&amp;t=abc|Acknowledge>",
            block.GetProperty("text").GetProperty("text").GetString());
        Assert.Equal("*Spent*\n$812.50", block.GetProperty("fields")[0].GetProperty("text").GetString());
        Assert.False(message.GetProperty("unfurl_links").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task A_message_to_Teams_is_one_card_of_known_elements_below_28_KB(int alerts)
    {
        var (message, body) = await SentAsync(address => new TeamsAddress(address), http => new TeamsSender(http), Digest(alerts));

        Assert.InRange(Encoding.UTF8.GetByteCount(body), 1, 28 * 1024);
        Assert.Equal("message", message.GetProperty("type").GetString());
        var attachment = Assert.Single(message.GetProperty("attachments").EnumerateArray());
        Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
        var card = attachment.GetProperty("content");
        Assert.Equal(("AdaptiveCard", "1.4"), (card.GetProperty("type").GetString(), card.GetProperty("version").GetString()));
        Assert.All(card.GetProperty("body").EnumerateArray(), block =>
        {
            Assert.Equal(["type", "inlines"], block.EnumerateObject().Select(member => member.Name));
            Assert.Equal("RichTextBlock", block.GetProperty("type").GetString());
            Assert.All(block.GetProperty("inlines").EnumerateArray(), run =>
            {
                Assert.Equal("TextRun", run.GetProperty("type").GetString());
                Assert.NotEmpty(run.GetProperty("text").GetString()!);
                Assert.Empty(run.EnumerateObject().Select(member => member.Name).Except(["type", "text", "weight", "selectAction"]));
            });
        });
        Assert.Equal(alerts == 1 ? ["Open", "Acknowledge"] : [], card.GetProperty("actions").EnumerateArray().Select(action => action.GetProperty("title").GetString()));
        Assert.Equal(alerts > 20, body.Contains($"{alerts - 20} more alerts are not listed here.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connector_of_Teams_that_answers_200_and_says_that_it_failed_has_failed()
    {
        await using var receiver = await HttpReceiver.StartAsync(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429");
        using var http = Sending.HttpTo(receiver);
        await using var content = await HttpReceiver.StartAsync(200, "1");
        using var httpToContent = Sending.HttpTo(content);

        Assert.StartsWith(
            $"{receiver.Address.Authority} answered 200: Webhook message delivery failed",
            (await new TeamsSender(http).SendAsync(new TeamsAddress(receiver.Address), Sending.Notice())).Reason, StringComparison.Ordinal);
        Assert.Equal(SendOutcome.Sent, await new TeamsSender(httpToContent).SendAsync(new TeamsAddress(content.Address), Sending.Notice()));
    }

    private static AlertNotice Digest(int alerts) => Sending.Notice(NoticeKind.Escalation, [.. Enumerable.Range(1, alerts).Select(Worst)]);

    private static async Task<(JsonElement Message, string Body)> SentAsync(
        Func<Uri, ChannelAddress> address, Func<OutgoingHttp, IChannelSender> sender, AlertNotice notice)
    {
        var (body, _) = await Sending.PostedAsync(sender, address, notice);
        return (JsonSerializer.Deserialize<JsonElement>(body), body);
    }
}
