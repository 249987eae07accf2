namespace SpendTracker.Usage;

/// <summary>Names of parts of quantities (<see cref="UsageQuantities.PartOf"/>); labour has its activities' names beside.</summary>
public static class UsageParts
{
    /// <summary>Requests that gave what the caller wanted.</summary>
    public const string Succeeded = "succeeded";

    /// <summary>Requests that did not.</summary>
    public const string Failed = "failed";

    /// <summary>Hosting hours whose busy share was recorded.</summary>
    public const string Measured = "measured";
}
