using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SpendTracker.Access;
using SpendTracker.Log;
using SpendTracker.Web.Access;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Anomalies;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Hosting;

/// <summary>All of our own settings, from the section <c>SpendTracker</c>.</summary>
internal sealed record SpendTrackerSettings : IValidatableObject
{
    public const string Section = "SpendTracker";

    /// <summary>Names of earlier versions, which stay valid, and what they are called now. Of both, the name of now holds.</summary>
    private static readonly (string Old, string Now)[] Renamed =
    [
        ("PublicUrl", $"{Section}:{nameof(PublicUrl)}"),
        ("Alerts:SendTimeout", $"{Section}:Alerts:{nameof(AlertOptions.SendTimeout)}"),
        ("Alerts:MostAtOnce", $"{Section}:Alerts:{nameof(AlertOptions.MostAtOnce)}"),
        ("Alerts:AllowedHosts", $"{Section}:Alerts:{nameof(AlertOptions.AllowedHosts)}"),
    ];

    /// <summary>An IANA name; null for what the database has, or UTC.</summary>
    public string? ReportingTimeZone { get; init; }

    /// <summary>ISO 4217; null for what the database has, or USD.</summary>
    public string? ReportingCurrency { get; init; }

    /// <summary>Days after its own day that an exchange rate is used at most; null for what the database has, or 45.</summary>
    [Range(1, 400)]
    public int? ExchangeRateDays { get; init; }

    /// <summary>Where people reach this host; null for no links in messages.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Addresses and networks with commas, see <see cref="TrustedProxies"/>.</summary>
    public string? Proxies { get; init; }

    /// <summary>Names with commas, see <see cref="HostNames"/>.</summary>
    public string? AllowedHosts { get; init; }

    /// <summary>Read by the AppHost alone; known here, since the environment of the AppHost is that of the host, too.</summary>
    public string? PostgresFolder { get; init; }

    /// <summary>Pages that may be open at a time on this host. Each has its state in the host's memory.</summary>
    [Range(1, 100_000)]
    public int OpenPages { get; init; } = 500;

    public AnomalySettings Anomalies { get; init; } = new();

    public SessionLimits Sessions { get; init; } = new();

    public OpenIdConnectSettings OpenIdConnect { get; init; } = new();

    public EventStoreOptions Events { get; init; } = new();

    public AlertOptions Alerts { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public ActivityOptions Activity { get; init; } = new();

    public TelemetryOptions Telemetry { get; init; } = new();

    public TransportOptions Transport { get; init; } = new();

    /// <summary>The settings of a configuration, for what is needed before there is a host.</summary>
    /// <exception cref="OptionsValidationException">A setting is not what it should be.</exception>
    public static SpendTrackerSettings Of(IConfiguration configuration)
    {
        using var services = new ServiceCollection().AddSettings(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<SpendTrackerSettings>>().Value;
    }

    /// <summary>The section with what older names say.</summary>
    public static IConfigurationSection SectionOf(IConfiguration configuration)
    {
        var old = from name in Renamed
                  where !configuration.GetSection(name.Now).Exists()
                  from entry in configuration.GetSection(name.Old).AsEnumerable()
                  where entry.Value is not null
                  select KeyValuePair.Create(name.Now + entry.Key[name.Old.Length..], entry.Value);
        return new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(old).Build().GetSection(Section);
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrWhiteSpace(PublicUrl) && AlertOptions.PublicUrlOf(PublicUrl) is null)
        {
            yield return new($"{Section}:{nameof(PublicUrl)} is '{PublicUrl}'. It must be where people reach this host, like https://spend.example.com.");
        }

        if (HostNames.Malformed(AllowedHosts) is { } host)
        {
            yield return new($"{HostNames.Setting} has '{host}', which is not a host name. Write e.g. spend.example.com or *.example.com, separated by commas, without scheme and port.");
        }

        if (Telemetry.TraceUrl is { Length: > 0 } trace && !TraceLink.IsTemplate(trace))
        {
            yield return new($"{Section}:Telemetry:{nameof(TelemetryOptions.TraceUrl)} is '{trace}'. It must be the address of a trace with {{traceId}} in it once, like https://jaeger.example.com/trace/{{traceId}}.");
        }

        if (TrustedProxies.Malformed(Proxies) is { } entry)
        {
            yield return new($"{TrustedProxies.Setting} has '{entry}', which is no address and no network. Write e.g. 10.1.2.3 or 10.0.0.0/8, separated by commas.");
        }
    }
}

/// <summary>Telemetry besides OpenTelemetry's own variables.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>Whether <c>/metrics</c> is served.</summary>
    public bool Prometheus { get; init; }

    /// <summary>Where a trace is looked at, with <c>{traceId}</c> in it; null for no links.</summary>
    public string? TraceUrl { get; init; }
}

internal static class SettingsServices
{
    /// <summary>Adds the settings, checked when the host starts, and the parts of them that classes ask for.</summary>
    public static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        var section = SpendTrackerSettings.SectionOf(configuration);
        services.AddChecked<SpendTrackerSettings>(section).PostConfigure(settings => settings.Alerts.AddHosts(section["Alerts:AllowedHosts"]));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.Limits);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.Activity);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.Transport);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.Anomalies.Options);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.Sessions);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value.OpenIdConnect);
        return services.AddSingleton(provider =>
        {
            var settings = provider.GetRequiredService<IOptions<SpendTrackerSettings>>().Value;
            return settings.Alerts with { PublicUrl = AlertOptions.PublicUrlOf(settings.PublicUrl) };
        });
    }
}
