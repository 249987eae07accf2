namespace SpendTracker.Web.Requests;

/// <summary>The months that a request asks about.</summary>
internal static class MonthSpan
{
    private const int MostMonths = 120;

    /// <summary>From and to, both included: the current month where neither is given, the first alone where there is no last.</summary>
    public static (BillingPeriod First, BillingPeriod Last) Read(FieldCheck check, string? from, string? to, BillingPeriod current)
    {
        var first = Month(check, "from", from, current);
        var last = Month(check, "to", to, from is null ? current : first);
        check.That("to", last >= first, "Must not be before from.");
        check.That("to", (last.Year - first.Year) * 12 + last.Month - first.Month < MostMonths, $"At most {MostMonths} months from the first.");
        return (first, last);
    }

    /// <summary>The same, but all of time, as nulls, where neither is given.</summary>
    public static (BillingPeriod? First, BillingPeriod? Last) ReadOptional(FieldCheck check, string? from, string? to, BillingPeriod current) =>
        from is null && to is null ? (null, null) : Read(check, from, to, current);

    private static BillingPeriod Month(FieldCheck check, string field, string? text, BillingPeriod otherwise)
    {
        var period = otherwise;
        check.That(field, text is null || BillingPeriod.TryParse(text, out period), "Must be a month like 2026-01.");
        return period;
    }
}
