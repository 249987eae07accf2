using Npgsql;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>The page's publications and withdrawals: rows of the price book, and the SKUs that lines now have by the aliases, also beside what is frozen of them.</summary>
internal sealed class PublishedPrices(TimeZoneInfo reportingTimeZone) : IPagePart
{
    private readonly PriceBookRows _rows = new(reportingTimeZone);

    /// <summary>Ids of what was published or withdrawn.</summary>
    public Guid[] Publications => _rows.Publications;

    public void Apply(StoredEvent stored)
    {
        if (PriceBookRows.PublicationOf(stored) is not null)
        {
            _rows.Apply(stored);
        }
    }

    public IEnumerable<NpgsqlBatchCommand> Flush() => Publications is { Length: > 0 } publications
        ?
        [
            .. _rows.Flush(), new(CostTables.ResolveAliases) { Parameters = { new() { Value = publications } } },
            new(CostTables.MarkFrozen) { Parameters = { new() { Value = publications } } },
        ]
        : [];

    public void Discard() => _rows.Discard();
}
