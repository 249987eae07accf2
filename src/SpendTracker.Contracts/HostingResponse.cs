namespace SpendTracker.Contracts;

/// <summary>Hosting side by side.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="Hosting">By workload, approach, SKU and variant, the dearest first.</param>
/// <param name="Total">All of it together.</param>
public sealed record HostingResponse(string From, string To, string Currency, string ReportingTimeZone, IReadOnlyList<HostedRow> Hosting,
    HostingFigures Total);

/// <summary>Hosting of a workload's variant.</summary>
/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Figures">What it comes to.</param>
public sealed record HostedRow(string? Workload, Approach? Approach, string? Sku, string? Variant, HostingFigures Figures);

/// <summary>What hosting was, cost, and could have saved. Amounts are in the reporting currency.</summary>
/// <param name="Hours">Hours times units that were allocated.</param>
/// <param name="Measured">Of these, those whose busy share is known.</param>
/// <param name="Busy">Of the measured, those that served requests.</param>
/// <param name="BusyShare">Busy ÷ measured; null if nothing was measured.</param>
/// <param name="Available">What it cost to keep it available: all hours.</param>
/// <param name="Used">What it cost to run it: the busy hours. Null if nothing was measured.</param>
/// <param name="Idle">What the idle hours cost, of those measured. Null if nothing was measured.</param>
/// <param name="Unpriced">Hours without a price: in no amount.</param>
/// <param name="Night">What stopping at night would save.</param>
/// <param name="PeakShare">The largest busy share of an hour of the day. A recorded share is of its whole period, so shorter records can show more.</param>
/// <param name="HalfSaves">What half the capacity would save; null if the peak needs more than half of it, or nothing was measured.</param>
public sealed record HostingFigures(
    decimal Hours, decimal Measured, decimal Busy, decimal? BusyShare, decimal Available, decimal? Used, decimal? Idle, decimal Unpriced,
    NightHosting Night, decimal? PeakShare, decimal? HalfSaves);

/// <summary>Hosting in the hours of the night.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="Hours">Allocated.</param>
/// <param name="Saves">What they cost: what stopping would save.</param>
/// <param name="Busy">Of these, those known to serve requests, which would have to be served at another time, or elsewhere.</param>
public sealed record NightHosting(int From, int To, decimal Hours, decimal Saves, decimal Busy);
