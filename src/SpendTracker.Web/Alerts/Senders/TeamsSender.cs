using System.Text.Json.Nodes;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Alerts.Senders;

/// <summary>
/// An Adaptive Card, at most 28 KB. All text is in text runs, where Teams reads no Markdown: a budget's name stays one. Source:
/// Microsoft's "Create Incoming Webhooks" and the Adaptive Card schema 1.4.
/// </summary>
internal sealed class TeamsSender(OutgoingHttp http) : IChannelSender
{
    public ChannelKind Kind => ChannelKind.Teams;

    /// <summary>Connectors of the old kind answer 200 also where Teams then refuses the card; the text says so.</summary>
    public Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken) => http.PostAsync(
        address, ((TeamsAddress)address).Url, ChatJson.Bytes(Message(AlertText.Of(notice))), new Dictionary<string, string>(),
        refusal: text => text.Contains("message delivery failed", StringComparison.OrdinalIgnoreCase), cancellationToken);

    private static JsonObject Message(AlertText text)
    {
        var single = text.Alerts.Count == 1;
        var body = new JsonArray(Line(Run(text.Subject, strong: true)));
        if (text.Opening is not null)
        {
            body.Add(Line(Run(text.Opening)));
        }

        foreach (var line in text.Alerts.SelectMany(alert => single ? InFull(alert) : InShort(alert)))
        {
            body.Add(line);
        }

        if (text.Closing is not null)
        {
            body.Add(Line(Run(text.Closing)));
        }

        var actions = single ? text.Alerts[0].Links.Select(Open) : [];
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["fallbackText"] = text.Subject,
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
            ["actions"] = new JsonArray([.. actions]),
        };
        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["contentUrl"] = null, ["content"] = card }),
        };
    }

    /// <summary>Below the subject, which is its title.</summary>
    private static IEnumerable<JsonObject> InFull(AlertParagraph alert) =>
        [Line(Run(alert.Sentences)), .. alert.Facts.Select(fact => Line(Run($"{fact.Label}: ", strong: true), Run(fact.Value)))];

    private static IEnumerable<JsonObject> InShort(AlertParagraph alert) => [Line(Run(alert.Title, strong: true, alert.Alert.Page)), Line(Run(alert.Sentences))];

    private static JsonObject Line(params JsonNode[] runs) => new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text, bool strong = false, Uri? link = null)
    {
        var run = new JsonObject { ["type"] = "TextRun", ["text"] = text };
        if (strong)
        {
            run["weight"] = "Bolder";
        }

        if (link is not null)
        {
            run["selectAction"] = Open(new("Open", link.AbsoluteUri));
        }

        return run;
    }

    private static JsonObject Open(AlertLink link) => new() { ["type"] = "Action.OpenUrl", ["title"] = link.Label, ["url"] = link.Url };
}
