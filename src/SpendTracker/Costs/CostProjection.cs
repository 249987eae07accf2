using Npgsql;
using SpendTracker.Events;
using SpendTracker.Log;
using SpendTracker.Rates;

namespace SpendTracker.Costs;

/// <summary>
/// The price book, quantities per day, what they cost per month, what was closed of it, what was corrected, and what the money bought. It is one
/// projection with one checkpoint, since re-rating, closing and correcting rest on one order of all these events.
/// A page of events is folded first, so that thousands of events become tens of rows. Cost is quantity × rate of the day, by
/// one SQL formula for new usage and for old usage at a new rate.
/// </summary>
public sealed class CostProjection : Projection
{
    private readonly UsageRows _usage;
    private readonly QualityRows _quality;
    private readonly PageCorrections _corrections;

    /// <summary>
    /// In the order of their statements: prices go in first, then usage at the prices now known, then past usage whose prices
    /// are new. Closings come after the costs, since they stand beside them; which days changed is known last.
    /// </summary>
    private readonly IPagePart[] _parts;

    public CostProjection(TimeZoneInfo reportingTimeZone)
    {
        var (lines, changes) = (new CostLines(), new CostChanges());
        _usage = new UsageRows(reportingTimeZone, lines, changes);
        _quality = new QualityRows(reportingTimeZone, lines);
        _corrections = new PageCorrections(this, reportingTimeZone);
        _parts =
        [
            new PublishedPrices(reportingTimeZone), _usage, _quality, new ReRating(_usage), _corrections, new ClosingRows(reportingTimeZone, lines), changes,
        ];
    }

    /// <summary>Under which its checkpoint is found: what depends on its rows looks up how far they are.</summary>
    public static string CheckpointName { get; } = new CostProjection(TimeZoneInfo.Utc).Checkpoint;

    /// <summary>The name that checkpoints in databases have had from the first version on.</summary>
    public override string Name => "DailyUsage";

    public override string CreateTables =>
        DropEarlierLayout("daily_outcome", "succeeded")
        + CostTables.Create + PriceBookRows.Create + ClosingRows.Create + PageCorrections.Create + CostChanges.Create + QualityTables.Create;

    /// <summary>In the order in which most queries come to them: so a rebuild, which locks all, seldom has to let go again.</summary>
    public override IReadOnlyList<string> Tables { get; } =
        [.. ClosingRows.Tables, "monthly_cost", "cost_line", "daily_usage", .. QualityTables.Tables, .. PriceBookRows.Tables, .. PageCorrections.Tables, CostChanges.Table];

    public override IReadOnlyList<string> EventTypes { get; } =
        [.. Events.EventTypes.UsageNames, .. PriceBookRows.EventTypes, .. ClosingRows.EventTypes, "usage_corrected"];

    /// <summary>Sums do not depend on it; of two rates from one day the later holds by its place in the log; a closing says its numbers itself.</summary>
    public override bool TakesAnyOrder => true;

    /// <exception cref="InvalidDataException">It is readable, but breaks a rule that sums rest on; only other programs write such events.</exception>
    public override void Apply(StoredEvent stored)
    {
        foreach (var part in _parts)
        {
            part.Apply(stored);
        }
    }

    public override async Task CompleteAsync(NpgsqlConnection connection, PageBounds page, CancellationToken cancellationToken)
    {
        foreach (var taken in await _corrections.FindAsync(connection, page, cancellationToken))
        {
            _usage.TakeBack(taken);
            _quality.TakeBack(taken);
        }
    }

    public override IReadOnlyList<NpgsqlBatchCommand> Flush()
    {
        NpgsqlBatchCommand[] commands = [.. _parts.SelectMany(part => part.Flush())];
        Discard();
        return commands;
    }

    public override void Discard()
    {
        foreach (var part in _parts)
        {
            part.Discard();
        }
    }
}
