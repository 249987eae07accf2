using System.ComponentModel.DataAnnotations;
using SpendTracker.Settings;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Alerts;

/// <summary>How alerts are sent, from the section <c>Alerts</c>; and <c>PublicUrl</c>, where people reach this host.</summary>
internal sealed record AlertOptions
{
    /// <summary>How long one attempt may take. Another host takes a message over after twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most channels that a host sends over at once.</summary>
    [Range(1, 100)]
    public int MostAtOnce { get; init; } = 16;

    /// <summary>What links in messages begin with, without a slash at the end; null for no links.</summary>
    public string? PublicUrl { get; init; }

    /// <exception cref="SettingsConflictException">A setting is not what it should be.</exception>
    public static AlertOptions Of(IConfiguration configuration) =>
        configuration.Checked<AlertOptions>("Alerts") with { PublicUrl = PublicUrlOf(configuration["PublicUrl"]) };

    private static string? PublicUrlOf(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url is { UserInfo: "", Query: "", Fragment: "" }
            ? url.AbsoluteUri.TrimEnd('/')
            : throw new SettingsConflictException($"PublicUrl is '{text}'. It must be where people reach this host, like https://spend.example.com.");
    }
}
