using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Reports;

/// <summary>When a schedule is due, in words.</summary>
internal static class ScheduleWords
{
    public static string Of(ReportScheduleResponse schedule) => Of(schedule.Day, schedule.Hour);

    public static string Of(int day, int hour) => string.Create(CultureInfo.InvariantCulture, $"{(day == 31 ? "on the last day" : $"on day {day}")} of each month at {hour:00}:00");
}
