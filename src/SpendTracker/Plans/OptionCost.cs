using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>
/// What an option costs as its assumptions move, and the ends of their ranges at which it costs least and most. It is worked out once for
/// all pairs of options, and anew only where an assumption concerns the option: a plan may have hundreds of them.
/// </summary>
internal sealed class OptionCost
{
    /// <summary>Two find the ends, and one more sees that they stay: whether a larger share is dearer depends on the tokens of its route.</summary>
    private const int MostPasses = 3;

    private readonly PlanRequest _plan;
    private readonly PlanPriceOf _price;
    private readonly HashSet<string> _fields;
    private readonly Dictionary<(string Field, decimal Value), decimal?> _ends = [];

    /// <param name="i">The option's place in the plan.</param>
    public OptionCost(PlanRequest plan, int i, PlanPriceOf price)
    {
        (_plan, _price, Option, Own) = (plan, price, plan.Options[i], [.. PlanAssumptions.Own(plan, i)]);
        _fields = [.. PlanAssumptions.Shared(plan).Concat(Own).Select(named => named.Field)];
        (AsExpected, Expected) = (TermsAt(a => a.Expected), Effective(a => a.Expected));
        (Cheap, Dear) = (Ends(least: true), Ends(least: false));
        (Least, Most) = (With(Cheap, least: true), With(Dear, least: false));
    }

    public PlanOption Option { get; }

    /// <summary>Assumptions that concern this option alone.</summary>
    public IReadOnlyList<NamedAssumption> Own { get; }

    public PlanTerms AsExpected { get; }

    /// <summary>Effective cost of all months, tax included.</summary>
    public decimal Expected { get; }

    /// <summary>The option's own assumptions at the ends that make it cheaper; those of all options as expected.</summary>
    public Func<Assumption, decimal> Cheap { get; }

    /// <summary>The same for dearer.</summary>
    public Func<Assumption, decimal> Dear { get; }

    /// <summary>All assumptions at the ends that make it cheapest.</summary>
    public Func<Assumption, decimal> Least { get; }

    /// <summary>The same for dearest.</summary>
    public Func<Assumption, decimal> Most { get; }

    public PlanTerms TermsAt(Func<Assumption, decimal> value) => PlanTerms.Of(_plan, Option, value, _price);

    /// <summary>Effective cost with one assumption moved, the others as expected.</summary>
    /// <exception cref="OverflowException">It is larger than a decimal can count.</exception>
    public decimal With(NamedAssumption moved, decimal value) =>
        value == moved.Value.Expected || !_fields.Contains(moved.Field) ? Expected : Effective(PlanArithmetic.With(moved.Value, value));

    /// <summary>The same at a limit or the end of a range, which several pairs of options ask for; null where it is larger than a decimal can count.</summary>
    public decimal? AtEnd(NamedAssumption moved, decimal value)
    {
        if (!_ends.TryGetValue((moved.Field, value), out var cost))
        {
            try
            {
                cost = With(moved, value);
            }
            catch (OverflowException)
            {
                cost = null;
            }

            _ends[(moved.Field, value)] = cost;
        }

        return cost;
    }

    /// <summary>All choices of the ends of some assumptions, the others as another choice has them: few have 2 × 2 × 2.</summary>
    public static IEnumerable<Func<Assumption, decimal>> Choices(IEnumerable<NamedAssumption> shared, Func<Assumption, decimal> others)
    {
        IEnumerable<Func<Assumption, decimal>> choices = [others];
        foreach (var moved in shared.Select(named => named.Value).Where(value => value.HasRange))
        {
            choices = choices.SelectMany(choice => new[] { moved.Low, moved.High }.Select(end => (Func<Assumption, decimal>)(a => ReferenceEquals(a, moved) ? end : choice(a))));
        }

        return choices;
    }

    private Func<Assumption, decimal> With(Func<Assumption, decimal> own, bool least)
    {
        var choices = Choices(PlanAssumptions.Shared(_plan), own).ToArray();
        return least ? choices.MinBy(Effective)! : choices.MaxBy(Effective)!;
    }

    private decimal Effective(Func<Assumption, decimal> value) => PlanArithmetic.Effective(_plan, Option, value, _price);

    /// <summary>
    /// Each at the end that makes least, or most, of the cost: one after the other, the others as chosen until then, and again until no end
    /// changes. None is both in what a request costs and in what is fixed, so that the sum of the two tells the direction, however many requests come.
    /// </summary>
    private Func<Assumption, decimal> Ends(bool least)
    {
        Dictionary<Assumption, decimal> chosen = new(ReferenceEqualityComparer.Instance);
        var ranges = Own.Select(named => named.Value).Where(value => value.HasRange).ToArray();
        for (var (pass, changed) = (0, true); changed && pass < MostPasses; pass++)
        {
            changed = false;
            foreach (var moved in ranges)
            {
                var (atLow, atHigh) = (At(moved, moved.Low), At(moved, moved.High));
                var end = atLow == atHigh ? moved.Expected : atLow < atHigh == least ? moved.Low : moved.High;
                changed |= end != Chosen(moved);
                chosen[moved] = end;
            }
        }

        return Chosen;

        decimal Chosen(Assumption assumption) => chosen.GetValueOrDefault(assumption, assumption.Expected);

        decimal At(Assumption moved, decimal value) => TermsAt(assumption => ReferenceEquals(assumption, moved) ? value : Chosen(assumption)) is var terms ? terms.Variable + terms.EffectiveFixed(_plan) : 0;
    }
}
