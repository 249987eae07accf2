using SpendTracker.Costs;

namespace SpendTracker.Forecasts;

/// <summary>What a scope is: values of dimensions. Two are the same if their values are.</summary>
internal sealed class ScopeKey(IReadOnlyList<CostDimension> by, IReadOnlyList<string> values) : IEquatable<ScopeKey>
{
    /// <summary>Of all that was asked for.</summary>
    public static ScopeKey All { get; } = new([], []);

    /// <summary>The values alone, in the order of the dimensions: no value has a line break.</summary>
    public string Text { get; } = string.Join('\n', values);

    /// <summary>Dimension → value.</summary>
    public IReadOnlyDictionary<string, string> Values { get; } = by.Zip(values).ToDictionary(pair => pair.First.Name, pair => pair.Second);

    public bool Equals(ScopeKey? other) => other?.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as ScopeKey);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Daily costs, divided into scopes.</summary>
internal sealed class CostScopes
{
    private readonly IReadOnlyList<ComponentSeries> _all;
    private readonly IReadOnlyList<ComponentSeries> _components; // With a part that fulfils the conditions.
    private readonly Dictionary<CostPart, ScopeKey> _keys; // Of the parts that fulfil the conditions.
    private readonly Dictionary<ScopeKey, ScopeKey> _known = [];
    private readonly bool _isAll;
    private readonly Func<CostPart, ScopeKey?> _keyOf; // Null if a part does not fulfil the conditions.

    public CostScopes(
        IReadOnlyList<ComponentSeries> components, DateOnly today, IReadOnlyList<CostDimension> by, IReadOnlyDictionary<string, IReadOnlyList<string>> where,
        IReadOnlyDictionary<string, WorkloadOwner> owners)
    {
        (Today, First, _isAll) = (today, components.Count == 0 ? today : components[0].First, where.Count == 0);
        _keyOf = part =>
        {
            if (!where.All(condition => condition.Value.Contains(part.ValueOf(condition.Key, owners))))
            {
                return null;
            }

            var key = new ScopeKey(by, [.. by.Select(dimension => part.ValueOf(dimension.Name, owners))]);
            return _known.TryAdd(key, key) ? key : _known[key];
        };
        _keys = [];
        foreach (var part in components.SelectMany(component => component.Parts).Select(part => part.Part))
        {
            if (_keyOf(part) is { } key)
            {
                _keys.Add(part, key);
            }
        }

        _all = components;
        _components = [.. components.Where(component => component.Parts.Exists(part => _keys.ContainsKey(part.Part)))];
        ByKey = _components.SelectMany(component => component.Parts.Where(part => _keys.ContainsKey(part.Part)).Select(part => _keys[part.Part]).Distinct().Select(key => (key, component)))
            .ToLookup(pair => pair.key, pair => pair.component);
    }

    public DateOnly Today { get; }

    /// <summary>Day 0 of all series.</summary>
    public DateOnly First { get; }

    public IEnumerable<ScopeKey> Keys => ByKey.Select(scope => scope.Key);

    private ILookup<ScopeKey, ComponentSeries> ByKey { get; }

    /// <summary>A scope's recurring costs, at their start. Growth counts for the organisation alone.</summary>
    /// <param name="key">Null for all that fulfils the conditions.</param>
    public PastForecasts Past(ScopeKey? key)
    {
        var components = (key is null ? _components : ByKey[key]).Where(component => !component.IsOnce)
            .Select(component => component.In(part => _keys.TryGetValue(part.Part, out var own) && (key is null || own.Equals(key)))).OfType<ScopeComponent>();
        return new([.. components], Today.DayNumber - First.DayNumber + 1, grows: key is null && _isAll);
    }

    public ScopeOutlooks Outlooks(IReadOnlyList<Restated> restated, IReadOnlyList<PlannedLine> planned)
    {
        var byPart = restated.ToLookup(change => change.Part);
        var parts = _components.SelectMany(component => Outlook.Of(component, byPart)).Where(part => _keys.ContainsKey(part.Part)).ToLookup(part => _keys[part.Part]);

        // What a plan lacks is worked out by whole components, whatever of them is asked for.
        PlannedLine[] lines = [.. PlannedCost.OfLiving(planned, _all, Today).Where(line => _keyOf(line.Part) is not null)];
        var wholes = lines.Select(line => (line.Workload, line.Component)).ToHashSet();
        ComponentSeries[] own = [.. _all.Where(component => wholes.Contains((component.Parts[0].Part.Workload, component.Parts[0].Part.Component)))];
        var outlooks = own.SelectMany(component => Outlook.Of(component, byPart)).ToLookup(outlook => (outlook.Part.Workload, outlook.Part.Component));
        return new(this, parts, PlannedCost.ToCome(lines, own, outlooks, Today).ToLookup(line => _keyOf(line.Part)!), LastForecast(Today));
    }

    /// <summary>The last day that is forecast: of the year, or of the third month to come.</summary>
    public static DateOnly LastForecast(DateOnly today)
    {
        var month = BillingPeriod.Of(today).Start.AddMonths(4).AddDays(-1);
        var year = new DateOnly(today.Year, 12, 31);
        return month > year ? month : year;
    }

    /// <summary>What each day between two cost, both counted, by all that fulfils the conditions.</summary>
    public decimal[] CostsBetween(DateOnly first, DateOnly last)
    {
        var costs = new decimal[last.DayNumber - first.DayNumber + 1];
        foreach (var part in _components.SelectMany(component => component.Parts).Where(part => _keys.ContainsKey(part.Part)))
        {
            for (var day = first; day <= last; day = day.AddDays(1))
            {
                var at = day.DayNumber - First.DayNumber;
                costs[day.DayNumber - first.DayNumber] += at < 0 ? 0 : part.Costs[at];
            }
        }

        return costs;
    }
}

/// <summary>What is to come of each scope.</summary>
/// <param name="until">The last day that is asked for.</param>
internal sealed class ScopeOutlooks(CostScopes scopes, ILookup<ScopeKey, Outlook> parts, ILookup<ScopeKey, PlannedLine> planned, DateOnly until)
{
    /// <summary>What something is planned of.</summary>
    public IEnumerable<ScopeKey> Planned => planned.Select(scope => scope.Key);

    /// <param name="key">Null for all.</param>
    public ScopeOutlook Of(ScopeKey? key) => new(Of(parts, key), Of(planned, key), scopes.Past(key), scopes.First, scopes.Today, until);

    private static T[] Of<T>(ILookup<ScopeKey, T> all, ScopeKey? key) => [.. key is null ? all.SelectMany(scope => scope) : all[key]];
}
