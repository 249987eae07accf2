using System.Net;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts.Senders;

internal static class ChannelSenders
{
    /// <summary>Every <see cref="IChannelSender"/>, over the one way out.</summary>
    public static IServiceCollection AddChannelSenders(this IServiceCollection services) => services
        .AddSingleton(provider => new OutgoingConnection(new(provider.GetRequiredService<AlertOptions>().AllowedHosts), Dns.GetHostAddressesAsync))
        .AddSingleton<OutgoingHttp>()
        .AddSingleton<IChannelSender, WebhookSender>()
        .AddSingleton<IChannelSender, SlackSender>()
        .AddSingleton<IChannelSender, TeamsSender>()
        .AddSingleton<IChannelSender, EmailSender>()
        .AddSingleton<IChannelSender, AlertmanagerSender>();
}
