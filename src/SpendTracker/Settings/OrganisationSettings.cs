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
public sealed record OrganisationSettings(TimeZoneInfo ReportingTimeZone, string ReportingCurrency)
{
    /// <summary>
    /// Reads the settings from the log; on a new database, records the wanted ones first. Later they may not be changed by
    /// the way: another time zone would move days between months that have been reported.
    /// </summary>
    /// <exception cref="SettingsConflictException">What is wanted is not what the database has.</exception>
    public static async Task<OrganisationSettings> EstablishAsync(
        EventStore store, string? wantedTimeZone, string? wantedCurrency, CancellationToken cancellationToken)
    {
        var wanted = new SettingsChanged(wantedTimeZone ?? "UTC", wantedCurrency ?? "USD");
        var settings = await store.Streams.DecideAsync<SettingsState, SettingsChanged>(
            StreamNames.Settings, state => Decide(state?.Settings, wanted, wantedTimeZone, wantedCurrency), new Recorder("host:set-up"), cancellationToken);
        return new OrganisationSettings(TimeZoneInfo.FindSystemTimeZoneById(settings.ReportingTimeZone), settings.ReportingCurrency);
    }

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

    private static void Check(string name, string recorded, string? wanted)
    {
        if (wanted is not null && wanted != recorded)
        {
            throw new SettingsConflictException(
                $"{name} is '{wanted}' in the configuration, but this database reports in '{recorded}' since its first event. Remove the setting, or use another database.");
        }
    }
}
