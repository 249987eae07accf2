using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Costs;
using SpendTracker.Events;
using SpendTracker.Explorer;
using SpendTracker.Web.Costs;
using SpendTracker.Web.Requests;
using SpendTracker.Workloads;

namespace SpendTracker.Web.Explorer;

/// <summary>
/// What an address asks for, of the event explorer's page or of the API alike: <see cref="Pages.EventLink"/> writes it. One event; or a part
/// of a workload's month, which a number is the sum of; or a list of events of all workloads.
/// </summary>
/// <param name="Asked">Parameter → text, without those that are empty.</param>
/// <param name="Filters">The values that a list is narrowed to.</param>
public sealed record EventQuestion(IReadOnlyDictionary<string, string> Asked, Filters Filters)
{
    public static readonly IReadOnlyList<string> Parameters =
    [
        "workload", "month", "approach", "component", "sku", "meter", "variant", "recordedFrom", "recordedTo", "knownOn", "before", "after", "id", "source",
        "team", "model", "environment", "cost-centre", "from", "to", "type", "trace",
    ];

    /// <summary>What a list is narrowed by, and a number is not.</summary>
    private static readonly IReadOnlyList<string> OfLists = ["team", "model", "environment", "cost-centre", "from", "to", "period", "where", "type", "trace"];

    /// <summary>What a number is narrowed by, and a list is not.</summary>
    private static readonly IReadOnlyList<string> OfNumbers = ["knownOn", "before", "after"];

    /// <summary>Of the API, with those of all lists.</summary>
    public static IReadOnlyList<string> ApiParameters { get; } = [.. Parameters, "limit", "cursor", "format"];

    /// <summary>What the text in a cursor begins with; a place follows.</summary>
    public const char BeforePlace = '<', AfterPlace = '>', BeforeSeqId = '@';

    /// <summary>Whether a list of events of all workloads is asked for, and neither one event nor a part of a workload's month.</summary>
    public bool IsList => Id is null && (Filters.Where.GetValueOrDefault("workload", []).Count != 1 || OfLists.Any(Asked.ContainsKey) || Asked.Keys.Any(CostDimension.IsTag));

    /// <summary>The same of a page, which lists where no month is named.</summary>
    public bool IsListOfPage => IsList || (Id is null && this["month"] is null && !OfNumbers.Any(Asked.ContainsKey));

    /// <summary>The kind of event, by its stored name.</summary>
    public string? Type => this["type"];

    public string? Trace => this["trace"]?.Trim();

    /// <summary>What narrows a list besides the filter bar.</summary>
    public IReadOnlyList<(string Name, string? Value)> Others => [.. ((string[])["type", "trace", "sku", "meter", "recordedFrom", "recordedTo"]).Select(name => (name, this[name]))];

    /// <summary>The place of the log that a page of a list begins before; null for the newest.</summary>
    public static long? SeqId(string? cursor, FieldCheck check)
    {
        if (cursor is null)
        {
            return null;
        }

        var seqId = 0L;
        check.That(
            "cursor", PageAsked.TryOpen(cursor, out var text) && text![0] == BeforeSeqId && long.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out seqId), PageAsked.NoCursor);
        return seqId;
    }

    /// <summary>As a list's page is followed by the next.</summary>
    public static string Cursor(long seqId) => PageAsked.Seal(string.Create(CultureInfo.InvariantCulture, $"{BeforeSeqId}{seqId}"));

    /// <summary>What a list is narrowed to.</summary>
    /// <param name="months">The months of use; null for all.</param>
    /// <param name="workloads">All that are registered.</param>
    public EventSelection Selection(FieldCheck check, (BillingPeriod First, BillingPeriod Last)? months, IReadOnlyList<Workload> workloads)
    {
        check.That("type", Type is null || EventTypes.UsageNames.Contains(Type), $"Must be one of {string.Join(", ", EventTypes.UsageNames)}.");
        foreach (var name in OfNumbers)
        {
            check.That(name, this[name] is null, "Goes with one workload and its month.");
        }

        var (only, except) = EventOwners.Workloads(Filters, workloads);
        return new()
        {
            Workloads = only, Except = except, Types = Type is { } type ? [type] : [], Months = months, TraceId = Trace, Meter = this["meter"],
            Approaches = [.. Values("approach").Select(EnumName.Parse<Approach>)],
            Components = [.. Values("component").Select(EnumName.Parse<Component>)],
            Skus = [.. Values("model"), .. this["sku"] is { } sku ? [sku] : Array.Empty<string>()],
            Variants = [.. Values("variant").Select(variant => variant == CostDimension.None ? "" : variant)],
            RecordedFrom = Day(check, "recordedFrom"),
            RecordedTo = Day(check, "recordedTo"),
        };
    }

    /// <summary>The values of dimensions that cannot be read, by their dimensions.</summary>
    public void CheckValues(FieldCheck check, IQueryCollection query)
    {
        foreach (var dimension in Filters.Dimensions)
        {
            var unknown = query[dimension].FirstOrDefault(value => !string.IsNullOrWhiteSpace(value) && Filters.Values(dimension)?.Contains(value.Trim()) == false);
            check.That(dimension, unknown is null, $"Must be one of {string.Join(", ", Filters.Values(dimension) ?? [])}.");
        }
    }

    private IReadOnlyList<string> Values(string dimension) => Filters.Where.GetValueOrDefault(dimension, []);

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
        .ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.OrdinalIgnoreCase), Filters.Read(QueryString.Create(query).Value ?? ""));

    /// <summary>The part of a month that is asked for; of the current one where none is named.</summary>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    internal async Task<UsageFilter?> FilterAsync(FieldCheck check, KnownOn days, CancellationToken cancellationToken)
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
