namespace SpendTracker.Contracts;

/// <summary>Approaches and variants side by side.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="Until">The last day that counts.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day; none for now.</param>
/// <param name="Currency">Of all amounts that name no other: an ISO 4217 code.</param>
/// <param name="ReportingTimeZone">The IANA time zone of days and months.</param>
/// <param name="AmortisationMonths">Over how many months set-up work is written off.</param>
/// <param name="QualityMetric">The metric that quality is told by.</param>
/// <param name="Approaches">A row for each approach.</param>
/// <param name="Variants">Those that cost most, at most 500.</param>
/// <param name="VariantsLeftOut">How many more there are.</param>
/// <param name="Total">All of it together.</param>
/// <param name="Differences">Whether two differ by more than chance.</param>
/// <param name="Frontier">What nothing beats that is at least as good and costs no more.</param>
/// <param name="NotKnown">What would have to be recorded to say more.</param>
public sealed record CompareResponse(
    string From, string To, DateOnly Until, DateOnly? KnownOn, string Currency, string ReportingTimeZone, int AmortisationMonths, string QualityMetric,
        IReadOnlyList<ComparedRow> Approaches,
    IReadOnlyList<ComparedRow> Variants, int VariantsLeftOut, ComparedRow Total, IReadOnlyList<ComparedShare> Differences,
        IReadOnlyList<FrontierRow> Frontier, IReadOnlyList<string> NotKnown);

/// <summary>An approach, or a variant of one, over some months. Amounts are in the reporting currency, by the month of use, at the prices now known.</summary>
/// <param name="Workload">Of a variant; null for all that were asked for.</param>
/// <param name="Approach">Null for the total.</param>
/// <param name="Variant">Null for an approach as a whole; empty for usage that named none.</param>
/// <param name="Requests">How many requests.</param>
/// <param name="Succeeded">How many succeeded.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Unknown">Requests whose outcome nobody said.</param>
/// <param name="InputTokens">Cached and cache-write tokens included.</param>
/// <param name="OutputTokens">Reasoning included.</param>
/// <param name="Running">What the months cost besides what is paid once.</param>
/// <param name="Inference">What of that was for tokens and requests: it rises with each request, where the rest does not.</param>
/// <param name="OneOff">Their part of datasets, training and set-up work, written off.</param>
/// <param name="OneOffPaid">What of that was paid in these months.</param>
/// <param name="Shared">Of a variant's running and one-off cost, what names no variant and is shared out by requests.</param>
/// <param name="Per1000">Running and one-off cost of 1,000 requests.</param>
/// <param name="PerSuccess">The same of a successful request.</param>
/// <param name="Success">The share of requests with a known outcome that succeeded; its interval allows for requests that fail together.</param>
/// <param name="Quality">By metric, how good it is.</param>
/// <param name="Unpriced">Quantities that no rate covers, by unit: in no amount. Those of a workload's shared cost are at the approach.</param>
/// <param name="Unconverted">Amounts without an exchange rate, by currency: in no amount.</param>
/// <param name="Incomplete">Quantities that are priced incompletely, by unit: in the amounts in part.</param>
public sealed record ComparedRow(
    string? Workload, Approach? Approach, string? Variant, decimal Requests, decimal Succeeded, decimal Failed, decimal Unknown, decimal InputTokens,
        decimal OutputTokens,
    decimal Running, decimal Inference, decimal OneOff, decimal OneOffPaid, decimal Shared, decimal? Per1000, CostInterval? PerSuccess, ShareInterval? Success,
    IReadOnlyList<QualityFigure> Quality, IReadOnlyDictionary<string, decimal> Unpriced, IReadOnlyDictionary<string, decimal> Unconverted,
    IReadOnlyDictionary<string, decimal> Incomplete)
{
    /// <summary>What it costs in all.</summary>
    public decimal Cost => Running + OneOff;

    /// <summary>Whether all that it cost is in its amounts.</summary>
    public bool IsComplete => Unpriced.Count == 0 && Unconverted.Count == 0 && Incomplete.Count == 0;

    /// <summary>How approach and variant read: <c>fine-tuning contracts/v2</c>.</summary>
    public string Name => Approach is not { } approach ? "all" : Variant is null ? EnumName.Of(approach)
        : $"{EnumName.Of(approach)} {(Variant.Length == 0 ? "(no variant)" : Variant)}";
}

/// <summary>Whether two sides differ in a share.</summary>
/// <param name="Metric"><c>success</c>, or the metric of evaluations.</param>
/// <param name="One">The first of the two.</param>
/// <param name="Other">The other.</param>
/// <param name="ShareOfOne">The share of the first.</param>
/// <param name="ShareOfOther">The share of the other.</param>
/// <param name="PValue">Of one look (<c>ProportionTest</c>).</param>
/// <param name="SequentialPValue">For those who look again and again (<c>SequentialTest</c>).</param>
public sealed record ComparedShare(string Metric, string One, string Other, ShareInterval ShareOfOne, ShareInterval ShareOfOther, double PValue,
    double SequentialPValue)
{
    /// <summary>At most this often, two shares that are the same are called different.</summary>
    public const double Level = 0.05;

    /// <summary>After − before.</summary>
    public decimal Difference => ShareOfOther.Expected - ShareOfOne.Expected;

    /// <summary>Whether it is more than chance: by the test that holds however often one looks.</summary>
    public bool IsDifferent => SequentialPValue <= Level;
}

/// <summary>A metric of evaluations.</summary>
/// <param name="Metric">What was evaluated.</param>
/// <param name="Score">The mean, weighted by samples.</param>
/// <param name="Low">Lower end of the 95 % interval; null if the metric is no share of 0 to 1.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Samples">How many examples it rests on.</param>
/// <param name="Evaluations">How many there were.</param>
public sealed record QualityFigure(string Metric, decimal Score, decimal? Low, decimal? High, decimal Samples, long Evaluations);

/// <summary>A point of the frontier.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Quality">By metric, how good it is.</param>
/// <param name="Per1000">What 1,000 requests cost.</param>
/// <param name="IsOnFrontier">Nothing is at least as good and costs at most as much.</param>
/// <param name="BeatenBy">What is.</param>
/// <param name="Missing">Why it is neither on it nor beaten; null if it is one of them.</param>
public sealed record FrontierRow(string Name, decimal? Quality, decimal? Per1000, bool IsOnFrontier, string? BeatenBy, string? Missing);

/// <summary>An amount, and between which values it lies.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="Expected">The value that is expected.</param>
/// <param name="High">The upper end.</param>
public sealed record CostInterval(decimal Low, decimal Expected, decimal? High);

/// <summary>A share, 0 to 1, that was counted, and between which values it lies with 95 % confidence.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="Expected">The value that is expected.</param>
/// <param name="High">The upper end.</param>
/// <param name="Samples">How many it rests on.</param>
/// <param name="EffectiveSamples">How many independent ones they are worth (<c>Clusters</c>); the same if each counts by itself.</param>
public sealed record ShareInterval(decimal Low, decimal Expected, decimal High, decimal Samples, decimal EffectiveSamples);
