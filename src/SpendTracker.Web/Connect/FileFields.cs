using SpendTracker.Contracts;
using SpendTracker.Web.Import;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Connect;

/// <summary>What a CSV file's columns mean, as a person says it. Empty for a column that it does not have.</summary>
internal sealed class FileFields
{
    public string Provider { get; set; } = "";

    public string Model { get; set; } = "";

    public string Variant { get; set; } = "";

    public string Time { get; set; } = "";

    public string Input { get; set; } = "";

    public string Output { get; set; } = "";

    public string CachedInput { get; set; } = "";

    public string CacheWrite { get; set; } = "";

    public string Reasoning { get; set; } = "";

    public string Requests { get; set; } = "";

    public string Id { get; set; } = "";

    public TokenCounts Counts { get; set; }

    /// <summary>With what the columns' names suggest.</summary>
    public static FileFields Of(IReadOnlyList<string> columns) => new()
    {
        Time = ColumnGuess.Of(columns, ColumnGuess.Time) ?? "", Input = ColumnGuess.Of(columns, ColumnGuess.Input) ?? "", Output = ColumnGuess.Of(columns, ColumnGuess.Output) ?? "",
        CachedInput = ColumnGuess.Of(columns, ColumnGuess.CachedInput) ?? "", CacheWrite = ColumnGuess.Of(columns, ColumnGuess.CacheWrite) ?? "",
        Reasoning = ColumnGuess.Of(columns, ColumnGuess.Reasoning) ?? "", Requests = ColumnGuess.Of(columns, ColumnGuess.Requests) ?? "", Id = ColumnGuess.Of(columns, ColumnGuess.Id) ?? "",
    };

    public TokenFile Read(string workload, Approach approach, string path) => new(path, "")
    {
        Workload = workload, Approach = approach, Provider = Provider.Trim(), Model = Model.Trim(), Variant = CheckedForm.Optional(Variant), TimeColumn = Time, InputColumn = Input,
        OutputColumn = Output, CachedInputColumn = Column(CachedInput), CacheWriteColumn = Column(CacheWrite), ReasoningColumn = Column(Reasoning), RequestsColumn = Column(Requests),
        IdColumn = Column(Id), Counts = Counts,
    };

    private static string? Column(string name) => name.Length == 0 ? null : name;
}
