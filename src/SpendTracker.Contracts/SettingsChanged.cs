namespace SpendTracker.Contracts;

/// <summary>How an organisation reports.</summary>
/// <param name="ReportingTimeZone">IANA name; a billing period is a calendar month in it.</param>
/// <param name="ReportingCurrency">ISO 4217 code; totals are in it.</param>
/// <param name="ExchangeRateDays">How many days after its own day an exchange rate is used at most, 1 to 400; null for any number.</param>
/// <param name="ExchangeRateDaysFrom">The first day of use that this holds for; null for all days.</param>
public sealed record SettingsChanged(
    string ReportingTimeZone, string ReportingCurrency, int? ExchangeRateDays = null, DateOnly? ExchangeRateDaysFrom = null) : IEvent;
