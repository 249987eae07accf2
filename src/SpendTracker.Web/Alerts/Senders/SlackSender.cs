using System.Text.Json.Nodes;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// Blocks, and a text for notifications and for programs that know no blocks. At most 50 blocks of 3,000 characters a text, and
/// 10 fields. Source: Slack's reference of Block Kit.
/// </summary>
internal sealed class SlackSender(OutgoingHttp http) : IChannelSender
{
    public ChannelKind Kind => ChannelKind.Slack;

    public Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken) =>
        http.PostAsync(address, ((SlackAddress)address).Url, ChatJson.Bytes(Message(AlertText.Of(notice))), new Dictionary<string, string>(), refusal: null, cancellationToken);

    private static JsonObject Message(AlertText text)
    {
        var single = text.Alerts.Count == 1;
        var blocks = new JsonArray();
        foreach (var part in (string?[])[single ? null : $"*{Escaped(text.Subject)}*", text.Opening])
        {
            if (part is not null)
            {
                blocks.Add(Section(part));
            }
        }

        foreach (var alert in text.Alerts)
        {
            var block = Section(string.Join('\n', new[] { $"*{Escaped(alert.Title)}*", Escaped(alert.Sentences), Links(alert) }.Where(line => line.Length > 0)));
            if (single)
            {
                block["fields"] = new JsonArray([.. alert.Facts.Select(fact => Markdown($"*{fact.Label}*\n{Escaped(fact.Value)}"))]);
            }

            blocks.Add(block);
        }

        if (text.Closing is not null)
        {
            blocks.Add(Section(text.Closing));
        }

        // Fetching a link to show what is behind it is nothing that a link for acknowledging should be asked for.
        return new JsonObject { ["text"] = Escaped(text.Subject), ["unfurl_links"] = false, ["unfurl_media"] = false, ["blocks"] = blocks };
    }

    private static string Links(AlertParagraph alert) => string.Join(" · ", alert.Links.Select(link => $"<{Escaped(link.Url)}|{link.Label}>"));

    private static JsonObject Section(string markdown) => new() { ["type"] = "section", ["text"] = Markdown(markdown) };

    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };

    /// <summary>So that a budget's name mentions nobody and links nowhere.</summary>
    private static string Escaped(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
