using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Log;

namespace SpendTracker.Settings;

/// <summary>A setting that contradicts what the database was set up with.</summary>
public sealed class SettingsConflictException(string message) : Exception(message);

/// <summary>The settings that were recorded last.</summary>
public sealed record SettingsState(SettingsChanged Settings) : IStreamState<SettingsState>
{
    public static SettingsState Apply(SettingsState? state, StoredEvent stored) => stored.Data is SettingsChanged settings ? new(settings) : state!;
}

/// <summary>How the organisation reports. Part of the log, since every day and month in the read model rests on it.</summary>
/// <param name="ExchangeRateDays">How many days after its own day an exchange rate is used at most; then it is stale.</param>
public sealed record OrganisationSettings(TimeZoneInfo ReportingTimeZone, string ReportingCurrency, int ExchangeRateDays = OrganisationSettings.DefaultExchangeRateDays)
{
    /// <summary>A month, and two weeks for whoever publishes rates once a month.</summary>
    public const int DefaultExchangeRateDays = 45;

    /// <summary>
    /// Reads the settings from the log; on a new database, records the wanted ones first. Later they may not be changed by
    /// the way: another time zone would move days between months that have been reported. The age of exchange rates may: it
    /// holds for the months after the last one that is closed, so that closed months stay as they are.
    /// </summary>
    /// <exception cref="SettingsConflictException">What is wanted is not what the database has.</exception>
    public static async Task<OrganisationSettings> EstablishAsync(
        EventStore store, string? wantedTimeZone, string? wantedCurrency, int? wantedExchangeRateDays, CancellationToken cancellationToken)
    {
        var wanted = new SettingsChanged(wantedTimeZone ?? "UTC", wantedCurrency ?? "USD", wantedExchangeRateDays ?? DefaultExchangeRateDays);
        var settings = await store.Streams.DecideAsync<SettingsState, SettingsChanged>(
            StreamNames.Settings, state => Decide(state?.Settings, wanted, wantedTimeZone, wantedCurrency), Recorder, cancellationToken);
        var days = wantedExchangeRateDays ?? settings.ExchangeRateDays ?? DefaultExchangeRateDays;
        if (settings.ExchangeRateDays != days)
        {
            var from = await FirstOpenDayAsync(store, cancellationToken);
            settings = await store.Streams.DecideAsync<SettingsState, SettingsChanged>(
                StreamNames.Settings,
                state => Limit(state!.Settings, days, from),
                Recorder, cancellationToken);
        }

        return new OrganisationSettings(TimeZoneInfo.FindSystemTimeZoneById(settings.ReportingTimeZone), settings.ReportingCurrency, days);
    }

    /// <summary>The first day after the last month that is closed; null where none is.</summary>
    private static async Task<DateOnly?> FirstOpenDayAsync(EventStore store, CancellationToken cancellationToken)
    {
        var periods = await store.ReadStreamsAsync(await store.StreamsAsync(StreamNames.Periods, cancellationToken), cancellationToken);
        return periods.Values
            .Select(period => period.Select(stored => stored.Data).LastOrDefault(data => data is BillingPeriodClosed or BillingPeriodReopened))
            .OfType<BillingPeriodClosed>()
            .Select(closed => BillingPeriod.TryParse(closed.Month, out var month) ? month.End : (DateOnly?)null)
            .Max();
    }

    private static Recorder Recorder => new("host:set-up");

    private static Decision<SettingsChanged> Decide(SettingsChanged? recorded, SettingsChanged wanted, string? wantedTimeZone, string? wantedCurrency)
    {
        if (recorded is not null)
        {
            Check("ReportingTimeZone", recorded.ReportingTimeZone, wantedTimeZone);
            Check("ReportingCurrency", recorded.ReportingCurrency, wantedCurrency);
            return new(recorded);
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(wanted.ReportingTimeZone, out _))
        {
            throw new SettingsConflictException($"ReportingTimeZone '{wanted.ReportingTimeZone}' is not a time zone; use an IANA name such as Europe/Berlin.");
        }

        return Currency.IsCode(wanted.ReportingCurrency)
            ? new(wanted, wanted)
            : throw new SettingsConflictException($"ReportingCurrency '{wanted.ReportingCurrency}' is not an ISO 4217 code such as USD.");
    }

    private static Decision<SettingsChanged> Limit(SettingsChanged recorded, int days, DateOnly? from)
    {
        var limited = recorded with { ExchangeRateDays = days, ExchangeRateDaysFrom = from };
        return recorded.ExchangeRateDays == days ? new(recorded) : new(limited, limited);
    }

    private static void Check(string name, string recorded, string? wanted)
    {
        if (wanted is not null && wanted != recorded)
        {
            throw new SettingsConflictException(
                $"{name} is '{wanted}' in the configuration, but this database reports in '{recorded}' since its first event. Remove the setting, or use another database.");
        }
    }
}
