namespace SpendTracker.Contracts;

/// <summary>Forecasts of one moment. Amounts to 6 decimals: what is to come is a mean, which may have endless ones.</summary>
/// <param name="Today">The day that they are of, in the reporting time zone.</param>
/// <param name="By">The dimensions of the rows; of an act, who did it.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="Total">All of it together.</param>
/// <param name="Rows">The parts, as broken down.</param>
public sealed record ForecastResponse(
    DateOnly Today, IReadOnlyList<string> By, string Currency, string ReportingTimeZone, ForecastRow Total, IReadOnlyList<ForecastRow> Rows);

/// <param name="Keys">The values of the dimensions that were asked for.</param>
/// <param name="Month">This month.</param>
/// <param name="Next">Each of the next three months.</param>
/// <param name="Year">This calendar year.</param>
/// <param name="Rough">The part of this month's forecast that is a guess by less than a week of use.</param>
/// <param name="GrowthByWeek">The growth that the total is expected to have, as a share; null if there is none, and of parts.</param>
/// <param name="Unpriced">Quantities of this month that no rate covers, by unit; they are in no amount, and nothing is expected of them.</param>
/// <param name="Unconverted">The same of amounts that no exchange rate covers, by currency.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit; they are in the amounts in part.</param>
/// <param name="Planned">What plans say of the months to come; null if nothing.</param>
/// <param name="Estimated">The same of estimates, of what history says nothing of; of the total only without rows.</param>
/// <param name="Scheduled">Charges to come that have come again and again; null if none. Of the total only without rows.</param>
public sealed record ForecastRow(
    IReadOnlyDictionary<string, string>? Keys, SpanRow Month, IReadOnlyList<SpanRow> Next, SpanRow Year, decimal Rough, decimal? GrowthByWeek,
    IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete,
    IReadOnlyList<PlannedRow>? Planned, IReadOnlyList<EstimatedRow>? Estimated, IReadOnlyList<ScheduledRow>? Scheduled = null);

/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Spent">Booked until now.</param>
/// <param name="Forecast">Spent, and what is expected of the days to come.</param>
/// <param name="Low">8 of 10 times it will be between this and <c>high</c>; null if that cannot be said.</param>
/// <param name="High">The upper end.</param>
/// <param name="WhyNoInterval">Why not.</param>
/// <param name="Planned">The part of the forecast that is there only because a plan says so; null if none is.</param>
/// <param name="Estimated">The same of estimates.</param>
/// <param name="Scheduled">The part of the forecast that are charges to come: those that come every month, quarter or year. Null if there are none.</param>
public sealed record SpanRow(
    DateOnly From, DateOnly To, decimal Spent, decimal Forecast, decimal? Low, decimal? High, string? WhyNoInterval, decimal? Planned, decimal? Estimated, decimal? Scheduled = null);

/// <summary>A charge that has come again and again, and is expected to come.</summary>
/// <param name="Day">The day on which it is expected; today if it is overdue.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach that it is for.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Amount">What it was the last time; negative for a credit.</param>
/// <param name="EveryMonths">Months from one to the next: 1, 3 or 12.</param>
/// <param name="Last">The day on which it came last.</param>
public sealed record ScheduledRow(DateOnly Day, string Workload, string Approach, string Component, decimal Amount, int EveryMonths, DateOnly Last);

/// <summary>A line of the plan that a workload follows.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Version">Of the plan.</param>
/// <param name="Option">The option that the workload runs.</param>
/// <param name="Month">The month.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Amount">As planned; null where the plan had no price for it, or its currency has no exchange rate.</param>
/// <param name="ToCome">What of it is neither recorded yet nor expected anyhow: it is in the forecast.</param>
public sealed record PlannedRow(string Plan, int Version, string Option, string Month, string Workload, string Component, decimal? Amount, decimal ToCome);

/// <summary>A line of a workload's estimate, where history says nothing of the component.</summary>
/// <param name="Month">The month.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach that the estimate is of.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Amount">As estimated.</param>
/// <param name="ToCome">What of it is not recorded yet, of this month at most for the days left: it is in the forecast.</param>
public sealed record EstimatedRow(string Month, string Workload, string Approach, string Component, decimal Amount, decimal ToCome);
