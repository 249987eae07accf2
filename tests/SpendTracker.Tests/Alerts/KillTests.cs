using System.Globalization;
using SpendTracker.Contracts;
using SpendTracker.Log;

namespace SpendTracker.Tests.Alerts;

/// <summary>The program itself is killed, again and again, between a crossing, its sending and its being recorded.</summary>
public sealed class KillTests
{
    /// <summary>One of each kind in every run, for the time it takes; 50 with <c>SPENDTRACKER_KILLS=50</c>.</summary>
    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("SPENDTRACKER_KILLS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task However_often_the_host_is_killed_every_crossing_arrives_under_one_id_and_is_recorded_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var receiver = await AlertReceiver.StartAsync();
        List<Guid> alerts = [];
        HostProcess? host = null;
        for (var kill = 0; kill <= Kills; kill++)
        {
            host = await HostProcess.StartAsync(database, new() { ["Alerts__AllowedHosts"] = receiver.Authority, ["Alerts__SendTimeout"] = "00:00:00.5", ["Logging__LogLevel__Default"] = "None" });
            if (kill == 0)
            {
                await SetChannelAsync(host, receiver);
            }

            if (kill == Kills)
            {
                break;
            }

            alerts.AddRange(await KillAsync(host, database, receiver, kill));
        }

        await using (host!)
        {
            await Eventually.Async(() => database.ScalarAsync<bool>($"select count(*) = {alerts.Count} from spend.alert_message where state = 'sent'"));
        }

        var arrived = receiver.All.GroupBy(received => Assert.Single(received.Alerts)).ToDictionary(alert => alert.Key, alert => alert.Select(received => received.Id).Distinct().ToArray());
        Assert.Equal(alerts.Order(), arrived.Keys.Order());
        Assert.All(arrived.Values, ids => Assert.Single(ids));
        Assert.Equal(
            alerts.Select(alert => $"{alert} {arrived[alert][0]}").Order(StringComparer.Ordinal),
            (await database.TextsAsync("select (data->>'alert') || ' ' || (data->>'message') from spend.mt_events where type = 'alert_delivered'")).Order(StringComparer.Ordinal));
    }

    /// <summary>Right after the crossing, while the receiver has the message and has not answered, or when it has just answered.</summary>
    private static async Task<IReadOnlyList<Guid>> KillAsync(HostProcess host, TestDatabase database, AlertReceiver receiver, int kill)
    {
        var before = receiver.All.Count;
        var held = new TaskCompletionSource();
        receiver.Answer = kill % 3 == 1 ? (_, context) => Task.WhenAny(held.Task, Task.Delay(Timeout.Infinite, context.RequestAborted)) : (_, _) => Task.CompletedTask;
        var alerts = await Alerting.CrossAsync(database, 3, ["ops"], $"k{kill}");
        if (kill % 3 != 0)
        {
            await Eventually.Async(() => receiver.All.Count > before);
        }

        await host.DisposeAsync();
        held.SetResult();
        receiver.Answer = (_, _) => Task.CompletedTask;
        return alerts;
    }

    private static async Task SetChannelAsync(HostProcess host, AlertReceiver receiver)
    {
        var address = receiver.AddressOf("ops");
        using var body = new StringContent(
            $$"""{"name":"Ops","address":{"kind":"webhook","url":"{{address.Url}}","secret":"{{address.Secret}}" },"schedule":{"mostPerHour":1000} }""", System.Text.Encoding.UTF8, "application/json");
        using var set = await host.Client.PutAsync(new Uri("/api/v1/channels/ops", UriKind.Relative), body, TestContext.Current.CancellationToken);
        set.EnsureSuccessStatusCode();
    }
}
