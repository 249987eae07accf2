namespace SpendTracker.Contracts;

/// <summary>What is asked for when a period is closed.</summary>
/// <param name="Reason">Why.</param>
/// <param name="AcceptUnpriced">Whether what has no rate, or is priced incompletely, may be in the total not at all, or in part.</param>
/// <param name="AcceptUnconverted">Whether to close although amounts have no exchange rate.</param>
/// <param name="Total">
/// What was looked at, in the reporting currency, to as many decimals as were seen: where the total is another by then, the
/// period is not closed. Null to close at whatever it is.
/// </param>
public sealed record CloseRequest(string Reason, bool AcceptUnpriced = false, bool AcceptUnconverted = false, decimal? Total = null);

/// <param name="Reason">Why the period has to be opened again.</param>
public sealed record ReopenRequest(string Reason);
