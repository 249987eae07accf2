using System.Text;
using SpendTracker.Contracts;
using SpendTracker.Events;

namespace SpendTracker.Web.Demo;

/// <summary>An event of the demo. Its id comes from what it is and its day, so that sending it again appends nothing.</summary>
internal sealed record DemoEvent(string Id, IUsageEvent Usage)
{
    public const string Source = "demo";

    /// <summary>The event as a line of <c>POST /api/v1/usage</c>.</summary>
    public byte[] ToLine()
    {
        var type = EventTypes.Of(Usage);
        var envelope = $$"""{"type":"{{type.Name}}","id":"{{Id}}","source":"{{Source}}",""";
        return [.. Encoding.UTF8.GetBytes(envelope), .. type.Write(Usage).AsSpan(1), (byte)'\n'];
    }
}

/// <summary>A day of the demo year.</summary>
/// <param name="Index">From 0, the first day of the demo's first billing period.</param>
internal readonly record struct DemoDay(int Index, DateOnly Date)
{
    /// <summary>The day on which what grows over the year stops growing.</summary>
    private const double LastGrowing = 365;

    public bool IsWeekend => Date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    /// <summary>How far into the year, 0 to 1.</summary>
    public double Progress => Math.Min(Index, LastGrowing) / LastGrowing;

    /// <summary>A time of the day, UTC.</summary>
    public DateTimeOffset At(double hour) => new DateTimeOffset(Date, TimeOnly.MinValue, TimeSpan.Zero).AddSeconds((long)(hour * 3600));
}
