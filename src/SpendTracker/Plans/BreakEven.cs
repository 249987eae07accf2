using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>Requests a month; null is never.</summary>
public sealed record BreakEvenVolume(decimal? Low, decimal? Expected, decimal? High);

/// <summary>The month, <c>yyyy-MM</c>, in which what was paid crosses; null is not within the plan's months.</summary>
public sealed record BreakEvenMonth(string? Low, string? Expected, string? High);

/// <summary>What moving one assumption does to the difference of two options.</summary>
/// <param name="Field">The assumption.</param>
/// <param name="AtLow">The difference at its low end, the others as expected.</param>
/// <param name="AtHigh">The same at its high end.</param>
/// <param name="TurnsAt">The nearest value at which both cost the same, the others as expected; null where no value that it may have does that.</param>
public sealed record PlanSensitivity(string Field, decimal AtLow, decimal AtHigh, decimal? TurnsAt);

/// <summary>How two options compare, and when that turns.</summary>
/// <param name="Few">The option that one more request costs more in: it is the cheaper one at few requests, if at any.</param>
/// <param name="Many">The other.</param>
/// <param name="Volume">
/// The requests a month from which <paramref name="Many"/> costs less: (fixed cost of Many − of Few) ÷ (cost of a request of Few − of Many),
/// where fixed cost is that of a month without requests, what is paid once written off. 0 is always, null is never.
/// </param>
/// <param name="IsReached">Whether the plan's first month has as many requests, as expected.</param>
/// <param name="First">The option for which less is paid in the first month.</param>
/// <param name="Month">The month until whose end no more is paid for the other option than for <paramref name="First"/>.</param>
/// <param name="Cheaper">The option whose effective cost over all months is lower, as expected; null where both are the same.</param>
/// <param name="Difference">By how much, above 0: effective cost of the dearer one − of the cheaper one.</param>
/// <param name="Sensitivity">The assumptions by how much they move the difference (of the dearer one to the cheaper one), the most first; those that do not are left out.</param>
public sealed record BreakEven(
    string Few, string Many, BreakEvenVolume Volume, bool IsReached, string First, BreakEvenMonth Month, string? Cheaper, decimal Difference,
    IReadOnlyList<PlanSensitivity> Sensitivity)
{
    private const int Decimals = 6;

    /// <summary>Steps until a value is found. A difference that is linear in the assumption, as most are, takes one.</summary>
    private const int MostSteps = 80;

    /// <summary>After so many, the difference has a step there, where the price changes, and halving is quicker: 10^12 to the seventh decimal takes 64.</summary>
    private const int StepsOfFalsePosition = 16;

    /// <summary>Money and values closer than this are the same.</summary>
    private const decimal Precision = 0.0000001m;

    /// <summary>Stands for never, above any number of requests.</summary>
    private const decimal Never = decimal.MaxValue;

    internal static BreakEven Of(PlanRequest plan, PlanOption one, PlanOption other, PlanPriceOf price)
    {
        var (few, many) = Variable(plan, one, price) >= Variable(plan, other, price) ? (one, other) : (other, one);
        var volume = VolumeOf(a => a.Expected);
        var paid = Months(plan, one, price)[0].CumulativeCash.Expected <= Months(plan, other, price)[0].CumulativeCash.Expected ? (First: one, Later: other) : (First: other, Later: one);
        var difference = Difference(one, other)(a => a.Expected);
        var (cheap, dear) = difference <= 0 ? (one, other) : (other, one);
        return new BreakEven(
            few.Name, many.Name,
            new BreakEvenVolume(Shown(VolumeOf(PlanArithmetic.Ends(plan, [one, other], VolumeOf, least: true))), Shown(volume), Shown(VolumeOf(PlanArithmetic.Ends(plan, [one, other], VolumeOf, least: false)))),
            plan.RequestsPerMonth.Expected >= volume, paid.First.Name,
            new BreakEvenMonth(MonthOf(PlanArithmetic.Ends(plan, [one, other], Difference(paid.Later, paid.First), least: true)), MonthOf(a => a.Expected), MonthOf(PlanArithmetic.Ends(plan, [one, other], Difference(paid.Later, paid.First), least: false))),
            difference == 0 ? null : cheap.Name, Math.Round(Math.Abs(difference), Decimals), SensitivityOf(PlanAssumptions.Of(plan, [one, other]), Difference(dear, cheap)));

        decimal VolumeOf(Func<Assumption, decimal> value)
        {
            var (ofFew, ofMany) = (PlanTerms.Of(plan, few, value, price), PlanTerms.Of(plan, many, value, price));
            var (more, saved) = (ofMany.Fixed(plan, many) - ofFew.Fixed(plan, few), ofFew.Variable - ofMany.Variable);
            return VolumeFrom(more, saved) ?? Never;
        }

        Func<Func<Assumption, decimal>, decimal> Difference(PlanOption left, PlanOption right) =>
            value => PlanArithmetic.Effective(plan, left, value, price) - PlanArithmetic.Effective(plan, right, value, price);

        string? MonthOf(Func<Assumption, decimal> value)
        {
            var (first, later) = (PlanArithmetic.Months(plan, paid.First, value, price), PlanArithmetic.Months(plan, paid.Later, value, price));
            return first.Zip(later).FirstOrDefault(month => month.Second.CumulativeCash.Expected <= month.First.CumulativeCash.Expected).First?.Month;
        }
    }

    /// <summary>The requests a month from which an option costs less: what more it costs in a month without requests ÷ what each request saves. 0 is always, null is never.</summary>
    internal static decimal? VolumeFrom(decimal more, decimal saved) => saved <= 0 ? null : more <= 0 ? 0 : more / saved;

    private static decimal Variable(PlanRequest plan, PlanOption option, PlanPriceOf price) => PlanTerms.Of(plan, option, a => a.Expected, price).Variable;

    private static PlanMonth[] Months(PlanRequest plan, PlanOption option, PlanPriceOf price) => PlanArithmetic.Months(plan, option, a => a.Expected, price);

    private static decimal? Shown(decimal volume) => volume == Never ? null : Math.Round(volume, Decimals);

    /// <summary>Sorted by how far the difference moves within an assumption's range; those without a range come last.</summary>
    private static PlanSensitivity[] SensitivityOf(IEnumerable<NamedAssumption> assumptions, Func<Func<Assumption, decimal>, decimal> difference)
    {
        var now = difference(a => a.Expected);
        var shown = Math.Round(now, Decimals);
        return
        [
            .. assumptions
                .Select(named => new PlanSensitivity(
                    named.Field, Math.Round(difference(PlanArithmetic.With(named.Value, named.Value.Low)), Decimals),
                    Math.Round(difference(PlanArithmetic.With(named.Value, named.Value.High)), Decimals), TurnsAt(named, now, difference)))
                .Where(moved => moved.AtLow != shown || moved.AtHigh != shown || moved.TurnsAt is not null)
                .OrderByDescending(moved => Math.Abs(moved.AtHigh - moved.AtLow)).ThenBy(moved => moved.Field, StringComparer.Ordinal),
        ];
    }

    /// <summary>Found between what is expected and the nearer limit of the assumption beyond which the difference has the other sign.</summary>
    private static decimal? TurnsAt(NamedAssumption named, decimal now, Func<Func<Assumption, decimal>, decimal> difference)
    {
        if (now == 0)
        {
            return named.Value.Expected;
        }

        var found = ((decimal[])[named.Least, named.Most]).Select(Between).OfType<decimal>().ToArray();
        return found.Length == 0 ? null : Math.Round(found.MinBy(value => Math.Abs(value - named.Value.Expected)), Decimals);

        decimal? Between(decimal limit)
        {
            if (At(limit) is not { } beyond || Math.Sign(beyond) == Math.Sign(now))
            {
                return null;
            }

            // False position: where a line through both ends crosses zero. An end that stays twice weighs half, so that both move
            // (the Illinois rule; Dowell and Jarratt, BIT 11, 1971).
            var (kept, atKept, moved, atMoved) = (named.Value.Expected, now, limit, beyond);
            for (var i = 0; i < MostSteps && Math.Abs(moved - kept) > Precision && Math.Abs(atMoved) > Precision; i++)
            {
                var crossing = i < StepsOfFalsePosition ? moved - (atMoved * ((moved - kept) / (atMoved - atKept))) : (kept + moved) / 2;
                if (At(crossing) is not { } there)
                {
                    return null;
                }

                (kept, atKept) = Math.Sign(there) == Math.Sign(atMoved) ? (kept, atKept / 2) : (moved, atMoved);
                (moved, atMoved) = (crossing, there);
            }

            return moved;
        }

        // At a limit an amount may be larger than a decimal can count.
        decimal? At(decimal value)
        {
            try
            {
                return difference(PlanArithmetic.With(named.Value, value));
            }
            catch (OverflowException)
            {
                return null;
            }
        }
    }
}
