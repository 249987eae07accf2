namespace SpendTracker;

/// <summary>How many characters a text may have at most.</summary>
public static class TextLength
{
    /// <summary>Of a caller's own id of an event.</summary>
    public const int Id = 255;

    /// <summary>Of the source that a caller's ids are unique in.</summary>
    public const int Source = 100;

    /// <summary>Of what becomes a part of a stream's or a SKU's name.</summary>
    public const int Key = 100;

    /// <summary>Of names: workloads, teams, models, variants, SKUs, invoices.</summary>
    public const int Name = 200;

    /// <summary>Of notes, reasons and the sources of prices.</summary>
    public const int Description = 1_000;
}
