namespace SpendTracker.Contracts;

/// <summary>Estimates of some months, line by line.</summary>
/// <param name="From">The first of the span.</param>
/// <param name="To">The last of the span.</param>
/// <param name="KnownOn">The answer is as it was at the end of this day, in the reporting time zone; null for now.</param>
/// <param name="Currency">The reporting currency, of all amounts.</param>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">The <c>cursor</c> of the next page; none on the last one.</param>
public sealed record EstimatesResponse(string From, string To, DateOnly? KnownOn, string Currency, IReadOnlyList<MonthlyEstimate> Items, string? Next);

/// <summary>An estimate that was submitted.</summary>
/// <param name="Id">Its id in the log.</param>
/// <param name="Estimate">Each line with its amount, which is frozen.</param>
/// <param name="SubmittedAt">When it was submitted, UTC.</param>
/// <param name="SubmittedBy">Who submitted it.</param>
public sealed record EstimateResponse(Guid Id, EstimateSubmitted Estimate, DateTimeOffset? SubmittedAt = null, string? SubmittedBy = null);

/// <summary>A line of an estimate as it counts for one month.</summary>
/// <param name="Month">The month.</param>
/// <param name="Workload">The workload's id.</param>
/// <param name="Approach">The approach that it is estimated for.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Sku">What it is priced as, e.g. <c>openai/gpt-4o</c>.</param>
/// <param name="Meter">What is measured, e.g. <c>input-tokens</c>.</param>
/// <param name="Quantity">Of the meter.</param>
/// <param name="Amount">In the currency beside it, or beside the rows.</param>
public sealed record MonthlyEstimate(
    string Month, string Workload, Approach Approach, Component Component, string? Sku, string? Meter, decimal? Quantity, decimal Amount);
