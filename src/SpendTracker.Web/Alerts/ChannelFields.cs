using System.Globalization;
using System.Security.Cryptography;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

/// <summary>A channel's terms as a person writes them into a form. An address that was saved is never read back into it.</summary>
internal sealed class ChannelFields
{
    private const int SecretBytes = 32;
    private const int LongestId = 40;

    /// <summary>Empty: made of the name.</summary>
    public string Id { get; set; } = "";

    /// <summary>The id that is written, or else what the name gives: <c>on-call-europe</c> of “On-call, Europe”.</summary>
    public string IdOrName => Id.Trim().Length > 0 ? Id.Trim() : IdOf(Name);

    public string Name { get; set; } = "";

    /// <summary>Whether there is an address among the fields; otherwise the channel keeps what it has.</summary>
    public bool Replaces { get; set; }

    public ChannelKind Kind { get; set; }

    public string Url { get; set; } = "";

    public string Secret { get; set; } = "";

    public string Server { get; set; } = "";

    public string Port { get; set; } = "587";

    public bool Tls { get; set; } = true;

    public string? User { get; set; }

    public string? Password { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    public int MostPerHour { get; set; } = new ChannelSchedule().MostPerHour;

    public int DigestMinutes { get; set; }

    public string? QuietFrom { get; set; }

    public string? QuietTo { get; set; }

    public string? TimeZone { get; set; }

    public int RemindMinutes { get; set; }

    public int EscalateMinutes { get; set; }

    public string? EscalateTo { get; set; }

    /// <summary>For a new channel: with a secret of its own to sign with.</summary>
    public static ChannelFields New() => new() { Replaces = true, Secret = $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}" };

    /// <summary>Lower-case letters and digits of ASCII, with one dash for whatever is between them.</summary>
    public static string IdOf(string name)
    {
        var plain = name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' ');
        var id = string.Join('-', string.Concat(plain).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return id[..Math.Min(id.Length, LongestId)].TrimEnd('-');
    }

    public static ChannelFields Of(Channel channel) => new()
    {
        Id = channel.Id, Name = channel.Name, Kind = channel.Kind, MostPerHour = channel.Schedule.MostPerHour, DigestMinutes = channel.Schedule.DigestMinutes,
        QuietFrom = channel.Schedule.QuietFrom, QuietTo = channel.Schedule.QuietTo, TimeZone = channel.Schedule.TimeZone, RemindMinutes = channel.Schedule.RemindMinutes,
        EscalateMinutes = channel.Schedule.EscalateMinutes, EscalateTo = channel.Schedule.EscalateTo,
    };

    /// <summary>The terms; what is not even a number or an address goes into the check.</summary>
    public ChannelTerms Read(FieldCheck check) => new(Name.Trim(), Replaces ? AddressOf(check) : null, new ChannelSchedule(
        MostPerHour, DigestMinutes, CheckedForm.Optional(QuietFrom), CheckedForm.Optional(QuietTo), CheckedForm.Optional(TimeZone), RemindMinutes, EscalateMinutes,
        CheckedForm.Optional(EscalateTo)));

    private ChannelAddress AddressOf(FieldCheck check)
    {
        if (Kind == ChannelKind.Email)
        {
            var read = int.TryParse(Port, NumberStyles.None, CultureInfo.InvariantCulture, out var port);
            check.That("address.port", read, "Must be a number from 1 to 65,535.");
            return new EmailAddress(Server.Trim(), port, Tls, From.Trim(), ImportOptions.List(To), CheckedForm.Optional(User), CheckedForm.Optional(Password));
        }

        check.That("address.url", Uri.TryCreate(Url.Trim(), UriKind.Absolute, out var url), "Must be an absolute URL with http or https.");
        url ??= new Uri("about:blank");
        return Kind switch
        {
            ChannelKind.Webhook => new WebhookAddress(url, Secret.Trim()),
            ChannelKind.Slack => new SlackAddress(url),
            ChannelKind.Teams => new TeamsAddress(url),
            _ => new AlertmanagerAddress(url, CheckedForm.Optional(User), CheckedForm.Optional(Password)),
        };
    }
}
