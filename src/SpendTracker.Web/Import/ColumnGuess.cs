namespace SpendTracker.Web.Import;

/// <summary>Which column of a file has what, by its name as common exports write it. A guess to correct, never a rule.</summary>
internal static class ColumnGuess
{
    public static readonly string[] Time = ["usedat", "timestamp", "time", "datetime", "date", "createdat", "starttime", "day"];
    public static readonly string[] Input = ["inputtokens", "prompttokens", "contexttokens", "tokensin", "input", "ninputtokens", "ncontexttokenstotal"];
    public static readonly string[] Output = ["outputtokens", "completiontokens", "generatedtokens", "tokensout", "output", "ngeneratedtokenstotal"];
    public static readonly string[] CachedInput = ["cachedinputtokens", "inputcachedtokens", "cachereadinputtokens", "cachereadtokens", "cachedtokens"];
    public static readonly string[] CacheWrite = ["cachewritetokens", "cachecreationinputtokens", "cachecreationtokens"];
    public static readonly string[] Reasoning = ["reasoningtokens", "outputreasoningtokens"];
    public static readonly string[] Requests = ["requests", "nummodelrequests", "nrequests", "requestcount"];
    public static readonly string[] Id = ["id", "requestid", "callid", "eventid"];

    /// <summary>The column whose name is one of some, capitals and separators aside, the first name first; null if none is.</summary>
    public static string? Of(IReadOnlyList<string> columns, string[] names) =>
        names.Select(name => columns.FirstOrDefault(column => Plain(column) == name)).FirstOrDefault(column => column is not null);

    private static string Plain(string column) => string.Concat(column.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
