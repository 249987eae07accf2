using System.ComponentModel.DataAnnotations;
using SpendTracker.Web.Alerts.Senders;

namespace SpendTracker.Web.Alerts;

/// <summary>How alerts are sent.</summary>
internal sealed record AlertOptions : IValidatableObject
{
    /// <summary>How long one attempt may take. Another host takes a message over after twice as long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most channels that a host sends over at once.</summary>
    [Range(1, 100)]
    public int MostAtOnce { get; init; } = 16;

    /// <summary>See <see cref="Senders.AllowedHosts"/>.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>What links in messages begin with, without a slash at the end; null for no links. The host's own setting.</summary>
    public string? PublicUrl { get; internal init; }

    /// <summary>An address that links can begin with; null for none, and for what is no such address.</summary>
    public static string? PublicUrlOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url is { UserInfo: "", Query: "", Fragment: "" }
            ? url.AbsoluteUri.TrimEnd('/')
            : null;

    /// <summary>Adds hosts from one text with commas, as an environment variable has them.</summary>
    public void AddHosts(string? text)
    {
        foreach (var host in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            AllowedHosts.Add(host);
        }
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AllowedHosts.Select(Senders.AllowedHosts.Fault).OfType<string>().Select(fault => new ValidationResult(fault));
}
