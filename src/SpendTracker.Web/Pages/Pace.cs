namespace SpendTracker.Web.Pages;

/// <summary>When <see cref="KeptCurrent"/> reads again what it shows. While the database is away: each second.</summary>
public enum Pace
{
    /// <summary>When a read model or a budget's figures have changed, at most twice a second; and every five seconds, since another host may project.</summary>
    WhenChanged,

    /// <summary>The same. The page knows whether anything is new, and only then draws itself.</summary>
    WhenNew,

    /// <summary>Every ten seconds: it is no hurry, and costs something to read.</summary>
    Seldom,

    /// <summary>Never again: a day that is over stays as it was.</summary>
    Once,
}
