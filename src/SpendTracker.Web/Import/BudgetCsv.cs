using System.Globalization;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Rates;
using SpendTracker.Web.Requests;

namespace SpendTracker.Web.Import;

/// <summary>A file of budgets as it was read.</summary>
/// <param name="Rows">The terms, each with the line that it is on.</param>
internal sealed record BudgetFile(IReadOnlyList<(long Line, BudgetSet Terms)> Rows, IReadOnlyList<MalformedRow> Malformed);

/// <summary>
/// Budgets as CSV, one a row: <c>budget,name,period,from,to,currency,amount,scope,thresholds,rollover,fiscalYearStart,note</c> in
/// any order, and a column for each month that has an amount of its own, like <c>2026-01</c>.
/// </summary>
internal sealed class BudgetCsv(CsvRows csv)
{
    public const int MostRows = 5_000;

    private static readonly string[] Needed = ["budget", "name", "period", "from", "currency"];
    private static readonly string[] Optional = ["to", "amount", "scope", "thresholds", "rollover", "fiscalYearStart", "note"];

    private readonly List<(long, BudgetSet)> _rows = [];
    private readonly HashSet<string> _ids = [];
    private readonly Dictionary<string, int> _columns = [];

    /// <exception cref="ImportException">The file as a whole cannot be imported.</exception>
    public static async Task<BudgetFile> ReadAsync(Stream content, TimeZoneInfo reportingTimeZone, CancellationToken cancellationToken)
    {
        await using var csv = new CsvRows(content, reportingTimeZone);
        return await new BudgetCsv(csv).ReadAllAsync(cancellationToken);
    }

    private async Task<BudgetFile> ReadAllAsync(CancellationToken cancellationToken)
    {
        ReadColumns(await csv.ReadHeadersAsync(cancellationToken));
        while (await csv.ReadAsync(cancellationToken))
        {
            ReadRow();
            if (_rows.Count > MostRows)
            {
                throw new ImportException(string.Create(CultureInfo.InvariantCulture, $"At most {MostRows:#,0} budgets at a time."));
            }
        }

        return new(_rows, csv.Malformed);
    }

    /// <summary>A misspelt column would be a budget without what it says, so it stops the file.</summary>
    private void ReadColumns(string[] headers)
    {
        for (var i = 0; i < headers.Length; i++)
        {
            if (!Needed.Contains(headers[i]) && !Optional.Contains(headers[i]) && !BillingPeriod.TryParse(headers[i], out _))
            {
                throw new ImportException($"'{JsonReasons.Short(headers[i])}' is not a column of budgets. There are {string.Join(", ", Needed)}, {string.Join(", ", Optional)} and months like 2026-01.");
            }

            if (!_columns.TryAdd(headers[i], i))
            {
                throw new ImportException($"The column {headers[i]} is there twice.");
            }
        }

        if (Needed.FirstOrDefault(column => !_columns.ContainsKey(column)) is { } missing)
        {
            throw new ImportException($"The column {missing} is missing. Needed are {string.Join(", ", Needed)}.");
        }
    }

    private void ReadRow()
    {
        var check = new FieldCheck();
        var id = Field("budget");
        check.That("period", EnumName.TryParse<BudgetPeriodKind>(Field("period"), out var kind), $"Must be one of {string.Join(", ", EnumName.All<BudgetPeriodKind>())}.");
        var fiscal = 1L;
        check.That("fiscalYearStart", Field("fiscalYearStart") is "" || (csv.Text.TryWhole(Field("fiscalYearStart"), out fiscal) && fiscal is >= 0 and <= int.MaxValue), "Must be a month from 1 to 12.");
        var rollover = Field("rollover").ToLowerInvariant(); // Spreadsheets write TRUE.
        check.That("rollover", rollover is "" or "true" or "false", "Must be true or false.");
        var months = _columns.Keys.Where(column => BillingPeriod.TryParse(column, out _)).Select(month => (Month: month, Amount: Number(check, month)))
            .Where(month => month.Amount is not null).ToDictionary(month => month.Month, month => month.Amount!.Value);
        var thresholds = ThresholdsOf(check);
        var terms = BudgetBook.AsRecorded(new BudgetSet(
            id, Field("name"), ScopeOf(check), new(kind, csv.Text.Month(Field("from")), Given("to") is { } to ? csv.Text.Month(to) : null, (int)fiscal), Field("currency"),
            Number(check, "amount"), months.Count == 0 ? null : months, rollover == "true", thresholds.Count == 0 ? null : thresholds, Given("note")));
        if (check.Reasons.Count == 0)
        {
            check.Add(BudgetBook.Check(terms));
            check.That("budget", _ids.Add(id), "Is in the file twice.");
        }

        if (check.Reasons.Count == 0)
        {
            _rows.Add((csv.Line, terms));
        }

        foreach (var reason in check.Reasons)
        {
            csv.Refuse(reason.Field, reason.Reason);
        }
    }

    /// <summary><c>team=search|ops;approach=hybrid</c>.</summary>
    private Dictionary<string, IReadOnlyList<string>> ScopeOf(FieldCheck check)
    {
        Dictionary<string, IReadOnlyList<string>> scope = [];
        foreach (var part in Parts("scope"))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            check.That("scope", pair.Length == 2 && scope.TryAdd(pair[0], pair[1].Split('|', StringSplitOptions.TrimEntries)), $"'{JsonReasons.Short(part)}' must be a dimension, =, and its values with | between them; each dimension once.");
        }

        return scope;
    }

    /// <summary><c>actual:80%@ops|finance;forecast:100%;actual:5000</c>.</summary>
    private List<BudgetThreshold> ThresholdsOf(FieldCheck check)
    {
        List<BudgetThreshold> thresholds = [];
        foreach (var part in Parts("thresholds"))
        {
            var pair = part.Split('@', 2, StringSplitOptions.TrimEntries);
            var ambiguity = csv.Text.Ambiguity(pair[0][(pair[0].IndexOf(':', StringComparison.Ordinal) + 1)..].TrimEnd('%', 's'));
            check.That("thresholds", ambiguity is null, ambiguity ?? "");
            check.That("thresholds", Thresholds.TryParse(pair[0], out var threshold), $"'{JsonReasons.Short(part)}' must be like actual:80%, forecast:5000, unpriced:5% or lag:60s, and perhaps @ and channels with | between them.");
            string[] channels = pair.Length < 2 ? [] : pair[1].Split(['|', '@'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            thresholds.Add(channels.Length == 0 ? threshold : threshold with { Channels = channels });
        }

        return thresholds;
    }

    private string[] Parts(string column) => Field(column).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private string Field(string column) => _columns.TryGetValue(column, out var index) ? csv.Field(index) : "";

    private string? Given(string column) => Field(column) is { Length: > 0 } text ? text : null;

    private decimal? Number(FieldCheck check, string column)
    {
        if (Given(column) is not { } text)
        {
            return null;
        }

        var known = csv.Text.TryNumber(text, out var number);
        check.That(column, known, csv.Text.Ambiguity(text) ?? $"'{JsonReasons.Short(text)}' is not an amount like 1500.00.");
        return number;
    }
}
