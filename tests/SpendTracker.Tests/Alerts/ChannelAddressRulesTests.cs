using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>What an address may be: each limit, and the field that breaks it.</summary>
public sealed class ChannelAddressRulesTests
{
    private static readonly EmailAddress Mail = new("mail.example.com", 587, Tls: true, "alerts@example.com", ["a@example.com"], "me", "secret");

    public static TheoryData<ChannelAddress> Good =>
    [
        new WebhookAddress(new("https://example.com/hook?a=b"), Secret(24)),
        new WebhookAddress(new("http://10.0.0.1:8080"), Secret(64)),
        new SlackAddress(new("https://hooks.slack.com/services/T0/B0/X")),
        new TeamsAddress(new($"https://example.com/{new string('x', 1_980)}")),
        Mail,
        Mail with { Server = "::1", Port = 65_535, Tls = false, User = null, Password = null, To = [.. Enumerable.Range(0, 20).Select(i => $"o'neil+{i}@sub.example.com")] },
        new AlertmanagerAddress(new("http://alertmanager:9093/prefix/")),
        new AlertmanagerAddress(new("https://alertmanager"), "me", "secret"),
    ];

    public static TheoryData<ChannelAddress, string> Bad => new()
    {
        { new WebhookAddress(new("https://example.com"), Secret(23)), "secret: Must be whsec_ and the Base64 of 24 to 64 bytes." },
        { new WebhookAddress(new("https://example.com"), Secret(65)), "secret: Must be whsec_ and the Base64 of 24 to 64 bytes." },
        { new WebhookAddress(new("https://example.com"), Secret(30)[6..]), "secret: Must be whsec_ and the Base64 of 24 to 64 bytes." },
        { new WebhookAddress(new("https://example.com"), "whsec_not base64 at all, and long enough to be"), "secret: Must be whsec_ and the Base64 of 24 to 64 bytes." },
        { new SlackAddress(new("/services", UriKind.Relative)), "url: Must be an absolute URL with http or https." },
        { new SlackAddress(new("file:///etc/passwd")), "url: Must be an absolute URL with http or https." },
        { new SlackAddress(new("gopher://example.com")), "url: Must be an absolute URL with http or https." },
        { new SlackAddress(new("https://me@example.com")), "url: Must not contain a user name or password." },
        { new SlackAddress(new("https://example.com/#x")), "url: Must not contain a fragment." },
        { new TeamsAddress(new($"https://example.com/{new string('x', 1_981)}")), "url: At most 2,000 characters." },
        { new TeamsAddress(new($"https://example.com/{new string('ä', 700)}")), "url: At most 2,000 characters." },
        { Mail with { Server = "mail example" }, "server: Must be a host name or an address." },
        { Mail with { Server = "" }, "server: Must not be empty.; server: Must be a host name or an address." },
        { Mail with { Port = 0 }, "port: Must be from 1 to 65,535." },
        { Mail with { Port = 65_536 }, "port: Must be from 1 to 65,535." },
        { Mail with { Tls = false }, "password: A password is sent only encrypted: set tls, or leave user and password out." },
        { Mail with { User = null }, "password: User and password go together." },
        { Mail with { Password = "a\r\nb" }, "password: Must not contain control characters." },
        { Mail with { From = "Me <me@example.com>" }, "from: Must be an e-mail address in ASCII like name@example.com, without a display name." },
        { Mail with { From = "me@example.com\n" }, "from: Must be an e-mail address in ASCII like name@example.com, without a display name." },
        { Mail with { To = [] }, "to: Must be 1 to 20 e-mail addresses." },
        { Mail with { To = [.. Enumerable.Range(0, 21).Select(i => $"{i}@example.com")] }, "to: Must be 1 to 20 e-mail addresses." },
        { Mail with { To = ["a@example.com", "A@example.com"] }, "to: Must have each address once." },
        { Mail with { To = ["a@example.com", "b@-example.com"] }, "to[1]: Must be an e-mail address in ASCII like name@example.com, without a display name." },
        { Mail with { To = ["a@example.com>\r\nDATA"] }, "to[0]: Must be an e-mail address in ASCII like name@example.com, without a display name." },
        { new AlertmanagerAddress(new("http://alertmanager:9093/api/v2/alerts")), "url: Must be without /api/v2/alerts, which is added." },
        { new AlertmanagerAddress(new("http://alertmanager:9093?x=y")), "url: Must not contain a query." },
        { new AlertmanagerAddress(new("https://alertmanager"), "a:b", "secret"), "user: Must not contain a colon." },
        { new AlertmanagerAddress(new("http://alertmanager"), "me", "secret"), "password: A password is sent only encrypted: use https, or leave user and password out." },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void What_keeps_the_limits_is_taken(ChannelAddress address) => Assert.Empty(ChannelAddressRules.Check(address));

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_breaks_a_limit_is_told_by_field(ChannelAddress address, string reasons) =>
        Assert.Equal(reasons, string.Join("; ", ChannelAddressRules.Check(address).Select(reason => $"{reason.Field}: {reason.Reason}")));

    [Fact]
    public void An_address_as_text_has_no_secret() =>
        Assert.Equal("Slack hooks.slack.com", new SlackAddress(new("https://hooks.slack.com/services/T0/B0/SECRET")).ToString());

    private static string Secret(int bytes) => $"whsec_{Convert.ToBase64String(new byte[bytes])}";
}
