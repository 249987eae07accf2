namespace SpendTracker.Web.Pages;

/// <summary>How often <see cref="KeptCurrent"/> reads again what it shows. While the database is away: each second.</summary>
public enum Pace
{
    /// <summary>When a read model has changed, at most once a second; and every five seconds, since another host may project.</summary>
    WhenChanged,

    /// <summary>Each second. The page knows whether anything is new, and only then draws itself.</summary>
    EachSecond,

    /// <summary>Every ten seconds: it is no hurry, and costs something to read.</summary>
    Seldom,

    /// <summary>Never again: a day that is over stays as it was.</summary>
    Once,
}
