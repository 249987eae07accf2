namespace SpendTracker.Settings;

/// <summary>The clock on the organisation's wall: days begin and end by the reporting time zone.</summary>
public sealed class ReportingClock(OrganisationSettings settings, TimeProvider clock)
{
    /// <summary>Now, in the reporting time zone.</summary>
    public DateTime Now => TimeZoneInfo.ConvertTime(clock.GetUtcNow(), settings.ReportingTimeZone).DateTime;

    public DateOnly Today => BillingPeriod.DayOf(clock.GetUtcNow(), settings.ReportingTimeZone);
}
