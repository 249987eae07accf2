using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using SpendTracker.Contracts;
using SpendTracker.Costs;

namespace SpendTracker.Web.Requests;

/// <summary>Months by a name that goes along with the calendar: a saved view of the last three is another one next month.</summary>
public enum PeriodName
{
    [JsonStringEnumMemberName("this-month")] ThisMonth,
    [JsonStringEnumMemberName("last-month")] LastMonth,

    /// <summary>With the current one.</summary>
    [JsonStringEnumMemberName("last-3")] LastThree,

    /// <summary>With the current one.</summary>
    [JsonStringEnumMemberName("last-12")] LastTwelve,

    /// <summary>All twelve months of the fiscal year that it is, also those to come.</summary>
    [JsonStringEnumMemberName("fiscal-year")] FiscalYear,

    /// <summary>From the fiscal year's first month to the current one.</summary>
    [JsonStringEnumMemberName("year-to-date")] YearToDate,
}

/// <summary>
/// What pages show of all costs: months, values of dimensions, and as of when. The state of the filter bar, which is in the address:
/// <c>?period=last-3&amp;team=Risk&amp;team=Support</c>. <see cref="Read"/> and <see cref="ToString"/> are each other's reverse.
/// </summary>
public sealed class Filters : IEquatable<Filters>
{
    private const string Workload = "workload";

    /// <summary>The dimensions but tags, in the order of the bar.</summary>
    public static IReadOnlyList<string> Dimensions { get; } = ["team", Workload, "approach", "component", "model", "environment", "cost-centre", "variant"];

    private Filters()
    {
    }

    /// <summary>Everything, in the months that a page shows by itself.</summary>
    public static Filters None { get; } = new();

    /// <summary>What has one of some values of each dimension, of those that there are in <see cref="Dimensions"/>.</summary>
    public static Filters Of(IReadOnlyDictionary<string, IReadOnlyList<string>> where) =>
        new() { Where = Ordered(where.SelectMany(condition => condition.Value.Select(value => (condition.Key, value)))) };

    /// <summary>Null where the months are written out, or the page chooses.</summary>
    public PeriodName? Period { get; private init; }

    /// <summary>The first and the last month; null where they have a name, or the page chooses.</summary>
    public (BillingPeriod First, BillingPeriod Last)? Span { get; private init; }

    /// <summary>Dimension → values, of which one must hold, in their order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Where { get; private init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>As it was known at the end of this day; null for now.</summary>
    public DateOnly? KnownOn { get; private init; }

    /// <summary>What of the address cannot be read, in sentences that name it; it does not count.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>How many values narrow it.</summary>
    public int Count => Where.Values.Sum(values => values.Count);

    /// <summary>Reads an address's query, of which other pages' parameters are passed over.</summary>
    /// <param name="query">With or without <c>?</c>.</param>
    public static Filters Read(string query)
    {
        var asked = QueryHelpers.ParseQuery(query);
        List<string> problems = [];
        var (first, last) = (Month("from"), Month("to"));
        if (Month("month") is { } month)
        {
            (first, last) = (first ?? month, last ?? month);
        }

        (first, last) = (first ?? last, last ?? first);
        if (first > last)
        {
            problems.Add($"The last month, {last}, is before the first, {first}.");
            (first, last) = (null, null);
        }

        PeriodName? period = null;
        if (first is null && Text("period") is { } name)
        {
            period = EnumName.TryParse<PeriodName>(name, out var known) ? known : null;
            Note(period is null, $"“{name}” is no period. It is one of {string.Join(", ", EnumName.All<PeriodName>())}.");
        }

        DateOnly? knownOn = null;
        if (Text("knownOn") is { } text)
        {
            knownOn = Requests.KnownOn.IsDay(text, out var day) ? day : null;
            Note(knownOn is null, $"“{text}” cannot be asked for. Must be a day like 2026-03-31.");
        }

        var conditions = Dimensions.Concat(asked.Keys.Where(CostDimension.IsTag)).SelectMany(dimension => All(dimension).Select(value => (Dimension: dimension, Value: value)))
            .Concat(All("where").Select(condition => condition.Split('=', 2)).Where(parts => parts.Length == 2).Select(parts => (Dimension: parts[0], Value: parts[1])))
            .Where(condition => condition.Value.Length > 0);
        List<(string Dimension, string Value)> where = [];
        foreach (var condition in conditions)
        {
            Note(!IsKnown(condition.Dimension, condition.Value), CostDimension.IsOneOf(Dimensions, condition.Dimension)
                ? $"“{condition.Value}” is no {condition.Dimension}. It is one of {string.Join(", ", Values(condition.Dimension) ?? [])}."
                : $"“{condition.Dimension}” is nothing that costs can be narrowed by. It is one of {string.Join(", ", Dimensions)}, {CostDimension.TagPrefix}NAME.");
            if (IsKnown(condition.Dimension, condition.Value))
            {
                where.Add(condition);
            }
        }

        return new()
        {
            Period = period, Span = first is { } from && last is { } to ? (from, to) : null, KnownOn = knownOn, Where = Ordered(where), Problems = problems,
        };

        IEnumerable<string> All(string name) => asked.TryGetValue(name, out var values) ? values.OfType<string>().Select(value => value.Trim()) : [];

        string? Text(string name) => All(name).FirstOrDefault(value => value.Length > 0);

        void Note(bool wrong, string problem)
        {
            if (wrong)
            {
                problems.Add(problem);
            }
        }

        BillingPeriod? Month(string name)
        {
            if (Text(name) is not { } text)
            {
                return null;
            }

            var isMonth = BillingPeriod.TryParse(text, out var month);
            Note(!isMonth, $"“{text}” is not a month. Write one like 2026-01.");
            return isMonth ? month : null;
        }
    }

    /// <summary>What a dimension can have; null where that is up to what is recorded.</summary>
    public static IReadOnlyList<string>? Values(string dimension) => dimension switch
    {
        "approach" => EnumName.All<Approach>(),
        "component" => EnumName.All<Component>(),
        _ => null,
    };

    private static bool IsKnown(string dimension, string value) => CostDimension.IsOneOf(Dimensions, dimension) && Values(dimension)?.Contains(value) != false;

    private static Dictionary<string, IReadOnlyList<string>> Ordered(IEnumerable<(string Dimension, string Value)> where)
    {
        var values = where.Distinct().ToLookup(condition => condition.Dimension, condition => condition.Value);
        return Dimensions.Where(values.Contains).Concat(values.Select(dimension => dimension.Key).Where(CostDimension.IsTag).Order(StringComparer.Ordinal)).ToDictionary(
            dimension => dimension, IReadOnlyList<string> (dimension) => [.. values[dimension].Order(StringComparer.Ordinal)]);
    }

    /// <summary>The months that are asked for; null where the page chooses.</summary>
    /// <param name="current">The month that it is.</param>
    /// <param name="fiscalYearStart">The month that fiscal years begin with, 1 to 12.</param>
    public (BillingPeriod First, BillingPeriod Last)? Months(BillingPeriod current, int fiscalYearStart = 1) => Period is { } name ? Months(name, current, fiscalYearStart) : Span;

    /// <summary>The months that a name means.</summary>
    public static (BillingPeriod First, BillingPeriod Last) Months(PeriodName name, BillingPeriod current, int fiscalYearStart = 1)
    {
        var year = Back(current, (current.Month - fiscalYearStart + 12) % 12);
        return name switch
        {
            PeriodName.ThisMonth => (current, current),
            PeriodName.LastMonth => (current.Previous, current.Previous),
            PeriodName.LastThree => (Back(current, 2), current),
            PeriodName.LastTwelve => (Back(current, 11), current),
            PeriodName.FiscalYear => (year, Back(year, -11)),
            _ => (year, current),
        };
    }

    private static BillingPeriod Back(BillingPeriod month, int months) => BillingPeriod.Of(month.Start.AddMonths(-months));

    /// <summary>Whether a value is chosen.</summary>
    public bool Has(string dimension, string value) => Where.TryGetValue(dimension, out var values) && values.Contains(value);

    /// <summary>The same in the months of a name; null for those that a page chooses.</summary>
    public Filters In(PeriodName? period) => new() { Period = period, Where = Where, KnownOn = KnownOn };

    /// <summary>The same in months from a first to a last.</summary>
    public Filters In(BillingPeriod first, BillingPeriod last) => new() { Span = (first, last), Where = Where, KnownOn = KnownOn };

    /// <summary>The same with a dimension's values; none for all of them.</summary>
    public Filters With(string dimension, params IReadOnlyList<string> values) =>
        new() { Period = Period, Span = Span, KnownOn = KnownOn, Where = Ordered(Conditions.Where(condition => condition.Dimension != dimension).Concat(values.Select(value => (dimension, value)))) };

    /// <summary>The same without one value.</summary>
    public Filters Without(string dimension, string value) =>
        new() { Period = Period, Span = Span, KnownOn = KnownOn, Where = Ordered(Conditions.Where(condition => condition != (dimension, value))) };

    /// <summary>The same of some dimensions and of tags only: of those that a page can be narrowed by.</summary>
    public Filters Only(IReadOnlyCollection<string> dimensions) =>
        new() { Period = Period, Span = Span, KnownOn = KnownOn, Problems = Problems, Where = Ordered(Conditions.Where(condition => CostDimension.IsOneOf(dimensions, condition.Dimension))) };

    /// <summary>The same as known on a day; null for now.</summary>
    public Filters AsKnownOn(DateOnly? day) => new() { Period = Period, Span = Span, KnownOn = day, Where = Where };

    /// <summary>All values with their dimensions.</summary>
    public IEnumerable<(string Dimension, string Value)> Conditions => Where.SelectMany(condition => condition.Value.Select(value => (condition.Key, value)));

    /// <summary>The parameters of an address, in their order.</summary>
    public IEnumerable<(string Name, string Value)> Parameters
    {
        get
        {
            (string Name, string? Value)[] months =
            [
                ("period", Period is { } name ? EnumName.Of(name) : null),
                ("month", Span is { } one && one.First == one.Last ? one.First.ToString() : null),
                ("from", Span is { } span && span.First != span.Last ? span.First.ToString() : null),
                ("to", Span is { } until && until.First != until.Last ? until.Last.ToString() : null),
            ];
            return months.Where(month => month.Value is not null).Select(month => (month.Name, month.Value!))
                .Concat(Conditions).Concat(KnownOn is { } day ? [("knownOn", Requests.KnownOn.Text(day))] : []);
        }
    }

    /// <summary>A page's address.</summary>
    /// <param name="path">Like <c>/compare</c>.</param>
    /// <param name="others">The page's own parameters; those without a value are left out.</param>
    public string Link(string path, params IEnumerable<(string Name, string? Value)> others)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in Parameters.Concat(others.Where(other => !string.IsNullOrEmpty(other.Value)).Select(other => (other.Name, other.Value!))))
        {
            query.Add(name, value);
        }

        return path + query;
    }

    /// <summary>As an address's query, without <c>?</c>; empty for <see cref="None"/>.</summary>
    public override string ToString() => Link("").TrimStart('?');

    public bool Equals(Filters? other) => other is not null && ToString() == other.ToString() && Problems.SequenceEqual(other.Problems);

    public override bool Equals(object? obj) => Equals(obj as Filters);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
