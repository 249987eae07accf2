namespace SpendTracker.Forecasts;

/// <summary>
/// Since when a component of a workload has been in use, and whether it has stopped, day by day. It has stopped when it cost nothing
/// for a week, or for longer than twice its longest gap of the last 120 days, whichever is longer. What stopped and comes again is new.
/// </summary>
internal struct Use(ComponentKind kind)
{
    private const int GapsCountFor = 120;

    /// <summary>A longer gap is none of something that comes once in a month.</summary>
    private const int LongestRhythm = 31;

    /// <summary>Hosting costs something on every day, so three days without a report are enough.</summary>
    private readonly int _shortestStop = kind == ComponentKind.Hosting ? 3 : 7;

    private (int End, int Length) _longestGap;

    /// <summary>The first day of this use; −1 before any.</summary>
    public int Begun { get; private set; } = -1;

    /// <summary>The last day that cost something; −1 before any.</summary>
    public int LastUsed { get; private set; } = -1;

    /// <summary>Whether it had stopped before, and came again.</summary>
    public bool CameAgain { get; private set; }

    /// <summary>The next day. Days come in order.</summary>
    public void Add(int day, bool isUsed)
    {
        if (!isUsed)
        {
            return;
        }

        var gap = day - LastUsed - 1;
        if (LastUsed < 0 || HasStopped(day - 1))
        {
            (CameAgain, Begun, _longestGap) = (LastUsed >= 0, day, LastUsed >= 0 && gap <= LongestRhythm ? (day, gap) : default);
        }
        else if (gap > 0 && (gap >= _longestGap.Length || day - _longestGap.End > GapsCountFor))
        {
            _longestGap = (day, gap);
        }

        LastUsed = day;
    }

    /// <summary>Whether it has stopped by the end of a day.</summary>
    public readonly bool HasStopped(int day)
    {
        var longest = day - _longestGap.End > GapsCountFor ? 0 : _longestGap.Length;
        return LastUsed < 0 || day - LastUsed >= Math.Max(_shortestStop, (2 * longest) + 1);
    }

    /// <summary>Days in use up to a day, both ends counted; 0 before any, and after it has stopped.</summary>
    public readonly int DaysAt(int day) => HasStopped(day) ? 0 : day - Begun + 1;
}
