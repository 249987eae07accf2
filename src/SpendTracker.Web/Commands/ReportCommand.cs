using System.CommandLine;
using Spectre.Console;
using SpendTracker.Access;
using SpendTracker.Contracts;
using SpendTracker.Reports;
using SpendTracker.Web.Pages;
using SpendTracker.Web.Reports;

namespace SpendTracker.Web.Commands;

/// <summary><c>report schedules</c>: when the month report is sent over which channel.</summary>
internal static class ReportCommand
{
    public static Command Create() => new("report", "The month report.")
    {
        new Command("schedules", "When the month report is sent, over which channel. It reports the month before.") { List(), Set(), Remove() },
    };

    private static Command List()
    {
        var json = CommandLine.JsonOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("list", "List them.") { json, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var (zone, now, names) = (opened.Database.Settings.ReportingTimeZone, opened.Get<TimeProvider>().GetUtcNow(), opened.Get<PersonNames>());
            ReportScheduleResponse[] schedules = [.. (await opened.Get<ReportSchedules>().ListAsync(cancellationToken)).Select(schedule => ReportScheduleResponse.Of(schedule, now, zone))];
            if (parsed.GetValue(json))
            {
                CommandLine.WriteJson(new Page<ReportScheduleResponse>(schedules));
                return 0;
            }

            await names.ReadAsync(cancellationToken);
            var table = new Table().AddColumns("Schedule", "Channel", "When", "Next", "Set by");
            foreach (var schedule in schedules)
            {
                table.AddRow([.. new[] { schedule.Schedule, schedule.Channel, ScheduleWords.Of(schedule), Label.Of(schedule.NextAt, zone), Label.By(names, schedule.SetBy) }.Select(Markup.Escape)]);
            }

            if (schedules.Length > 0)
            {
                CommandLine.Write(table);
            }

            Console.WriteLine(schedules.Length == 0 ? "The month report is not sent on a schedule." : $"Times are of {zone.Id}.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Set()
    {
        var id = new Argument<string>("id") { Description = "Names the schedule: lower-case letters, digits, dots and dashes." };
        var channel = new Option<string>("--channel") { Required = true, Description = "The id of the channel; any but an Alertmanager." };
        var day = new Option<int>("--day") { Required = true, Description = "The day of the month, 1 to 31; in a shorter month its last one." };
        var hour = new Option<int>("--hour") { Required = true, Description = "The hour of the reporting time zone, 0 to 23." };
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("set", "Have the report of the month before sent each month; or change when, or over which channel.") { id, channel, day, hour, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var schedules = opened.Get<ReportSchedules>();
            var wanted = new ReportScheduleRequest(parsed.GetRequiredValue(channel), parsed.GetValue(day), parsed.GetValue(hour));
            var name = parsed.GetRequiredValue(id);
            if (await schedules.CheckAsync(name, wanted, cancellationToken) is { Count: > 0 } reasons)
            {
                return CommandLine.Fail(reasons);
            }

            if (await schedules.SetAsync(name, wanted, null, CommandLine.RecorderOf("report", parsed.GetValue(by)), cancellationToken) is null || await schedules.FindAsync(name, cancellationToken) is not { } set)
            {
                return CommandLine.Fail($"There are {ReportSchedules.Most} schedules, which is the limit.");
            }

            var zone = opened.Database.Settings.ReportingTimeZone;
            Console.WriteLine($"{name} is set. The next report is due at {Label.Of(ReportTimes.NextAfter(set.Terms!, opened.Get<TimeProvider>().GetUtcNow(), zone), zone)} {zone.Id}.");
            return 0;
        }, cancellationToken));
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "Names the schedule." };
        var reason = CommandLine.ReasonOption();
        var by = CommandLine.ByOption();
        var demo = CommandLine.DemoOption();
        var command = new Command("remove", "Have the report sent no longer.") { id, reason, by, demo };
        command.SetAction((parsed, cancellationToken) => CommandLine.RunAsync(parsed.GetValue(demo), async opened =>
        {
            var check = new FieldCheck();
            check.Text("reason", parsed.GetRequiredValue(reason), ReportSchedules.ReasonLength);
            if (check.Reasons.Count > 0)
            {
                return CommandLine.Fail(check.Reasons);
            }

            var name = parsed.GetRequiredValue(id);
            var removed = await opened.Get<ReportSchedules>().RemoveAsync(name, parsed.GetRequiredValue(reason), CommandLine.RecorderOf("report", parsed.GetValue(by)), cancellationToken);
            return removed ? Told($"{name} is removed.") : CommandLine.Fail("There is no such schedule.");
        }, cancellationToken));
        return command;
    }

    private static int Told(string what)
    {
        Console.WriteLine(what);
        return 0;
    }
}
