namespace SpendTracker.Contracts;

/// <summary>A figure, and between which values it lies.</summary>
public sealed record PlanRange(decimal Low, decimal Expected, decimal High);

/// <summary>What a plan comes to.</summary>
/// <param name="Name">Of the plan.</param>
/// <param name="Options">Each by itself, in the order of the plan.</param>
/// <param name="BreakEvens">Of each two options.</param>
public sealed record PlanFigures(string Name, IReadOnlyList<OptionFigures> Options, IReadOnlyList<BreakEven> BreakEvens);

/// <summary>What an option comes to. Amounts are in the plan's currency; what is unpriced is in none of them.</summary>
/// <param name="Name">Of the option.</param>
/// <param name="Approach">How its model is adapted.</param>
/// <param name="Lines">As expected, by month.</param>
/// <param name="Months">As expected, with the range of what is paid until their end.</param>
/// <param name="Cash">Paid over all months.</param>
/// <param name="Effective">The cost of all months, what is paid once written off: what is written off later is not in it.</param>
/// <param name="Per1000Requests">Effective cost ÷ requests × 1,000; null without requests.</param>
/// <param name="PerSuccess">Effective cost ÷ (requests × success share); null where no success share is given.</param>
/// <param name="Ready">The first day on which it can answer; null where no weeks of set-up are given.</param>
/// <param name="Unpriced">What has no price here or in the book.</param>
public sealed record OptionFigures(
    string Name, Approach Approach, IReadOnlyList<PlanLine> Lines, IReadOnlyList<PlanMonth> Months, PlanRange Cash, PlanRange Effective,
    IReadOnlyList<UnpricedPlanLine> Unpriced, PlanRange? Per1000Requests = null, PlanRange? PerSuccess = null, ReadyRange? Ready = null);

/// <summary>A quantity of a month.</summary>
/// <param name="Month">The month, <c>yyyy-MM</c>.</param>
/// <param name="Component">What kind of cost it is.</param>
/// <param name="Sku">What is priced; the name of what is given as an amount.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="Quantity">In the month, rounded to 6 decimals.</param>
/// <param name="Price">Of one unit; null where nobody published one.</param>
/// <param name="Amount">Rounded to 6 decimals; null where it is unpriced.</param>
/// <param name="IsOnce">Whether it is paid in single months, and written off over several.</param>
/// <param name="Source">Of the price, with the day from which it holds.</param>
public sealed record PlanLine(
    string Month, Component Component, string Sku, string Meter, decimal Quantity, bool IsOnce, decimal? Price = null, decimal? Amount = null, string? Source = null);

/// <summary>A month of an option.</summary>
/// <param name="Month">The month, <c>yyyy-MM</c>.</param>
/// <param name="Requests">As expected.</param>
/// <param name="Running">What is paid for this month.</param>
/// <param name="Once">What is paid in this month for several.</param>
/// <param name="Cash">Both.</param>
/// <param name="WrittenOff">The month's part of what was paid once, until now.</param>
/// <param name="Effective">Running and written off.</param>
/// <param name="CumulativeCash">Paid until its end.</param>
public sealed record PlanMonth(
    string Month, decimal Requests, decimal Running, decimal Once, decimal Cash, decimal WrittenOff, decimal Effective, PlanRange CumulativeCash);

/// <summary>The day on which something is ready.</summary>
public sealed record ReadyRange(DateOnly Low, DateOnly Expected, DateOnly High);

/// <summary>What has no price.</summary>
public sealed record UnpricedPlanLine(string Sku, string Meter);

/// <summary>Requests a month; null is never.</summary>
public sealed record BreakEvenVolume(decimal? Low = null, decimal? Expected = null, decimal? High = null);

/// <summary>The month, <c>yyyy-MM</c>, in which what was paid crosses; null is not within the plan's months.</summary>
public sealed record BreakEvenMonth(string? Low = null, string? Expected = null, string? High = null);

/// <summary>What moving one assumption does to the difference of two options.</summary>
/// <param name="Field">The assumption.</param>
/// <param name="AtLow">The difference at its low end, the others as expected.</param>
/// <param name="AtHigh">The same at its high end.</param>
/// <param name="TurnsAt">The nearest value at which both cost the same, the others as expected; null where no value that it may have does that.</param>
public sealed record PlanSensitivity(string Field, decimal AtLow, decimal AtHigh, decimal? TurnsAt = null);

/// <summary>How two options compare, and when that turns.</summary>
/// <param name="Few">The option that one more request costs more in: it is the cheaper one at few requests, if at any.</param>
/// <param name="Many">The other.</param>
/// <param name="Volume">
/// The requests a month from which <paramref name="Many"/> costs less: (fixed cost of Many − of Few) ÷ (cost of a request of Few − of Many),
/// where fixed cost is that of a month without requests, what is paid once written off. 0 is always, null is never.
/// </param>
/// <param name="IsReached">Whether the plan's first month has as many requests, as expected.</param>
/// <param name="First">The option for which less is paid in the first month.</param>
/// <param name="Month">The month until whose end no more is paid for the other option than for <paramref name="First"/>.</param>
/// <param name="Cheaper">The option whose effective cost over all months is lower, as expected; null where both are the same.</param>
/// <param name="Difference">By how much, above 0: effective cost of the dearer one − of the cheaper one.</param>
/// <param name="Sensitivity">The assumptions by how much they move the difference (of the dearer one to the cheaper one), the most first; those that do not are left out.</param>
public sealed record BreakEven(
    string Few, string Many, BreakEvenVolume Volume, bool IsReached, string First, BreakEvenMonth Month, decimal Difference,
    IReadOnlyList<PlanSensitivity> Sensitivity, string? Cheaper = null);
