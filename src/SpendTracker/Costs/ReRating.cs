using Npgsql;
using SpendTracker.Events;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>
/// Past usage at the page's prices. The page's own usage is in the daily rows by then, so re-rating it again gives the same.
/// </summary>
/// <param name="usage">May have taken back what an event counted: then rows may say nothing, as after re-rating.</param>
internal sealed class ReRating(UsageRows usage) : IPagePart
{
    private readonly HashSet<Guid> _publications = [];

    public void Apply(StoredEvent stored)
    {
        if (PriceBookRows.PublicationOf(stored) is { } publication)
        {
            _publications.Add(publication);
        }
    }

    public IEnumerable<NpgsqlBatchCommand> Flush()
    {
        if (_publications.Count > 0)
        {
            yield return new(CostTables.ReRate) { Parameters = { new() { Value = _publications.ToArray() } } };
        }

        if (_publications.Count > 0 || usage.TakesBack)
        {
            yield return new(CostTables.Purge);
        }
    }

    public void Discard() => _publications.Clear();
}
