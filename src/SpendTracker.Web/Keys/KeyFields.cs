using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Keys;

/// <summary>A key's terms as a person fills them in.</summary>
internal sealed class KeyFields
{
    public string Name { get; set; } = "";

    public string Owner { get; set; } = "";

    public HashSet<Scope> Scopes { get; } = [];

    /// <summary>With commas between.</summary>
    public string Workloads { get; set; } = "";

    public bool AnySource { get; set; }

    /// <summary>The last day; null for none.</summary>
    public DateOnly? LastDay { get; set; }

    public int? RequestsPerSecond { get; set; }

    public int? RequestsPerDay { get; set; }

    public void Set(Scope scope, bool wanted) => _ = wanted ? Scopes.Add(scope) : Scopes.Remove(scope);

    public ApiKeyTerms Read(TimeZoneInfo zone) => new(
        Name.Trim(), [.. Scopes.Order()], [.. Workloads.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)], AnySource)
    {
        Owner = CheckedForm.Optional(Owner), ExpiresAt = EndOf(LastDay, zone), RequestsPerSecond = RequestsPerSecond, RequestsPerDay = RequestsPerDay,
    };

    /// <summary>The end of a day of the reporting time zone.</summary>
    public static DateTimeOffset? EndOf(DateOnly? day, TimeZoneInfo zone) =>
        day is { } last && BillingPeriod.Covers(last) ? BillingPeriod.EndOf(last, zone).ToUniversalTime() : null;
}
