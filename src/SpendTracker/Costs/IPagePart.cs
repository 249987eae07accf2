using Npgsql;
using SpendTracker.Events;

namespace SpendTracker.Costs;

/// <summary>
/// A part of the cost projection's page: it takes the events that concern it and turns them into the statements for its rows.
/// </summary>
internal interface IPagePart
{
    /// <summary>Takes an event, or ignores one that does not concern the part.</summary>
    /// <exception cref="InvalidDataException">The event is readable, but breaks a rule; only other programs write such events.</exception>
    void Apply(StoredEvent stored);

    /// <summary>The page's statements. Parts before this one have given theirs.</summary>
    IEnumerable<NpgsqlBatchCommand> Flush();

    /// <summary>Forgets the page.</summary>
    void Discard();
}
