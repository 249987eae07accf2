using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Spectre.Console;

namespace SpendTracker.Benchmarks.Sustain;

/// <summary>
/// How old the oldest event is that is stored but not in the numbers yet. Sees the log and the checkpoint from outside, so the
/// age counts from the first look that found the event, and is exact to about one look.
/// </summary>
internal sealed class LagProbe(NpgsqlDataSource dataSource, string checkpoint)
{
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>When the log was seen to reach how far; without what is projected.</summary>
    private readonly Queue<(long SeenAt, long Last)> _seen = [];

    private readonly long _started = Stopwatch.GetTimestamp();
    private long _told;

    /// <summary>In seconds.</summary>
    public Series Lags { get; } = new();

    /// <summary>Without the time in which a program that has just started is compiled.</summary>
    public Series LagsLater { get; } = new();

    public async Task RunAsync(CancellationToken done)
    {
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var look = new NpgsqlCommand(
            "select coalesce((select last_seq_id from spend.mt_event_progression where name = $1), 0), (select max(seq_id) from spend.mt_events)", connection);
        look.Parameters.Add(new() { Value = checkpoint });
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                await using var reader = await look.ExecuteReaderAsync(CancellationToken.None);
                await reader.ReadAsync(CancellationToken.None);
                Look(Stopwatch.GetTimestamp(), reader.GetInt64(0), reader.GetInt64(1));
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up.
        }
    }

    private void Look(long now, long projected, long last)
    {
        _seen.Enqueue((now, last));
        while (_seen.TryPeek(out var oldest) && oldest.Last <= projected)
        {
            _seen.Dequeue();
        }

        var lag = _seen.TryPeek(out var waiting) ? Stopwatch.GetElapsedTime(waiting.SeenAt, now).TotalSeconds : 0;
        Lags.Add(lag);
        var at = Stopwatch.GetElapsedTime(_started, now);
        if (at > Starting)
        {
            LagsLater.Add(lag);
        }

        if (lag > 1 && Stopwatch.GetElapsedTime(_told, now).TotalSeconds > 1)
        {
            _told = now;
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {at.TotalSeconds:0} s: lag {lag:0.0} s"));
        }
    }
}
