using Microsoft.AspNetCore.DataProtection;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts;

/// <summary>Channels, alerts, and the sending of them.</summary>
internal static class AlertServices
{
    public static void AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton(provider => ProtectionOf(provider.GetRequiredService<IDataProtectionProvider>()));
        services.AddSingleton<AcknowledgeLinks>();
        services.AddSingleton<AlertNotices>();
        services.AddSingleton<ChannelSending>();
        services.AddSingleton<AlertDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<AlertDelivery>());
    }

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        api.MapChannelEndpoints();
        api.MapAlertEndpoints();
    }

    /// <summary>A purpose for each channel: ciphertext that is moved to another channel's row cannot be decrypted there.</summary>
    private static AddressProtection ProtectionOf(IDataProtectionProvider provider)
    {
        IDataProtector For(string channel) => provider.CreateProtector("SpendTracker.ChannelAddress", channel);
        return new((channel, text) => For(channel).Protect(text), (channel, text) => For(channel).Unprotect(text));
    }
}
