namespace SpendTracker.Alerts;

/// <summary>When a channel that keeps failing is left alone.</summary>
public static class AlertPause
{
    /// <summary>So many attempts in a row must have failed …</summary>
    public const int Failures = 20;

    /// <summary>… over at least so long: a receiver that is started anew is not given up, however many alerts there were meanwhile.</summary>
    public static readonly TimeSpan Over = TimeSpan.FromMinutes(15);

    /// <summary>How often a paused channel's messages are looked at, to give up what has waited for too long.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    public static bool IsDue(int failures, DateTimeOffset since, DateTimeOffset now) => failures >= Failures && now - since >= Over;
}
