using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Costs;

/// <summary>Which month's total is to be explained, between the ends of which two days.</summary>
internal sealed record ExplainSpan(BillingPeriod Month, DateOnly From, DateOnly To)
{
    /// <summary>As asked for; without days, from the end of the month until today: what has changed since it was over.</summary>
    /// <returns>Null where something cannot be read; the check has why.</returns>
    public static ExplainSpan? Read(FieldCheck check, string? month, string? from, string? to, DateOnly today)
    {
        var period = BillingPeriod.TryParse(month, out var given) ? given : BillingPeriod.Of(today);
        check.That("month", string.IsNullOrEmpty(month) || period == given, "Must be a month like 2026-01.");
        var last = Day(check, "to", to, today);
        check.That("to", last <= today, $"Must not be in the future: today is {KnownOn.Text(today)}.");
        var end = period.End.AddDays(-1);
        var first = Day(check, "from", from, end < last ? end : last.AddDays(-1));
        check.That("from", first <= last, "Must not be after to.");
        return check.Reasons.Count > 0 ? null : new ExplainSpan(period, first, last);
    }

    private static DateOnly Day(FieldCheck check, string field, string? text, DateOnly otherwise)
    {
        var known = KnownOn.IsDay(text, out var day);
        check.That(field, known || string.IsNullOrEmpty(text), "Must be a day like 2026-03-31.");
        return known ? day : otherwise;
    }
}
