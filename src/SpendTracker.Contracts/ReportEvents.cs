namespace SpendTracker.Contracts;

/// <summary>The month report is told over a channel each month from now on: these are all its terms. The same schedule again changes them.</summary>
/// <param name="Schedule">The id: lower-case letters, digits, dots and dashes; at most 100.</param>
/// <param name="Channel">The channel's id.</param>
/// <param name="Day">The day of the month, 1 to 31; in a shorter month its last one.</param>
/// <param name="Hour">The hour of the reporting time zone, 0 to 23.</param>
public sealed record ReportScheduleSet(string Schedule, string Channel, int Day, int Hour) : IEvent;

/// <summary>The month report is not told any more.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Reason">Why.</param>
public sealed record ReportScheduleRemoved(string Schedule, string Reason) : IEvent;

/// <summary>A month's report was made because a schedule was due. It is told over the channel, with these words and figures.</summary>
/// <param name="Schedule">The schedule.</param>
/// <param name="Channel">The channel that is told.</param>
/// <param name="Month">The month that is reported: the one before that of the sending.</param>
/// <param name="Currency">The reporting currency.</param>
/// <param name="Spent">What the month cost, of what has a price.</param>
/// <param name="Unpriced">Quantities without a rate, by unit: not in what was spent.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: not in what was spent, either.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in what was spent in part.</param>
/// <param name="Sentence">The month in words.</param>
/// <param name="Figures">What else a reader is shown.</param>
public sealed record ReportMade(
    string Schedule, string Channel, string Month, string Currency, decimal Spent, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyDictionary<string, decimal> Incomplete, string Sentence, IReadOnlyList<ReportFigure> Figures) : IAlertRaised
{
    IReadOnlyList<string> IAlertRaised.ToldTo => [Channel];
}

/// <summary>A figure of a report, as it is read.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Figure">With its currency.</param>
/// <param name="More">What to know of it.</param>
public sealed record ReportFigure(string Name, string Figure, string More);

/// <summary>A schedule of the month report as it is asked to be.</summary>
/// <param name="Channel">The channel's id. Any but an Alertmanager.</param>
/// <param name="Day">The day of the month, 1 to 31; in a shorter month its last one.</param>
/// <param name="Hour">The hour of the reporting time zone, 0 to 23.</param>
public sealed record ReportScheduleRequest(string Channel, int Day, int Hour);

/// <summary>A schedule of the month report.</summary>
/// <param name="Schedule">Its id.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="Channel">The channel that is told.</param>
/// <param name="Day">The day of the month; in a shorter month its last one.</param>
/// <param name="Hour">The hour of the reporting time zone.</param>
/// <param name="ReportingTimeZone">The IANA time zone of day and hour.</param>
/// <param name="NextAt">When the next report is due, UTC.</param>
/// <param name="SetAt">When it was set last, UTC.</param>
/// <param name="SetBy">Who set it.</param>
public sealed record ReportScheduleResponse(
    string Schedule, int Version, string Channel, int Day, int Hour, string ReportingTimeZone, DateTimeOffset NextAt, DateTimeOffset SetAt, string SetBy);
