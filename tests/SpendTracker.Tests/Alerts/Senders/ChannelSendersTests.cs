using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts.Senders;
using SpendTracker.Web.Hosting;

namespace SpendTracker.Tests.Alerts.Senders;

/// <summary>What the host registers, and the one setting.</summary>
public sealed class ChannelSendersTests
{
    [Fact]
    public async Task Each_kind_of_channel_has_one_sender()
    {
        await using var services = Registered([]);

        Assert.Equal(Enum.GetValues<ChannelKind>(), services.GetServices<IChannelSender>().Select(sender => sender.Kind).Order());
    }

    [Theory]
    [InlineData("Alerts:AllowedHosts", "chat.internal, 127.0.0.1:{0}")]
    [InlineData("Alerts:AllowedHosts:0", "127.0.0.1")]
    [InlineData("SpendTracker:Alerts:AllowedHosts", "chat.internal, 127.0.0.1:{0}")]
    [InlineData("SpendTracker:Alerts:AllowedHosts:0", "127.0.0.1")]
    public async Task Allowed_hosts_are_configured_as_a_list_or_as_one_text_with_commas(string setting, string value)
    {
        await using var receiver = await HttpReceiver.StartAsync(200);
        await using var services = Registered(new() { [setting] = string.Format(System.Globalization.CultureInfo.InvariantCulture, value, receiver.Address.Port) });
        await using var closed = Registered([]);

        Assert.True((await services.GetRequiredService<OutgoingHttp>().PostAsync(receiver.Address)).IsSent);
        Assert.False((await closed.GetRequiredService<OutgoingHttp>().PostAsync(receiver.Address)).IsSent);
    }

    private static ServiceProvider Registered(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSettings(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddChannelSenders()
        .BuildServiceProvider();
}
