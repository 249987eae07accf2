using SpendTracker.Contracts;

namespace SpendTracker.Web.Health;

/// <summary>
/// The last hour of a host's own measurements, in steps of half a minute. It is kept in memory and takes 120 KiB; when the host ends,
/// it is gone. For longer and for all hosts together there are Prometheus and OpenTelemetry.
/// </summary>
internal sealed class HostHistory(TimeProvider clock)
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private const int Steps = 120;

    /// <summary>Times are counted in buckets of which each reaches 10 % further than the one before: from 0.1 ms to 18 s.</summary>
    private const int Buckets = 128;
    private const double Shortest = 0.0001, Growth = 1.1;

    private readonly Lock _lock = new();
    private readonly Counts[] _ring = [.. Enumerable.Range(0, Steps).Select(_ => new Counts())];
    private readonly long _began = StepOf(clock.GetUtcNow());

    private sealed class Counts
    {
        public long Number { get; private set; } = -1;

        public long Events { get; set; }

        public double Lag { get; set; }

        public int[] Appends { get; } = new int[Buckets];

        public void Begin(long number)
        {
            (Number, Events, Lag) = (number, 0, 0);
            Array.Clear(Appends);
        }
    }

    public void Appended(int events) => Change(counts => counts.Events += events);

    public void AppendTook(double seconds) => Change(counts => counts.Appends[BucketOf(seconds)]++);

    public void WasBehind(TimeSpan lag) => Change(counts => counts.Lag = Math.Max(counts.Lag, lag.TotalSeconds));

    /// <summary>Since the host began, at most an hour, the oldest first; without the step that goes on. A step in which nothing was measured has zeros.</summary>
    public IReadOnlyList<HostMeasure> Read()
    {
        var now = StepOf(clock.GetUtcNow());
        lock (_lock)
        {
            List<HostMeasure> measures = [];
            for (var step = Math.Max(_began, now - Steps + 1); step < now; step++)
            {
                var counts = _ring[step % Steps];
                var at = DateTimeOffset.FromUnixTimeSeconds(step * (long)Step.TotalSeconds);
                measures.Add(counts.Number != step ? new(at, 0, null, 0) : new(at, counts.Events / Step.TotalSeconds, Percentile(counts.Appends, 0.99), counts.Lag));
            }

            return measures;
        }
    }

    /// <summary>The upper end of the bucket that the share lies in; null if nothing was counted. By the nearest rank.</summary>
    internal static double? Percentile(IReadOnlyList<int> counted, double share)
    {
        var rank = (long)Math.Ceiling(counted.Sum(count => (long)count) * share);
        var below = 0L;
        for (var bucket = 0; bucket < counted.Count && rank > 0; bucket++)
        {
            below += counted[bucket];
            if (below >= rank)
            {
                return Shortest * Math.Pow(Growth, bucket);
            }
        }

        return null;
    }

    internal static int BucketOf(double seconds) => seconds <= Shortest ? 0 : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(seconds / Shortest) / Math.Log(Growth)));

    private static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    private void Change(Action<Counts> change)
    {
        var now = StepOf(clock.GetUtcNow());
        lock (_lock)
        {
            var counts = _ring[now % Steps];
            if (counts.Number != now)
            {
                counts.Begin(now);
            }

            change(counts);
        }
    }
}
