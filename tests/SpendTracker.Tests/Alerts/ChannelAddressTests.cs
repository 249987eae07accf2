using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Tests.Log;

namespace SpendTracker.Tests.Alerts;

/// <summary>An address that an event names is never deleted while it holds, whatever goes wrong beside it.</summary>
public sealed class ChannelAddressTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_gives_up_while_the_old_address_is_deleted_keeps_the_new_one()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        await using var holder = await alerting.Database.DataSource.OpenConnectionAsync(Cancel);
        await using var transaction = await holder.BeginTransactionAsync(Cancel);
        await OtherProgram.ExecuteAsync(holder, "select from spend.channel_address for update");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alerting.Channels.SetAsync("ops", new ChannelTerms("Renamed", alerting.Receiver.AddressOf("ops")), new Recorder("test"), patience.Token));
        await transaction.RollbackAsync(Cancel);

        var channel = await alerting.Channels.FindAsync("ops", Cancel);
        Assert.Equal("Renamed", channel!.Name);
        Assert.NotNull(await alerting.Host.Services.GetRequiredService<ChannelAddresses>().OpenAsync(channel, Cancel));
    }
}
