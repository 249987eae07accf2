namespace SpendTracker.Contracts;

/// <summary>How an organisation reports.</summary>
/// <param name="ReportingTimeZone">IANA name; a billing period is a calendar month in it.</param>
/// <param name="ReportingCurrency">ISO 4217 code; totals are in it.</param>
public sealed record SettingsChanged(string ReportingTimeZone, string ReportingCurrency) : IEvent;
