using SpendTracker.Contracts;

namespace SpendTracker.Web.Import;

/// <summary>A file of token usage, one call or several a row: which of its columns say what, and what all its rows have in common.</summary>
/// <param name="Path">The file.</param>
/// <param name="Rejects">Where rows that cannot be imported are set aside; empty for nowhere.</param>
internal sealed record TokenFile(string Path, string Rejects)
{
    public const string DefaultSource = "csv-import";

    public required string Workload { get; init; }

    public required Approach Approach { get; init; }

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public string? Variant { get; init; }

    public string Source { get; init; } = DefaultSource;

    /// <summary>Null: found out from the first lines.</summary>
    public char? Delimiter { get; init; }

    public required string TimeColumn { get; init; }

    public required string InputColumn { get; init; }

    public required string OutputColumn { get; init; }

    public string? CachedInputColumn { get; init; }

    public string? CacheWriteColumn { get; init; }

    public string? ReasoningColumn { get; init; }

    /// <summary>Whether the input and output columns include the others.</summary>
    public TokenCounts Counts { get; init; }

    public string? RequestsColumn { get; init; }

    /// <summary>Null: a row is recognised by its values.</summary>
    public string? IdColumn { get; init; }

    /// <summary>Why there is nothing to import; null where there is a file.</summary>
    public string? Absent() => ImportedFile.Absent(Path);

    /// <summary>What is wrong with what all rows have in common, by option: said once instead of for every row.</summary>
    public IReadOnlyList<FieldReason> Check()
    {
        var check = new FieldCheck();
        check.Key("workload", Workload);
        check.Key("provider", Provider);
        check.Name("model", Model, TextLength.Name);
        check.OptionalName("variant", Variant, TextLength.Name);
        check.Name("source", Source, TextLength.Source);
        check.That("delimiter", Delimiter is null or (> '\0' and < '\x7f' and not ('"' or '\n' or '\r')), "Must be one ASCII character, or tab.");
        check.That("rejects", Rejects.Length == 0 || System.IO.Path.GetFullPath(Rejects) != System.IO.Path.GetFullPath(Path), "Must not be the file that is imported.");
        return check.Reasons;
    }
}

/// <summary>What became of the rows.</summary>
internal readonly record struct ImportCounts(long Appended, long Duplicate, long Conflict, long Rejected)
{
    public bool IsWhole => Conflict + Rejected == 0;
}

/// <summary>The file as a whole cannot be imported; nothing was taken from it that the message does not tell.</summary>
internal sealed class ImportException(string message, Exception? inner = null) : Exception(message, inner);
