using System.Text.Json.Serialization;

namespace SpendTracker.Contracts;

/// <summary>What is unusual about a day.</summary>
[JsonConverter(typeof(NamedEnumConverter<AnomalyKind>))]
public enum AnomalyKind
{
    /// <summary>The day, or it and the one before, cost far more than such days do.</summary>
    [JsonStringEnumMemberName("spike")] Spike,

    /// <summary>Days have cost somewhat more for so long that it is no chance.</summary>
    [JsonStringEnumMemberName("rise")] Rise,

    /// <summary>A workload that used to report every few days does not report any more.</summary>
    [JsonStringEnumMemberName("silence")] Silence,

    /// <summary>The day, or it and the one before, cost far less than such days do, though there was usage.</summary>
    [JsonStringEnumMemberName("fall")] Fall,
}

/// <summary>
/// A day of a workload's usage is unusual, or of one meter of a SKU that it uses. The event's id is the anomaly's, made of workload, day,
/// whether it is a silence or a fall, and the SKU's meter: each is told once, whichever host finds it.
/// </summary>
/// <param name="Workload">The workload.</param>
/// <param name="Day">The day; of a silence, the first one without usage.</param>
/// <param name="Kind">What is unusual about it.</param>
/// <param name="Currency">Of all amounts: the reporting currency.</param>
/// <param name="Amount">What the day's usage costs, as far as it was known.</param>
/// <param name="Usual">What such a day usually costs, by medians; of a silence, the mean day of four weeks before it.</param>
/// <param name="Position">The place in the log up to which usage was counted.</param>
/// <param name="Limit">From more than this on, one day alone is unusual, or from less on if it is a fall; null for a silence.</param>
/// <param name="Score">By how many deviations the day is above what is usual, below 0 for a fall; null for a silence.</param>
/// <param name="Causes">Why it costs more, or less; null for a silence.</param>
/// <param name="Parts">The meters of SKUs whose costs moved most, the largest move first; at most 5.</param>
/// <param name="Channels">Ids of the channels that are told; null for none.</param>
/// <param name="Sku">The SKU that it is of, if the workload's whole day is not unusual: all amounts and causes are then of this SKU's meter, and the parts of the workload. Null for the whole workload.</param>
/// <param name="Meter">The SKU's meter that it is of; null for the whole workload.</param>
public sealed record AnomalyDetected(
    string Workload, DateOnly Day, AnomalyKind Kind, string Currency, decimal Amount, decimal Usual, long Position, decimal? Limit = null, decimal? Score = null,
    AnomalyCauses? Causes = null, IReadOnlyList<AnomalyPart>? Parts = null, IReadOnlyList<string>? Channels = null, string? Sku = null, string? Meter = null) : IAlertRaised
{
    IReadOnlyList<string> IAlertRaised.ToldTo => Channels ?? [];
}

/// <summary>
/// Why a day costs more than the same weekday did on average in the eight weeks before. The parts add up to the
/// difference from that mean.
/// </summary>
/// <param name="Mean">The mean of that weekday.</param>
/// <param name="Volume">More requests, at what a request cost on average.</param>
/// <param name="RequestSize">More tokens a request, at what a token cost on average.</param>
/// <param name="Price">Other prices of the same meters.</param>
/// <param name="Mix">Other models and meters: dearer ones for cheaper ones, and new ones.</param>
/// <param name="Retries">More requests for one that succeeds; null where outcomes are not recorded, then they are in the volume.</param>
public sealed record AnomalyCauses(decimal Mean, decimal Volume, decimal RequestSize, decimal Price, decimal Mix, decimal? Retries = null);

/// <summary>A meter of a SKU, and how its cost moved.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Meter">The meter.</param>
/// <param name="Amount">Of the day.</param>
/// <param name="Mean">Of that weekday in the eight weeks before.</param>
public sealed record AnomalyPart(string Sku, string Meter, decimal Amount, decimal Mean);

/// <summary>Why an anomaly is none any more.</summary>
[JsonConverter(typeof(NamedEnumConverter<AnomalyClearedBecause>))]
public enum AnomalyClearedBecause
{
    /// <summary>By a correction or another price the day costs less, and is usual.</summary>
    [JsonStringEnumMemberName("usual-again")] UsualAgain,

    /// <summary>The workload reports again.</summary>
    [JsonStringEnumMemberName("reports-again")] ReportsAgain,
}

/// <summary>An anomaly is none any more.</summary>
/// <param name="Anomaly">Its id.</param>
/// <param name="Because">Why.</param>
/// <param name="Amount">What the day's usage costs now.</param>
/// <param name="Position">The place in the log up to which usage was counted.</param>
public sealed record AnomalyCleared(Guid Anomaly, AnomalyClearedBecause Because, decimal Amount, long Position) : IAlertResolved
{
    Guid IAlertResolved.Alert => Anomaly;
}
