using System.Globalization;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Pages;

/// <summary>Budgets as a page or a command says them.</summary>
internal static class BudgetWords
{
    public static string Link(string budget) => $"/budgets/{budget}";

    /// <summary>What it covers: <c>team Support; approach Hybrid</c>.</summary>
    public static string Scope(IReadOnlyDictionary<string, IReadOnlyList<string>> scope) => scope.Count == 0
        ? "the whole organisation"
        : string.Join("; ", scope.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{Dimension(part.Key)} {string.Join(" or ", part.Value.Select(value => Value(part.Key, value)))}"));

    public static string Dimension(string name) => name switch
    {
        "cost-centre" => "cost centre",
        _ when name.StartsWith(BudgetScope.TagPrefix, StringComparison.Ordinal) => $"tag {name[BudgetScope.TagPrefix.Length..]}",
        _ => name,
    };

    private static string Value(string dimension, string value) =>
        dimension == "approach" && EnumName.TryParse<Approach>(value, out var approach) ? Label.Of(approach)
        : dimension == "component" && EnumName.TryParse<Component>(value, out var component) ? Label.Of(component)
        : value;

    /// <summary>How long its periods are: <c>each quarter, from April 2026</c>.</summary>
    public static string Period(BudgetPeriod period)
    {
        var each = period.Kind switch
        {
            BudgetPeriodKind.Month => "Each month",
            BudgetPeriodKind.Quarter => "Each quarter",
            BudgetPeriodKind.Year => "Each year",
            _ => "Once",
        };
        var fiscal = period is { FiscalYearStart: > 1, Kind: BudgetPeriodKind.Quarter or BudgetPeriodKind.Year }
            ? $"{(period.Kind == BudgetPeriodKind.Year ? "" : " of a year")} that begins in {MonthName(period.FiscalYearStart)}" : "";
        return $"{each}{fiscal}, from {Label.Of(period.From)}{(period.To is { } to ? $" to {Label.Of(to)}" : "")}";
    }

    public static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);

    public static string Span(BudgetSpan span) => span.First == span.Last ? Label.Of(span.First) : $"{Label.Of(span.First)} to {Label.Of(span.Last)}";

    /// <summary>What may be spent: an amount, or that each month has its own.</summary>
    public static string Amount(BudgetSet terms) => (terms.Amount, terms.Amounts?.Count ?? 0) switch
    {
        ({ } amount, 0) => Money.Text(amount, terms.Currency),
        ({ } amount, var months) => $"{Money.Text(amount, terms.Currency)}, and another amount in {months} {(months == 1 ? "month" : "months")}",
        (null, var months) => $"{Money.Text(terms.Amounts!.Values.Sum(), terms.Currency)} over {months} {(months == 1 ? "month" : "months")}",
    };

    /// <summary>What is different between two versions: <c>the amount from $5.00 to $8.00, thresholds</c>.</summary>
    public static string Changes(BudgetSet before, BudgetSet after)
    {
        string?[] parts =
        [
            before.Name == after.Name ? null : $"the name from “{before.Name}”",
            Amount(before) == Amount(after) ? SameMonths(before, after) ? null : "amounts of months" : $"the amount from {Amount(before)} to {Amount(after)}",
            Scope(before.Scope) == Scope(after.Scope) ? null : $"the scope from {Scope(before.Scope)} to {Scope(after.Scope)}",
            before.Period == after.Period ? null : $"the period from “{Period(before.Period)}” to “{Period(after.Period)}”",
            before.Rollover == after.Rollover ? null : after.Rollover ? "that what is left rolls over" : "that nothing rolls over any more",
            Lines(before) == Lines(after) ? null : $"thresholds from {Lines(before)} to {Lines(after)}",
            before.Note == after.Note ? null : "the note",
        ];
        var changes = string.Join(", ", parts.Where(part => part is not null));
        return changes.Length > 0 ? changes : "nothing that shows";
    }

    private static bool SameMonths(BudgetSet before, BudgetSet after) =>
        (before.Amounts ?? new Dictionary<string, decimal>()).ToHashSet().SetEquals(after.Amounts ?? new Dictionary<string, decimal>());

    private static string Lines(BudgetSet terms) => terms.Thresholds is { Count: > 0 } thresholds
        ? string.Join(", ", thresholds.Select(threshold => $"{Thresholds.KeyOf(threshold)}{string.Concat((threshold.Channels ?? []).Select(channel => $" @{channel}"))}"))
        : "none";

    public static string Standing(BudgetStanding standing) => standing switch
    {
        BudgetStanding.Exceeded => "Exceeded",
        BudgetStanding.Untrusted => "Cannot be trusted",
        BudgetStanding.ForecastOver => "Forecast over",
        BudgetStanding.Within => "Within",
        _ => "Not now",
    };

    public static string Tone(BudgetStanding standing) => standing switch
    {
        BudgetStanding.Exceeded => "over",
        BudgetStanding.Untrusted or BudgetStanding.ForecastOver => "warn",
        BudgetStanding.Within => "good",
        _ => "faint",
    };

    /// <summary>Why the figures are not all that there is; null where they are.</summary>
    public static string? Doubt(BudgetFigures? figures) => figures switch
    {
        null => null,
        { Spent: null, StaleSince: { } day } => $"The exchange rate into {figures.Currency} for {KnownOn.Text(figures.Span.Start)} is stale, of {KnownOn.Text(day)}: nobody knows what was spent.",
        { Spent: null } => $"No exchange rate into {figures.Currency} for {KnownOn.Text(figures.Span.Start)}: nobody knows what was spent.",
        { LagSeconds: >= BudgetJudgement.UntrustedSeconds } => $"The figures are {Number(figures.LagSeconds, 0)} seconds behind what was recorded.",
        { Unpriced.Count: > 0 } => $"{Unpriced(figures.Unpriced)}: more {(figures.Unpriced.All(part => part.IsOnlyIncomplete) ? "may have been" : "was")} spent than this says.",
        _ => null,
    };

    /// <summary>What lacks a price, or a part of it, each unit by itself: <c>£650.00 has no exchange rate; 4.65 M tokens have no rate; 3 hours are priced incompletely</c>.</summary>
    public static string Unpriced(IReadOnlyList<UnpricedPart> parts) => Unpriced(
        parts.Where(part => part.IsAmount).Select(part => KeyValuePair.Create(part.Unit, part.Quantity)),
        parts.Where(part => !part.IsAmount && part.Quantity > 0).Select(part => KeyValuePair.Create(part.Unit, part.Quantity)),
        parts.Where(part => part.Incomplete > 0).Select(part => KeyValuePair.Create(part.Unit, part.Incomplete)),
        parts.Where(part => part.StaleSince is not null).ToDictionary(part => part.Unit, part => part.StaleSince!.Value));

    /// <param name="amounts">Without an exchange rate, by currency.</param>
    /// <param name="quantities">Without a rate, by unit.</param>
    /// <param name="incomplete">Priced incompletely, by unit.</param>
    /// <param name="stale">Of the amounts' currencies those whose newest exchange rate is stale, with its day.</param>
    public static string Unpriced(
        IEnumerable<KeyValuePair<string, decimal>> amounts, IEnumerable<KeyValuePair<string, decimal>> quantities, IEnumerable<KeyValuePair<string, decimal>> incomplete,
        IReadOnlyDictionary<string, DateOnly> stale) => string.Join("; ",
        Largest(amounts).Select(part => $"{(part.Value == 0 ? $"amounts in {part.Key} that cancel out have" : $"{Money.Text(part.Value, part.Key)} has")} {Rate(stale, part.Key)}")
            .Concat(Largest(quantities).Select(part => $"{Quantity.Short(part.Value, part.Key)} {(part.Value == 1 ? "has" : "have")} no rate"))
            .Concat(Largest(incomplete).Select(part => $"{Quantity.Short(part.Value, part.Key)} {(part.Value == 1 ? "is" : "are")} priced incompletely")));

    private static string Rate(IReadOnlyDictionary<string, DateOnly> stale, string currency) =>
        stale.TryGetValue(currency, out var day) ? $"a stale exchange rate, of {KnownOn.Text(day)}" : "no exchange rate";

    private static IEnumerable<KeyValuePair<string, decimal>> Largest(IEnumerable<KeyValuePair<string, decimal>> parts) =>
        parts.OrderByDescending(part => part.Value).ThenBy(part => part.Key, StringComparer.Ordinal);

    /// <summary>The share of the limit that is spent, in per cent; null where there is no limit, or nobody knows.</summary>
    public static decimal? Share(BudgetFigures figures) => figures.Limit > 0 && figures.Spent is { } spent ? spent / figures.Limit * 100 : null;

    /// <summary>Whole per cents; what is not nothing never reads as nothing, and what is less than all not as all.</summary>
    public static string Percent(decimal percent) => percent switch
    {
        > 0 and < 1 => "< 1 %",
        > 99 and < 100 => "> 99 %",
        _ => $"{Number(percent, 0)} %",
    };

    /// <summary>What a threshold looks at, and where its line is: <c>Actual, 80 % of the limit</c>.</summary>
    public static string Threshold(BudgetThreshold threshold, string currency)
    {
        var line = threshold switch
        {
            { On: ThresholdOn.Unpriced, Percent: { } share } => $"{Number(share, 2)} % of one unit, or an amount without an exchange rate",
            { Percent: { } percent } => $"{Number(percent, 2)} % of the limit",
            { Amount: { } amount } => Money.Text(amount, currency),
            _ => $"{threshold.Seconds} seconds behind",
        };
        return $"{On(threshold.On)}: {line}";
    }

    /// <summary>A figure in the unit of its threshold.</summary>
    public static string Observed(ThresholdOn on, decimal? figure, string currency) => (on, figure) switch
    {
        (_, null) => "unknown",
        (ThresholdOn.Unpriced, { } percent) => $"{Number(percent, 2)} %",
        (ThresholdOn.Lag, { } seconds) => $"{Number(seconds, 0)} s",
        (_, { } amount) => Money.Text(amount, currency),
    };

    /// <summary>What a threshold looks at, as it is in a period's figures.</summary>
    public static string Now(ThresholdFigures threshold, BudgetFigures figures) =>
        threshold.Threshold.On != ThresholdOn.Unpriced ? Observed(threshold.Threshold.On, threshold.Observed, figures.Currency)
        : figures.Unpriced.Count == 0 ? "nothing"
        : string.Join("; ", figures.Unpriced.Select(part => part.IsAmount ? Unpriced([part]) : $"{Unpriced([part])}: {Number(part.Percent, 2)} % of all {part.Unit}"));

    private static string On(ThresholdOn on) => on switch
    {
        ThresholdOn.Actual => "Spent",
        ThresholdOn.Forecast => "Forecast",
        ThresholdOn.Unpriced => "Unpriced",
        _ => "Lag",
    };

    private static string Number(decimal number, int decimals) => number.ToString(decimals == 0 ? "#,0" : "#,0.##", CultureInfo.InvariantCulture);
}
