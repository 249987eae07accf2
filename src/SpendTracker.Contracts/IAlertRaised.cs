namespace SpendTracker.Contracts;

/// <summary>An event that is told over channels: it raises an alert, whose id is the event's, or is a report.</summary>
public interface IAlertRaised : IEvent
{
    /// <summary>Ids of the channels that are told.</summary>
    IReadOnlyList<string> ToldTo { get; }
}

/// <summary>An event that says that an alert is over.</summary>
public interface IAlertResolved : IEvent
{
    /// <summary>The id of the event that raised it.</summary>
    Guid Alert { get; }
}
