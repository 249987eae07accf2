using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>Costs by month, as asked for.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="By">The dimensions of the rows; of an act, who did it.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Rows">The parts, as broken down.</param>
/// <param name="Months">The sum of each month's rows.</param>
/// <param name="Total">The sum of all rows.</param>
public sealed record CostsResponse(
    string From, string To, IReadOnlyList<string> By, string Currency, string ReportingTimeZone, DateOnly? KnownOn, IReadOnlyList<CostRow> Rows,
    IReadOnlyList<CostRow> Months, CostRow Total)
{
    /// <summary>What each day cost, of each value, at the prices of now; only where <c>granularity=day</c> is asked for. A day without costs is not there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CostDayRow>? Days { get; init; }
}

/// <summary>What a day cost.</summary>
/// <param name="Day">Of use, in the reporting time zone.</param>
/// <param name="Keys">The values of the dimensions that were asked for.</param>
/// <param name="Actual">In the reporting currency. What closed months were corrected by is of no day, so days need not add up to months.</param>
public sealed record CostDayRow(DateOnly Day, IReadOnlyDictionary<string, string> Keys, decimal Actual);

/// <param name="Month">The month.</param>
/// <param name="Keys">The values of the dimensions that were asked for.</param>
/// <param name="Actual">What it costs: quantity × rate of its day, in the reporting currency.</param>
/// <param name="Listed">The actual at list prices: what discounts and negotiated rates saved is the difference.</param>
/// <param name="Corrections">The part of the actual that corrects closed months.</param>
/// <param name="Estimated">What was estimated for it.</param>
/// <param name="EstimatedToDate">The part of the estimate that belongs to the days that have passed: all of it if the month is over. To 12 decimals.</param>
/// <param name="Variance">Actual less the estimate to date. To 12 decimals.</param>
/// <param name="Unpriced">Quantities that no rate covers, by unit; they are in no amount.</param>
/// <param name="Unconverted">Amounts that no exchange rate covers, by currency; they are in no amount, either.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit; they are in the amounts in part.</param>
public sealed record CostRow(
    string? Month, IReadOnlyDictionary<string, string>? Keys, decimal Actual, decimal Listed, decimal Corrections, decimal Estimated, decimal EstimatedToDate, decimal Variance,
    IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted, IReadOnlyDictionary<string, decimal> Incomplete);
