using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Explorer;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Explorer;

/// <summary>
/// What an address asks for, of the event explorer's page or of the API alike: <see cref="Pages.EventLink"/> writes it. Either one
/// event, or a part of a workload's month.
/// </summary>
/// <param name="Asked">Parameter → text, without those that are empty.</param>
internal sealed record EventQuestion(IReadOnlyDictionary<string, string> Asked)
{
    public static readonly IReadOnlyList<string> Parameters =
        ["workload", "month", "approach", "component", "sku", "meter", "variant", "recordedFrom", "recordedTo", "knownOn", "before", "after", "id", "source"];

    /// <summary>Of the API, with those of all lists.</summary>
    public static IReadOnlyList<string> ApiParameters { get; } = [.. Parameters, "limit", "cursor", "format"];

    /// <summary>What the text in a cursor begins with; a place follows.</summary>
    public const char BeforePlace = '<', AfterPlace = '>';

    /// <summary>Where a cursor leads.</summary>
    public (EventPlace Place, bool IsAfter)? Place(string? cursor, FieldCheck check)
    {
        if (cursor is null || !PageAsked.TryOpen(cursor, out var text) || text!.Length == 0)
        {
            return null;
        }

        var known = EventPlace.TryParse(text[1..], out var place) && text[0] is BeforePlace or AfterPlace;
        check.That("cursor", known, PageAsked.NoCursor);
        check.That("cursor", this["before"] is null && this["after"] is null, "Goes without before and after.");
        return known ? (place, text[0] == AfterPlace) : null;
    }

    public string? Workload => this["workload"]?.Trim();

    /// <summary>An event's id, or the caller's own, which then comes with its source.</summary>
    public string? Id => this["id"]?.Trim();

    public string? Source => this["source"]?.Trim();

    /// <summary>The id in the log of the one event that is asked for; null where none is, or the caller's own lacks its source.</summary>
    public Guid? EventId => Id is not { } id ? null
        : Source is { } source ? SpendTracker.Events.EventId.From(Tenant.Default, source, id)
        : Guid.TryParse(id, out var eventId) ? eventId : null;

    /// <summary>The events recorded before this place.</summary>
    public EventPlace? Before => EventPlace.TryParse(this["before"], out var place) ? place : null;

    /// <summary>The events recorded after this place.</summary>
    public EventPlace? After => EventPlace.TryParse(this["after"], out var place) ? place : null;

    /// <summary>Places are given out as parts of addresses, so that nobody makes one up.</summary>
    public void CheckPlaces(FieldCheck check)
    {
        const string reason = "Must be like 2026-01.42: a part of the address of older or newer events.";
        check.That("before", this["before"] is null || Before is not null, reason);
        check.That("after", this["after"] is null || After is not null, reason);
        check.That("after", this["after"] is null || this["before"] is null, "Goes without before.");
    }

    private string? this[string name] => Asked.GetValueOrDefault(name);

    public static EventQuestion Of(IQueryCollection query) => new(query
        .Where(parameter => !string.IsNullOrWhiteSpace(parameter.Value))
        .ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.OrdinalIgnoreCase));

    /// <summary>The part of a month that is asked for; of the current one where none is named.</summary>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    public async Task<UsageFilter?> FilterAsync(FieldCheck check, KnownOn days, CancellationToken cancellationToken)
    {
        var month = BillingPeriod.Of(days.Today);
        check.That("workload", Workload is not null, "Must not be empty, unless the id of an event is given.");
        check.That("month", this["month"] is not { } text || BillingPeriod.TryParse(text, out month), "Must be a month like 2026-01.");
        var knownOn = await days.ReadAsync(check, this["knownOn"], cancellationToken);
        var filter = new UsageFilter(Workload ?? "", month)
        {
            Approach = check.OptionalEnum<Approach>("approach", this["approach"]),
            Component = check.OptionalEnum<Component>("component", this["component"]),
            Sku = this["sku"],
            Meter = this["meter"],
            Variant = this["variant"] == CostDimension.None ? "" : this["variant"],
            RecordedFrom = Day(check, "recordedFrom"),
            RecordedTo = Day(check, "recordedTo"),
            KnownOn = knownOn,
        };
        return check.Reasons.Count > 0 ? null : filter;
    }

    private DateOnly? Day(FieldCheck check, string field)
    {
        var known = KnownOn.IsDay(this[field], out var day);
        check.That(field, known || this[field] is null, "Must be a day like 2026-03-31.");
        return known ? day : null;
    }
}
