namespace SpendTracker.Web.Requests;

/// <summary>How much of the address of a person or a program is recorded with what they do.</summary>
public enum RecordedAddresses
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>The network: 24 bits of IPv4, 48 bits of IPv6.</summary>
    Network,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>What is recorded of who does something.</summary>
internal sealed record ActivityOptions
{
    /// <summary>From now on; what is in the log stays.</summary>
    public RecordedAddresses Addresses { get; init; } = RecordedAddresses.Full;
}
