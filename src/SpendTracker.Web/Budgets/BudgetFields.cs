using System.Globalization;
using SpendTracker.Budgets;
using SpendTracker.Contracts;
using SpendTracker.Web.Alerts;
using SpendTracker.Web.Pages;

namespace SpendTracker.Web.Budgets;

/// <summary>A budget's terms as a person writes them into a form.</summary>
public sealed class BudgetFields
{
    /// <summary>The id. Empty: made of the name.</summary>
    public string Budget { get; set; } = "";

    /// <summary>The id that is written, or else what the name gives: <c>search-team</c> of “Search team”.</summary>
    public string IdOrName => Budget.Trim().Length > 0 ? Budget.Trim() : ChannelFields.IdOf(Name);

    public string Name { get; set; } = "";

    public string Amount { get; set; } = "";

    public string Currency { get; set; } = "";

    public BudgetPeriodKind Kind { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    public int FiscalYearStart { get; set; } = 1;

    public bool Rollover { get; set; }

    public string? Note { get; set; }

    public List<ScopeFields> Scope { get; } = [];

    public List<MonthFields> Months { get; } = [];

    public List<ThresholdFields> Thresholds { get; } = [];

    public sealed class ScopeFields
    {
        /// <summary>Of <see cref="BudgetScope.Dimensions"/>, or <see cref="BudgetScope.TagPrefix"/>.</summary>
        public string Dimension { get; set; } = "team";

        public string Tag { get; set; } = "";

        public string Value { get; set; } = "";
    }

    public sealed class MonthFields
    {
        public string Month { get; set; } = "";

        public string Amount { get; set; } = "";
    }

    public sealed class ThresholdFields
    {
        public ThresholdOn On { get; set; }

        /// <summary>Like <c>80%</c>, <c>500</c> or <c>60s</c>.</summary>
        public string Line { get; set; } = "";

        /// <summary>Ids, with commas or blanks between.</summary>
        public string Channels { get; set; } = "";

        public IReadOnlyList<string> ChannelIds => Channels.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Whether there is a threshold of this line.</summary>
    public bool Has(ThresholdOn on, string line) => Thresholds.Any(threshold => threshold.On == on && threshold.Line.Replace(" ", "", StringComparison.Ordinal) == line);

    /// <summary>Adds a threshold, or takes it away with its channels.</summary>
    public void Toggle(ThresholdOn on, string line)
    {
        if (Has(on, line))
        {
            Thresholds.RemoveAll(threshold => threshold.On == on && threshold.Line.Replace(" ", "", StringComparison.Ordinal) == line);
        }
        else
        {
            Thresholds.Add(new() { On = on, Line = line });
        }
    }

    /// <summary>Gives months amounts; other months keep theirs.</summary>
    public void Take(IReadOnlyList<(string Month, decimal Amount)> amounts)
    {
        Months.RemoveAll(month => amounts.Any(amount => amount.Month == month.Month.Trim()));
        Months.AddRange(amounts.Select(amount => new MonthFields { Month = amount.Month, Amount = Plain(amount.Amount) }));
        Months.Sort((left, right) => string.CompareOrdinal(left.Month, right.Month));
    }

    public static BudgetFields Of(BudgetSet terms)
    {
        var fields = new BudgetFields
        {
            Budget = terms.Budget, Name = terms.Name, Amount = terms.Amount is { } amount ? Plain(amount) : "", Currency = terms.Currency, Kind = terms.Period.Kind,
            From = terms.Period.From, To = terms.Period.To ?? "", FiscalYearStart = terms.Period.FiscalYearStart, Rollover = terms.Rollover, Note = terms.Note,
        };
        fields.Scope.AddRange(terms.Scope.SelectMany(part => part.Value.Select(value => part.Key.StartsWith(BudgetScope.TagPrefix, StringComparison.Ordinal)
            ? new ScopeFields { Dimension = BudgetScope.TagPrefix, Tag = part.Key[BudgetScope.TagPrefix.Length..], Value = value }
            : new ScopeFields { Dimension = part.Key, Value = value })));
        fields.Months.AddRange((terms.Amounts ?? new Dictionary<string, decimal>()).OrderBy(month => month.Key, StringComparer.Ordinal)
            .Select(month => new MonthFields { Month = month.Key, Amount = Plain(month.Value) }));
        fields.Thresholds.AddRange((terms.Thresholds ?? []).Select(threshold => new ThresholdFields
        {
            On = threshold.On, Line = SpendTracker.Budgets.Thresholds.KeyOf(threshold).Split(':')[1], Channels = string.Join(", ", threshold.Channels ?? []),
        }));
        return fields;
    }

    /// <summary>The terms; what is not even a number goes into the check.</summary>
    public BudgetSet Read(FieldCheck check)
    {
        var amount = string.IsNullOrWhiteSpace(Amount) ? (decimal?)null : CheckedForm.Number(check, "amount", Amount);
        Dictionary<string, decimal> months = [];
        foreach (var month in Months)
        {
            check.That("amounts", months.TryAdd(month.Month.Trim(), CheckedForm.Number(check, $"amounts.{month.Month.Trim()}", month.Amount)), $"'{month.Month.Trim()}' is given twice.");
        }

        var scope = Scope.GroupBy(part => part.Dimension == BudgetScope.TagPrefix ? part.Dimension + part.Tag.Trim() : part.Dimension)
            .ToDictionary(part => part.Key, part => (IReadOnlyList<string>)[.. part.Select(one => one.Value.Trim()).Distinct()]);
        var thresholds = Thresholds.Select((threshold, i) =>
        {
            check.That($"thresholds[{i}]", SpendTracker.Budgets.Thresholds.TryParse($"{EnumName.Of(threshold.On)}:{threshold.Line.Trim()}", out var read), "Must be like 80%, 1200 or, for the lag, 60s.");
            return threshold.ChannelIds.Count == 0 ? read : read with { Channels = threshold.ChannelIds };
        }).ToArray();
        return new(
            IdOrName, Name.Trim(), scope, new(Kind, From.Trim(), CheckedForm.Optional(To), FiscalYearStart), Currency.Trim(), amount, months.Count == 0 ? null : months,
            Rollover, thresholds.Length == 0 ? null : thresholds, CheckedForm.Optional(Note));
    }

    private static string Plain(decimal amount) => amount.ToString("0.######", CultureInfo.InvariantCulture);
}
