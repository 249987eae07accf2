using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SpendTracker.Alerts;
using SpendTracker.Contracts;
using SpendTracker.Events;
using SpendTracker.Reports;
using SpendTracker.Web.Reports;

namespace SpendTracker.Tests.Alerts;

/// <summary>The month report on a schedule: when it is due, and that it is told once.</summary>
public sealed class ReportScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, 8, "2026-11", "2026-11-03T07:00:00Z")]
    [InlineData(3, 8, "2026-07", "2026-07-03T06:00:00Z")]
    [InlineData(31, 0, "2026-02", "2026-02-27T23:00:00Z")] // Its last day.
    [InlineData(29, 2, "2026-03", "2026-03-29T01:00:00Z")] // The hour that clocks leave out: the one after it.
    public void A_time_is_that_of_the_reporting_zone_on_a_day_that_the_month_has(int day, int hour, string month, string at) => Assert.Equal(
        At(at), ReportTimes.AtOf(new("s", "ops", day, hour), BillingPeriod.TryParse(month, out var parsed) ? parsed : default, Berlin));

    [Theory]
    [InlineData("2026-11-03T06:59:59Z", null)] // Not yet; and that of October was before it was set.
    [InlineData("2026-11-03T07:00:00Z", "2026-11")]
    [InlineData("2026-12-03T06:59:59Z", "2026-11")] // Missed for a month: made up for.
    [InlineData("2027-02-14T00:00:00Z", "2027-02")] // Of several that were missed, the last one.
    public void It_is_due_from_its_time_on_if_it_was_set_before(string now, string? due) => Assert.Equal(
        due, ReportTimes.DueIn(new(new("s", "ops", 3, 8), 1, At("2026-10-20T00:00:00Z"), "test"), At(now), Berlin)?.ToString());

    [Fact]
    public void The_next_time_is_after_now()
    {
        var terms = new ReportScheduleSet("s", "ops", 3, 8);
        Assert.Equal(At("2026-11-03T07:00:00Z"), ReportTimes.NextAfter(terms, At("2026-11-03T06:59:59Z"), Berlin));
        Assert.Equal(At("2026-12-03T07:00:00Z"), ReportTimes.NextAfter(terms, At("2026-11-03T07:00:00Z"), Berlin));
    }

    [Fact]
    public async Task A_report_is_told_once_by_two_hosts_and_once_when_its_time_was_missed_and_never_after_its_end()
    {
        await using var alerting = await Alerting.StartAsync();
        await alerting.SetAsync("ops", new(RemindMinutes: 30));
        Assert.Equal((HttpStatusCode.Created, "\"1\"", "2026-06-22T08:00:00Z"), await SetAsync("""{"channel":"ops","day":22,"hour":8}"""));
        Assert.Equal((HttpStatusCode.OK, "\"1\"", "2026-06-22T08:00:00Z"), await SetAsync("""{"channel":"ops","day":22,"hour":8}"""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SetAsync("""{"channel":"ops","day":23,"hour":8}""", "7")).Status);
        Assert.Equal("channel: There is no such channel.", await RefusedAsync("""{"channel":"none","day":22,"hour":8}"""));
        Assert.Equal("day, hour", await RefusedAsync("""{"channel":"ops","day":32,"hour":24}"""));

        await LookAsync("2026-06-22T07:59:59Z");
        await LookAsync("2026-07-23T09:00:00Z"); // That of June was missed, that of July as well.
        await alerting.ToldAsync("ops", 1);
        var told = Assert.Single(alerting.Receiver.On("ops"));
        var message = JsonDocument.Parse(told.Body).RootElement;
        var alert = message.GetProperty("data").GetProperty("alerts")[0];
        Assert.Equal(("report.made", "2026-06", "https://spend.example.com/report?month=2026-06", false), (
            message.GetProperty("type").GetString(), alert.GetProperty("report").GetProperty("month").GetString(), alert.GetProperty("page").GetString(), alert.TryGetProperty("acknowledge", out _)));
        Assert.Equal(["Spent", "Month end", "Budget", "Against May 2026", "Not in the totals"], alert.GetProperty("report").GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()!));
        using var acknowledged = await alerting.Host.PostAsync($"/api/v1/alerts/{told.Alerts[0]}/acknowledge", "{}");
        Assert.Equal(HttpStatusCode.NotFound, acknowledged.StatusCode);

        await LookAsync("2026-07-25T09:00:00Z");
        await alerting.SettledAsync();
        Assert.Equal(["ops made sent"], await alerting.MessagesAsync(told.Alerts[0])); // And no reminder.

        using var removed = await alerting.Host.Client.DeleteAsync(new Uri("/api/v1/report/schedules/finance?reason=over", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await LookAsync("2026-08-25T09:00:00Z");
        await alerting.SettledAsync();
        Assert.Single(alerting.Receiver.All);

        async Task LookAsync(string at)
        {
            alerting.Clock.Now = At(at);
            var host = alerting.Host.Services.GetRequiredService<ReportService>();
            using var other = ActivatorUtilities.CreateInstance<ReportService>(alerting.Host.Services);
            await Task.WhenAll(host.LookAsync(Cancel), other.LookAsync(Cancel));
            Assert.InRange(await alerting.Database.ScalarAsync<long>("select count(*) from spend.mt_events where type = 'report_made'"), 0, 1);
        }

        async Task<(HttpStatusCode Status, string? Version, string? Next)> SetAsync(string body, string? match = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/report/schedules/finance") { Content = new StringContent(body, null, "application/json") };
            _ = match is not null && request.Headers.TryAddWithoutValidation("If-Match", $"\"{match}\"");
            using var answer = await alerting.Host.Client.SendAsync(request, Cancel);
            var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;
            return (answer.StatusCode, answer.Headers.ETag?.Tag, json.TryGetProperty("nextAt", out var next) ? next.GetString() : null);
        }

        async Task<string> RefusedAsync(string body)
        {
            using var answer = await alerting.Host.SendAsync(HttpMethod.Put, "/api/v1/report/schedules/other", body);
            var errors = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("errors").EnumerateObject().ToArray();
            return errors is [var only] ? $"{only.Name}: {only.Value[0].GetString()}" : string.Join(", ", errors.Select(error => error.Name));
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
