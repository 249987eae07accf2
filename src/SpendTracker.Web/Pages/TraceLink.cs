namespace SpendTracker.Web.Pages;

/// <summary>Where traces are looked at.</summary>
/// <param name="template">An address with <c>{traceId}</c>; null where nobody has set one.</param>
internal sealed class TraceLink(string? template)
{
    public const string Place = "{traceId}";

    /// <summary>Where the traces' own pages begin; null where none are known.</summary>
    public string? Home => template is null ? null : new Uri(template.Replace(Place, "", StringComparison.Ordinal)).GetLeftPart(UriPartial.Authority);

    /// <summary>Whether an address can be one: a web address that the id goes into once.</summary>
    public static bool IsTemplate(string text) =>
        text.Split(Place).Length == 2 && Uri.TryCreate(text.Replace(Place, "0", StringComparison.Ordinal), UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "" }
        && text.IndexOf(url.Authority, StringComparison.OrdinalIgnoreCase) is > 0 and var host && text.IndexOf(Place, StringComparison.Ordinal) > host;

    /// <summary>A trace's page. Null without a setting, and for what is no trace's id: it is from whoever sent the event.</summary>
    public string? To(string? traceId) => template is not null && traceId is { Length: 32 } && traceId.All(char.IsAsciiHexDigit) ? template.Replace(Place, traceId, StringComparison.Ordinal) : null;
}
