using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using SpendTracker.Alerts;
using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>Whatever fails before or while a message is sent is a failed attempt, which is counted and has a reason.</summary>
public sealed class UnexpectedFaultTests
{
    private const string Secret = "a-secret-in-a-fault";

    public static TheoryData<string> Faults =>
    [
        nameof(JsonException), nameof(TimeoutException), nameof(NpgsqlException), nameof(InvalidCastException), nameof(OperationCanceledException), nameof(ObjectDisposedException),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_sender_that_throws_has_failed_and_its_message_is_given_up_after_a_day(string fault)
    {
        var logged = new LoggedLines();
        await using var alerting = await Alerting.StartAsync(configure: builder => Replace<IChannelSender>(Logging(builder, logged), _ => new ThrowingSender(() => Made(fault))));
        await alerting.SetAsync("ops");
        ConcurrentQueue<string> told = [];
        using var listener = Listener(told);
        var alert = await alerting.CrossAsync("ops");

        await AssertFailsAsync(alerting, alert, $"The sender failed with {fault}.");
        Assert.Contains("The sender failed with", string.Join(' ', told), StringComparison.Ordinal); // Or nothing was looked at.
        Assert.DoesNotContain(told, text => text.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(logged.All, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_cannot_be_made_has_failed_and_is_given_up_after_a_day()
    {
        var logged = new LoggedLines();
        await using var alerting = await Alerting.StartAsync(configure: builder => Replace<IDataProtectionProvider>(
            Logging(builder, logged), _ => new BrokenLinks(new EphemeralDataProtectionProvider())));
        await alerting.SetAsync("ops");
        var alert = await alerting.CrossAsync("ops");

        await AssertFailsAsync(alerting, alert, "This host failed with CryptographicException before it sent.");
        Assert.Empty(alerting.Receiver.All);
        Assert.DoesNotContain(logged.All, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"kind":"fax","number":"a-secret-in-a-fault"}""")]
    [InlineData("""{"url":"https://a-secret-in-a-fault.example.com"}""")]
    [InlineData("""{"kind":"webhook","secret":"a-secret-in-a-fault"}""")]
    [InlineData("a-secret-in-a-fault")]
    [InlineData("null")]
    public async Task An_address_that_cannot_be_read_here_fails_and_says_to_set_it_again(string stored)
    {
        var logged = new LoggedLines();
        await using var alerting = await Alerting.StartAsync(configure: builder => Logging(builder, logged));
        await alerting.SetAsync("ops");
        var text = alerting.Host.Services.GetRequiredService<AddressProtection>().Protect("ops", stored);
        await alerting.Database.ExecuteAsync($"update spend.channel_address set protected = '{text}'");
        var alert = await alerting.CrossAsync("ops");

        await AssertFailsAsync(alerting, alert, "The channel's stored address cannot be read here. Set it again.");
        Assert.DoesNotContain(logged.All, line => line.Contains(Secret, StringComparison.Ordinal));
        await alerting.SetAsync("ops");
        await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        await alerting.Host.GetUntilAsync("/api/v1/channels/ops", channel => channel.GetProperty("failures").GetInt32() == 0);
    }

    [Fact]
    public async Task A_channel_that_cannot_be_read_here_fails_and_goes_on_when_it_can()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        var alert = await CrossUnreadableAsync(alerting);

        await alerting.Database.ExecuteAsync("update spend.mt_events set data = data - 'fromTheFuture' where type = 'channel_set'");
        await alerting.Channels.ResumeAsync("ops", new("test"), TestContext.Current.CancellationToken);
        await alerting.ToldAsync("ops", 2);
        Assert.Equal(["ops crossed sent"], await alerting.MessagesAsync(alert));
    }

    [Fact]
    public async Task What_waits_for_a_channel_that_cannot_be_read_here_is_given_up_after_a_day()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        var alert = await CrossUnreadableAsync(alerting);

        alerting.Pass(DeliverySchedule.LongestTry);
        await Eventually.Async(async () => (await alerting.MessagesAsync(alert)) is ["ops crossed failed"]);
        var failed = Assert.IsType<AlertDeliveryFailed>(Assert.Single(await alerting.LoggedAsync(alert)));
        Assert.Equal(2, failed.Attempts);
        Assert.Contains("cannot be read here", failed.Reason, StringComparison.Ordinal);
    }

    /// <summary>A crossing whose message waits while the channel's stream has an event of a later version.</summary>
    private static async Task<Guid> CrossUnreadableAsync(Alerting alerting)
    {
        await alerting.Channels.PauseAsync("ops", "It fails.", 20, new("test"), TestContext.Current.CancellationToken);
        var alert = await alerting.CrossAsync("ops");
        await alerting.SettledAsync();
        await alerting.Database.ExecuteAsync("""update spend.mt_events set data = data || '{"fromTheFuture":1}' where type = 'channel_set'""");
        alerting.Pass(AlertPause.LookAgain + TimeSpan.FromSeconds(1));
        await Eventually.Async(async () => (await ReasonsAsync(alerting, alert))[0].Contains("cannot be read here", StringComparison.Ordinal));
        await Eventually.Async(async () => await alerting.Database.ScalarAsync<long>("select coalesce(sum(failures), 0)::bigint from spend.channel_health") == 1);
        return alert;
    }

    /// <summary>One attempt with its reason, counted once; and no more after a day, which the log says.</summary>
    private static async Task AssertFailsAsync(Alerting alerting, Guid alert, string reason)
    {
        await alerting.SettledAsync();
        await Eventually.Async(async () => (await ReasonsAsync(alerting, alert))[0] == reason);
        var channel = await alerting.Host.GetUntilAsync("/api/v1/channels/ops", channel => channel.GetProperty("failures").GetInt32() > 0);
        Assert.Equal(1, channel.GetProperty("failures").GetInt32());
        Assert.Equal(1, (await alerting.Host.GetUntilAsync("/api/v1/channels", channels => channels.GetProperty("items").GetArrayLength() == 1)).GetProperty("items")[0].GetProperty("failures").GetInt32());
        Assert.Equal(1, await alerting.Database.ScalarAsync<int>($"select attempts from spend.alert_message where alert = '{alert}'"));

        alerting.Pass(DeliverySchedule.LongestTry);
        await Eventually.Async(async () => (await alerting.MessagesAsync(alert)) is ["ops crossed failed"]);
        var failed = Assert.IsType<AlertDeliveryFailed>(Assert.Single(await alerting.LoggedAsync(alert)));
        Assert.Equal((reason, 2), (failed.Reason, failed.Attempts));
    }

    private static Task<IReadOnlyList<string>> ReasonsAsync(Alerting alerting, Guid alert) =>
        alerting.Database.TextsAsync($"select coalesce(last_reason, '') from spend.alert_message where alert = '{alert}'");

    private static Exception Made(string fault) => fault switch
    {
        nameof(JsonException) => new JsonException(Secret),
        nameof(TimeoutException) => new TimeoutException(Secret),
        nameof(NpgsqlException) => new NpgsqlException(Secret, new TimeoutException(Secret)),
        nameof(InvalidCastException) => new InvalidCastException(Secret),
        nameof(OperationCanceledException) => new OperationCanceledException(Secret),
        _ => new ObjectDisposedException(Secret),
    };

    private static ActivityListener Listener(ConcurrentQueue<string> told)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = _ => true, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => told.Enqueue(string.Join(' ', span.TagObjects.Select(tag => $"{tag.Value}").Append(span.StatusDescription))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static WebApplicationBuilder Logging(WebApplicationBuilder builder, LoggedLines logged)
    {
        builder.Logging.AddProvider(logged).SetMinimumLevel(LogLevel.Trace);
        return builder;
    }

    /// <summary>Once the host has registered its own.</summary>
    private static void Replace<T>(WebApplicationBuilder builder, Func<IServiceProvider, T> make)
        where T : class => builder.Host.ConfigureContainer<IServiceCollection>((_, services) =>
    {
        services.RemoveAll<T>();
        services.AddSingleton(make);
    });

    private sealed class ThrowingSender(Func<Exception> fault) : IChannelSender
    {
        public ChannelKind Kind => ChannelKind.Webhook;

        public Task<SendOutcome> SendAsync(ChannelAddress address, AlertNotice notice, CancellationToken cancellationToken) => throw fault();
    }

    /// <summary>Can protect addresses, and no link.</summary>
    private sealed class BrokenLinks(IDataProtectionProvider others) : IDataProtectionProvider, IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => purpose == "SpendTracker.AcknowledgeLink" ? this : others.CreateProtector(purpose);

        public byte[] Protect(byte[] plaintext) => throw new CryptographicException(Secret);

        public byte[] Unprotect(byte[] protectedData) => throw new CryptographicException(Secret);
    }
}
