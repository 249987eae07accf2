namespace SpendTracker.Forecasts;

/// <summary>What has habits of its own.</summary>
internal enum ComponentKind
{
    Other,

    /// <summary>Is there on every day, until it ends.</summary>
    Hosting,

    /// <summary>Is done on some days of a week.</summary>
    Labour,
}
