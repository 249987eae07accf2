using SpendTracker.Costs;

namespace SpendTracker.Web.Costs;

/// <summary>A value of a dimension in a flow.</summary>
/// <param name="Level">Of the dimension, from the left.</param>
/// <param name="Top">Like the height in shares of the whole height.</param>
public sealed record FlowNode(int Level, string Dimension, string Value, decimal Amount, double Top, double Height);

/// <summary>How much of one value is of another.</summary>
public sealed record FlowBand(FlowNode From, FlowNode To, decimal Amount, double FromTop, double ToTop, double Height);

/// <summary>Costs as they flow from team over approach to component. What is nothing, or money back, is not drawn. Pure.</summary>
/// <param name="Left">The sum of what is not drawn since it is below 0.</param>
public sealed record CostFlowLayout(IReadOnlyList<FlowNode> Nodes, IReadOnlyList<FlowBand> Bands, decimal Left)
{
    private const double Gap = 0.02;
    private const int Most = 12;
    private const string Others = "others";

    public static IReadOnlyList<string> Dimensions { get; } = ["team", "approach", "component"];

    /// <param name="costs">By the dimensions, of any months.</param>
    public static CostFlowLayout Of(IReadOnlyList<MonthlyCost> costs)
    {
        var large = costs.GroupBy(cost => cost.Keys[Dimensions[0]]).OrderByDescending(team => team.Sum(cost => cost.Actual)).Take(Most).Select(team => team.Key).ToHashSet();
        var sums = costs.GroupBy(cost => (Team: large.Contains(cost.Keys[Dimensions[0]]) ? cost.Keys[Dimensions[0]] : Others, Approach: cost.Keys[Dimensions[1]], Component: cost.Keys[Dimensions[2]]))
            .Select(group => (group.Key, Amount: group.Sum(cost => cost.Actual))).ToArray();
        var drawn = sums.Where(sum => sum.Amount > 0).Select(sum => (Values: (string[])[sum.Key.Team, sum.Key.Approach, sum.Key.Component], sum.Amount)).ToArray();
        var total = drawn.Sum(sum => sum.Amount);
        if (total == 0)
        {
            return new([], [], sums.Sum(sum => sum.Amount));
        }

        List<FlowNode> nodes = [];
        for (var level = 0; level < Dimensions.Count; level++)
        {
            var values = drawn.GroupBy(sum => sum.Values[level]).Select(group => (group.Key, Amount: group.Sum(sum => sum.Amount))).OrderByDescending(value => value.Amount).ToArray();
            var room = 1 - (Gap * (values.Length - 1));
            var top = 0.0;
            foreach (var (value, amount) in values)
            {
                var height = (double)(amount / total) * room;
                nodes.Add(new(level, Dimensions[level], value, amount, top, height));
                top += height + Gap;
            }
        }

        List<FlowBand> bands = [];
        for (var level = 0; level < Dimensions.Count - 1; level++)
        {
            Dictionary<FlowNode, double> used = [];
            var arrived = new Dictionary<FlowNode, double>();
            foreach (var from in nodes.Where(node => node.Level == level))
            {
                foreach (var to in nodes.Where(node => node.Level == level + 1))
                {
                    var amount = drawn.Where(sum => sum.Values[level] == from.Value && sum.Values[level + 1] == to.Value).Sum(sum => sum.Amount);
                    if (amount > 0)
                    {
                        var (start, end) = (used.GetValueOrDefault(from), arrived.GetValueOrDefault(to));
                        var (ofFrom, ofTo) = ((double)(amount / from.Amount) * from.Height, (double)(amount / to.Amount) * to.Height);
                        bands.Add(new(from, to, amount, from.Top + start, to.Top + end, Math.Min(ofFrom, ofTo)));
                        (used[from], arrived[to]) = (start + ofFrom, end + ofTo);
                    }
                }
            }
        }

        return new(nodes, bands, sums.Where(sum => sum.Amount < 0).Sum(sum => sum.Amount));
    }
}
