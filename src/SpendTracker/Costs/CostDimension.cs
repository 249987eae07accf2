using Npgsql;

namespace SpendTracker.Costs;

/// <summary>What costs can be broken down by.</summary>
/// <param name="Sql">What a row has in it, as an SQL expression; empty of a tag, whose name is a parameter.</param>
/// <param name="IsOfRegistry">Whether it is read off the registry of workloads.</param>
public sealed record CostDimension(string Name, string Sql, bool IsOfRegistry = false)
{
    /// <summary>What a row has where it has nothing: an estimate line without a SKU, labour without a model.</summary>
    public const string None = "(none)";

    /// <summary>Of a workload's tags each is a dimension of its own, like <c>tag.product</c>.</summary>
    public const string TagPrefix = "tag.";

    internal const string ModelName = "model";

    /// <summary>The team of usage whose workload nobody registered.</summary>
    public const string Unregistered = "(unregistered)";

    /// <param name="row">The alias of a row that has a cost line's component and SKU.</param>
    internal static string Model(string row) =>
        $"case when {row}.component in ('usage', 'hosting', 'training') and {row}.sku not like 'charge/%' and {row}.sku <> '' then {row}.sku else '{None}' end";

    /// <param name="row">The alias of a row that has a cost line's variant.</param>
    internal static string Variant(string row) => $"coalesce(nullif({row}.variant, ''), '{None}')";

    /// <summary>
    /// All of them; SQL over a row <c>c</c> of costs and <c>w</c> of the registry. The month is that of booking, the origin that
    /// of use: they differ for corrections of closed months.
    /// </summary>
    public static IReadOnlyList<CostDimension> All { get; } =
    [
        new("month", "to_char(c.month, 'YYYY-MM')"),
        new("origin", "to_char(c.origin, 'YYYY-MM')"),
        new("approach", "c.approach"),
        new("workload", "c.workload"),
        new("team", $"coalesce(w.team, '{Unregistered}')", IsOfRegistry: true),
        new("cost-centre", $"coalesce(nullif(w.cost_centre, ''), '{None}')", IsOfRegistry: true),
        new("environment", $"coalesce(nullif(w.environment, ''), '{None}')", IsOfRegistry: true),
        new("component", "c.component"),
        new(ModelName, Model("c")),
        new("variant", Variant("c")),
    ];

    /// <summary>Whether it is a tag, by any name: what no workload has is <see cref="None"/> for all of them.</summary>
    public static bool IsTag(string name) => name.Length > TagPrefix.Length && name.StartsWith(TagPrefix, StringComparison.Ordinal);

    /// <summary>One of <see cref="All"/>, or a tag.</summary>
    public static CostDimension? Find(string name) => IsTag(name) ? new(name, "", IsOfRegistry: true) : All.FirstOrDefault(dimension => dimension.Name == name);

    /// <summary>Whether a dimension is one of some. A tag is where the team is: both are of the registry.</summary>
    public static bool IsOneOf(IEnumerable<string> names, string name) => names.Contains(IsTag(name) ? "team" : name);

    /// <summary>What a row has in it, as SQL of a command; a tag's name becomes the command's next parameter.</summary>
    internal string In(NpgsqlCommand command)
    {
        if (!IsTag(Name))
        {
            return Sql;
        }

        command.Parameters.Add(new() { Value = Name[TagPrefix.Length..] });
        return $"coalesce(nullif(w.tags ->> ${command.Parameters.Count}, ''), '{None}')";
    }
}
