using SpendTracker.Contracts;

namespace SpendTracker.Tests.Alerts;

/// <summary>When messages go out, and which together, on a clock that the test moves.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public async Task In_quiet_hours_nothing_is_sent_and_afterwards_what_waited_comes_together_without_what_is_over()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(QuietFrom: "13:00", QuietTo: "08:00", TimeZone: "Europe/Berlin")); // Noon in UTC is 14:00 there.
        var first = await alerting.CrossAsync("ops");
        var over = await alerting.CrossAsync("ops");
        var second = await alerting.CrossAsync("ops");
        await alerting.ResolveAsync(over);
        await alerting.SettledAsync();
        alerting.Pass(TimeSpan.FromHours(17) + TimeSpan.FromMinutes(59));
        await alerting.SettledAsync();
        Assert.Empty(alerting.Receiver.All);
        Assert.Equal(["ops crossed dropped"], await alerting.MessagesAsync(over));

        alerting.Pass(TimeSpan.FromMinutes(1));
        await alerting.ToldAsync("ops", 1);
        Assert.Equal(new[] { first, second }.Order(), Assert.Single(alerting.Receiver.All).Alerts.Order());
        foreach (var alert in (Guid[])[first, second])
        {
            var delivered = Assert.IsType<AlertDelivered>(Assert.Single(await alerting.LoggedAsync(alert)));
            Assert.Equal(alerting.Receiver.All[0].Id, delivered.Message);
        }
    }

    [Fact]
    public async Task What_happens_within_a_digests_minutes_is_one_message_and_tried_again_as_the_same()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(DigestMinutes: 10));
        var fail = true;
        alerting.Receiver.Answer = (received, context) => AlertReceiver.Status(fail ? 503 : 200)(received, context);
        List<Guid> alerts = [];
        for (var i = 0; i < 3; i++)
        {
            alerts.Add(await alerting.CrossAsync("ops"));
            alerting.Pass(TimeSpan.FromMinutes(3));
            await alerting.SettledAsync();
        }

        Assert.Empty(alerting.Receiver.All);
        alerting.Pass(TimeSpan.FromMinutes(1));
        await alerting.ToldAsync("ops", 1);
        var later = await alerting.CrossAsync("ops"); // Belongs to the next one.
        fail = false;
        alerting.Pass(TimeSpan.FromMinutes(2));
        await alerting.Receiver.UntilAsync("ops", 2);
        alerting.Pass(TimeSpan.FromMinutes(10));
        await alerting.ToldAsync("ops", 3);

        var all = alerting.Receiver.All;
        Assert.Equal((3, all[0].Id), (all.Count, all[1].Id));
        Assert.Equal(alerts, all[0].Alerts);
        Assert.Equal(alerts, all[1].Alerts);
        Assert.Equal([later], all[2].Alerts);
    }

    [Fact]
    public async Task More_than_the_limit_of_an_hour_comes_together_and_the_next_when_the_hour_is_over()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(MostPerHour: 3));
        var burst = await Alerting.CrossAsync(alerting.Database, 250, ["ops"], "burst");
        await alerting.ToldAsync("ops", 3);
        Assert.Equal([100, 100, 50], alerting.Receiver.All.Select(received => received.Alerts.Count));
        Assert.Equal(burst.Order(), alerting.Receiver.All.SelectMany(received => received.Alerts).Order());

        var one = await alerting.CrossAsync("ops");
        var two = await alerting.CrossAsync("ops");
        await alerting.SettledAsync();
        alerting.Pass(TimeSpan.FromMinutes(59));
        await alerting.SettledAsync();
        Assert.Equal(3, alerting.Receiver.All.Count);
        alerting.Pass(TimeSpan.FromMinutes(1));
        await alerting.SettledAsync();
        Assert.Equal(new[] { one, two }.Order(), alerting.Receiver.All.Skip(3).SelectMany(received => received.Alerts).Order());
    }

    [Theory]
    [InlineData("acknowledged")]
    [InlineData("resolved")]
    [InlineData("period over")]
    public async Task An_alert_is_told_again_until_somebody_acknowledges_it_or_it_is_over(string end)
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(RemindMinutes: 60));
        if (end == "period over")
        {
            alerting.Clock.Now = new(2026, 6, 30, 20, 30, 0, TimeSpan.Zero); // Three and a half hours before it.
        }

        var alert = await alerting.CrossAsync("ops");
        for (var told = 1; told <= 3; told++)
        {
            await alerting.ToldAsync("ops", told);
            alerting.Pass(TimeSpan.FromMinutes(60));
        }

        await alerting.ToldAsync("ops", 4);
        await (end switch { "acknowledged" => alerting.AcknowledgeAsync(alert), "resolved" => alerting.ResolveAsync(alert), _ => Task.CompletedTask });
        await alerting.SettledAsync();
        alerting.Pass(TimeSpan.FromHours(5));
        await alerting.SettledAsync();

        string[] kinds = ["crossed", "reminder", "reminder", "reminder"];
        Assert.Equal(end == "resolved" ? [.. kinds, "resolved"] : kinds, alerting.Receiver.All.Select(received => received.Kind));
        Assert.Equal(alerting.Receiver.All.Count, alerting.Receiver.All.Select(received => received.Id).Distinct().Count());
    }

    [Fact]
    public async Task Without_acknowledgement_the_other_channel_is_told_once_even_in_its_quiet_hours_and_it_goes_no_further()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("boss");
        await alerting.SetAsync("ops", new ChannelSchedule(EscalateMinutes: 30, EscalateTo: "boss"));
        await alerting.SetAsync("boss", new ChannelSchedule(QuietFrom: "00:00", QuietTo: "23:59", EscalateMinutes: 5, EscalateTo: "ops"));
        alerting.Receiver.Answer = (received, context) => AlertReceiver.Status(received.Channel == "ops" ? 500 : 200)(received, context); // What fails is escalated, too.
        var seen = await alerting.CrossAsync("ops");
        var ignored = await alerting.CrossAsync("ops");
        await alerting.Receiver.UntilAsync("ops", 2);
        await alerting.AcknowledgeAsync(seen);
        await alerting.SettledAsync();
        alerting.Pass(TimeSpan.FromMinutes(29));
        await alerting.SettledAsync();
        Assert.Empty(alerting.Receiver.On("boss"));
        alerting.Pass(TimeSpan.FromMinutes(1));
        await alerting.Receiver.UntilAsync("boss", 1);
        alerting.Pass(TimeSpan.FromHours(3));
        await alerting.SettledAsync();

        var escalated = Assert.Single(alerting.Receiver.On("boss"));
        Assert.Equal(("escalation", ignored), (escalated.Kind, Assert.Single(escalated.Alerts)));
        Assert.DoesNotContain(alerting.Receiver.On("ops"), received => received.Kind == "escalation");
    }

    [Fact]
    public async Task That_an_alert_is_over_is_told_where_it_was_told_and_a_periods_end_is_no_news()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        await alerting.SetAsync("mail", new ChannelSchedule(DigestMinutes: 60));
        var below = await alerting.CrossAsync("ops", "mail");
        var over = await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 2);
        await alerting.ResolveAsync(below);
        await alerting.ResolveAsync(over, ResolvedBecause.PeriodOver);
        await alerting.Receiver.UntilAsync("ops", 3);
        alerting.Pass(TimeSpan.FromHours(2));
        await alerting.SettledAsync();

        Assert.Equal(("resolved", below), (alerting.Receiver.On("ops")[2].Kind, alerting.Receiver.On("ops")[2].Alerts[0]));
        Assert.Equal(3, alerting.Receiver.All.Count);
        Assert.Contains("\"because\":\"below\"", alerting.Receiver.All[2].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_an_alert_is_over_never_overtakes_that_it_was_raised()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops");
        var fail = true;
        alerting.Receiver.Answer = (received, context) => AlertReceiver.Status(fail ? 500 : 200)(received, context);
        var alert = await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        await alerting.ResolveAsync(alert);
        fail = false;
        await Eventually.Async(async () => (await alerting.MessagesAsync(alert)).Count == 2);
        alerting.Pass(TimeSpan.FromMinutes(1));
        await alerting.Receiver.UntilAsync("ops", 3);

        Assert.Equal(["crossed", "crossed", "resolved"], alerting.Receiver.All.Select(received => received.Kind));
    }

    [Fact]
    public async Task A_change_of_the_budget_tells_nobody_anew_keeps_the_reminders_and_the_acknowledgement()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new ChannelSchedule(RemindMinutes: 60));
        await alerting.SetAsync("late");
        var first = await alerting.CrossAsync("ops");
        await alerting.ToldAsync("ops", 1);
        var second = await alerting.CrossAsync(first, ["ops", "late"]);
        await alerting.ToldAsync("late", 1);
        Assert.Single(alerting.Receiver.On("ops"));

        alerting.Pass(TimeSpan.FromMinutes(60));
        await alerting.Receiver.UntilAsync("ops", 2);
        Assert.Equal(("reminder", second), (alerting.Receiver.On("ops")[1].Kind, alerting.Receiver.On("ops")[1].Alerts[0]));
        await alerting.AcknowledgeAsync(second);
        await alerting.SettledAsync();
        var third = await alerting.CrossAsync(second, ["ops"]);
        await alerting.SettledAsync();
        alerting.Pass(TimeSpan.FromMinutes(120));
        await alerting.SettledAsync();
        Assert.Equal(2, alerting.Receiver.On("ops").Count);

        await alerting.ResolveAsync(third);
        await alerting.Receiver.UntilAsync("ops", 3);
        Assert.Equal(("resolved", third), (alerting.Receiver.On("ops")[2].Kind, alerting.Receiver.On("ops")[2].Alerts[0]));
    }
}
