using System.Net;
using SpendTracker.Alerts;

namespace SpendTracker.Web.Alerts.Senders;

internal static class ChannelSenders
{
    /// <summary>Every <see cref="IChannelSender"/>, over the one way out.</summary>
    /// <exception cref="ArgumentException">An entry of <c>Alerts:AllowedHosts</c> is no host.</exception>
    public static IServiceCollection AddChannelSenders(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(new OutgoingConnection(AllowedHosts.Of(configuration), Dns.GetHostAddressesAsync))
        .AddSingleton<OutgoingHttp>()
        .AddSingleton<IChannelSender, WebhookSender>()
        .AddSingleton<IChannelSender, SlackSender>()
        .AddSingleton<IChannelSender, TeamsSender>()
        .AddSingleton<IChannelSender, EmailSender>()
        .AddSingleton<IChannelSender, AlertmanagerSender>();
}
