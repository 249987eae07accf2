using SpendTracker.Contracts;

namespace SpendTracker.Plans;

/// <summary>Works out how two options compare, and when that turns.</summary>
internal static class BreakEvens
{
    private const int Decimals = 6;

    /// <summary>Steps until a value is found. A difference that is linear in the assumption, as most are, takes one.</summary>
    private const int MostSteps = 80;

    /// <summary>After so many, the difference has a step there, where the price changes, and halving is quicker: 10^12 to the seventh decimal takes 64.</summary>
    private const int StepsOfFalsePosition = 16;

    /// <summary>Money closer than this is the same.</summary>
    private const decimal Precision = 0.0000001m;

    /// <summary>Stands for never, above any number of requests.</summary>
    private const decimal Never = decimal.MaxValue;

    public static BreakEven Of(PlanRequest plan, PlanOption one, PlanOption other, PlanPriceOf price)
    {
        var (few, many) = Variable(plan, one, price) >= Variable(plan, other, price) ? (one, other) : (other, one);
        var volume = VolumeOf(a => a.Expected);
        var paid = Months(plan, one, price)[0].CumulativeCash.Expected <= Months(plan, other, price)[0].CumulativeCash.Expected ? (First: one, Later: other) : (First: other, Later: one);
        var difference = Difference(one, other)(a => a.Expected);
        var (cheap, dear) = difference <= 0 ? (one, other) : (other, one);
        var (soonest, latest) = (Ends(Difference(paid.Later, paid.First), least: true), Ends(Difference(paid.Later, paid.First), least: false));
        return new BreakEven(
            few.Name, many.Name, new BreakEvenVolume(Shown(VolumeOf(Apart(least: true))), Shown(volume), Shown(VolumeOf(Apart(least: false)))),
            plan.RequestsPerMonth.Expected >= volume, paid.First.Name, new BreakEvenMonth(MonthOf(soonest), MonthOf(a => a.Expected), MonthOf(latest)),
            Math.Round(Math.Abs(difference), Decimals), SensitivityOf(PlanAssumptions.Of(plan, [one, other]), Difference(dear, cheap)), difference == 0 ? null : cheap.Name);

        decimal VolumeOf(Func<Assumption, decimal> value) => Saved(value) is var saved and > 0 ? More(value) is var more and > 0 ? more / saved : 0 : Never;

        decimal More(Func<Assumption, decimal> value) => PlanTerms.Of(plan, many, value, price).Fixed(plan, many) - PlanTerms.Of(plan, few, value, price).Fixed(plan, few);

        decimal Saved(Func<Assumption, decimal> value) => PlanTerms.Of(plan, few, value, price).Variable - PlanTerms.Of(plan, many, value, price).Variable;

        // No assumption is in both, so that each of the two is at its end by itself: where their ratio is never, or always, moving one shows nothing.
        Func<Assumption, decimal> Apart(bool least)
        {
            var (more, saved) = (Ends(More, least), Ends(Saved, !least));
            return assumption => more(assumption) == assumption.Expected ? saved(assumption) : more(assumption);
        }

        Func<Assumption, decimal> Ends(Func<Func<Assumption, decimal>, decimal> figure, bool least) => PlanArithmetic.Ends(plan, [one, other], figure, least);

        Func<Func<Assumption, decimal>, decimal> Difference(PlanOption left, PlanOption right) =>
            value => PlanArithmetic.Effective(plan, left, value, price) - PlanArithmetic.Effective(plan, right, value, price);

        string? MonthOf(Func<Assumption, decimal> value)
        {
            var (first, later) = (PlanArithmetic.Months(plan, paid.First, value, price), PlanArithmetic.Months(plan, paid.Later, value, price));
            return first.Zip(later).FirstOrDefault(month => month.Second.CumulativeCash.Expected <= month.First.CumulativeCash.Expected).First?.Month;
        }
    }

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
        // The price of one token is closer to 0 than money is.
        var precision = named.Decimals == 6 ? Precision : Precision / 1_000_000;

        if (now == 0)
        {
            return named.Value.Expected;
        }

        var found = ((decimal[])[named.Least, named.Most]).Select(Between).OfType<decimal>().ToArray();
        return found.Length == 0 ? null : Math.Round(found.MinBy(value => Math.Abs(value - named.Value.Expected)), named.Decimals);

        decimal? Between(decimal limit)
        {
            if (At(limit) is not { } beyond || Math.Sign(beyond) == Math.Sign(now))
            {
                return null;
            }

            // False position: where a line through both ends crosses zero. An end that stays twice weighs half, so that both move
            // (the Illinois rule; Dowell and Jarratt, BIT 11, 1971).
            var (kept, atKept, moved, atMoved) = (named.Value.Expected, now, limit, beyond);
            for (var i = 0; i < MostSteps && Math.Abs(moved - kept) > precision && Math.Abs(atMoved) > Precision; i++)
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
