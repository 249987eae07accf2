using System.Globalization;
using SpendTracker.Contracts;

namespace SpendTracker.Web.Health;

/// <summary>How the figures of the page Health read.</summary>
internal static class HealthWords
{
    private const double MostLag = 5;

    /// <summary>The answer at 3 in the morning: whether something is wrong, and what.</summary>
    public static string Sentence(HealthResponse health)
    {
        var wrong = new[]
        {
            health.LagSeconds > MostLag ? $"the numbers are {Seconds(health.LagSeconds)} behind" : null,
            health.Projections.Sum(projection => projection.SetAside) switch { 0 => null, 1 => "1 event is set aside", var events => $"{events.ToString("#,0", CultureInfo.InvariantCulture)} events are set aside" },
            health.Channels?.Count(channel => channel.PausedAt is not null || channel.InARow > 0) switch { null or 0 => null, 1 => "1 channel is failing", var failing => $"{failing} channels are failing" },
        }.OfType<string>().ToArray();
        var arriving = health.EventsPerSecond is > 0 and var rate ? $"Events arrive here, {Number(rate)} a second." : "No event arrived here in the last 5 minutes.";
        return wrong.Length == 0 ? $"All is well. {arriving}" : $"Look at this: {string.Join(", ", wrong)}. {arriving}";
    }

    public static string Number(double? value) => value is { } known ? known.ToString(known >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture) : "–";

    /// <summary>Like <c>4.2 ms</c> or <c>12 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        0 => "0 s",
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.#} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:#,0} min"),
    };

    /// <summary>In units of 1,024: <c>1.5 GiB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):#,0.##} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
    };

    public static string Growth(long bytes) => bytes == 0 ? "no growth" : $"{(bytes < 0 ? "−" : "+")}{Size(Math.Abs(bytes))}";
}
